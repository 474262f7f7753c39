import { chmodSync, mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { canEnter } from './account.mts';

const nobody = { uid: 65_534, gid: 65_534 };

describe('canEnter', () => {
  it('is true only when every folder on the way lets others pass', () => {
    const outer = mkdtempSync(join(tmpdir(), 'weir-account-'));
    const inner = join(outer, 'data');
    mkdirSync(inner);
    chmodSync(inner, 0o711);
    chmodSync(outer, 0o700);
    expect(canEnter(inner, nobody)).toBe(false);
    chmodSync(outer, 0o711);
    expect(canEnter(inner, nobody)).toBe(true);
    expect(canEnter(join(inner, 'not', 'made', 'yet'), nobody)).toBe(true);
  });

  it('lets the owner pass where others may not', () => {
    const folder = mkdtempSync(join(tmpdir(), 'weir-account-'));
    const owner = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
    expect(canEnter(folder, owner)).toBe(true);
  });
});
