import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { acquireLock, AlreadyRunningError } from './lock-file.mts';

const newFile = (): string => join(mkdtempSync(join(tmpdir(), 'weir-lock-')), 'launcher.pid');

describe('acquireLock', () => {
  it('writes our process id and gives the folder back', () => {
    const file = newFile();
    const release = acquireLock(file);
    expect(readFileSync(file, 'utf8').trim()).toBe(String(process.pid));
    release();
    expect(existsSync(file)).toBe(false);
  });

  it('refuses while another process lives, and names it and the way out', () => {
    const file = newFile();
    writeFileSync(file, `${process.ppid}\n`);
    expect(() => acquireLock(file)).toThrow(AlreadyRunningError);
    expect(() => acquireLock(file)).toThrow(new RegExp(`process ${process.ppid}.*WEIR_DATA_DIR`));
  });

  it.each(['', 'garbage', '0', '4194999'])(
    'replaces a file that says %j, because no such process lives',
    (content) => {
      const file = newFile();
      writeFileSync(file, content);
      const release = acquireLock(file);
      expect(readFileSync(file, 'utf8').trim()).toBe(String(process.pid));
      release();
    },
  );
});
