import { readFileSync } from 'node:fs';

const lock = readFileSync('engines/langflow/requirements.lock', 'utf8');
const installer = readFileSync('engines/langflow/installer.lock', 'utf8');
const wanted = readFileSync('engines/langflow/requirements.in', 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'));

describe('the lock file of the engine', () => {
  it('pins what is asked for', () => {
    const pinned = new Set(lock.split('\n').map((line) => line.split(' ')[0]));
    expect(wanted.filter((requirement) => !pinned.has(requirement.replace(/\[.*\]/, '')))).toEqual([]);
  });

  it('gives a hash for every package', () => {
    const blocks = lock.split(/\n(?=[a-z0-9])/i).filter((block) => /^[a-z0-9]/i.test(block));
    expect(blocks.length).toBeGreaterThan(300);
    expect(blocks.filter((block) => !block.includes('--hash=sha256:'))).toEqual([]);
  });

  it('names no index, no file and no address', () => {
    expect(
      `${lock}${installer}`
        .split('\n')
        .filter((line) => /^\s*-|file:|https?:|@ /.test(line) && !line.includes('--hash=')),
    ).toEqual([]);
  });
});
