import { judgeVersions } from './key-checks';

describe('judgeVersions (R45)', () => {
  const count = (version: number, dataKeys: number) => ({ masterKeyVersion: `local:${version}`, dataKeys });

  it('is content when everything is under the newest key, or nothing is stored yet', () => {
    expect(judgeVersions(['local:2', 'local:1'], 'local:2', [count(2, 7)], 'MASTER_KEYS').status).toBe('ok');
    expect(judgeVersions(['local:1'], 'local:1', [], 'MASTER_KEYS').status).toBe('ok');
  });

  it('warns while an older key is needed, and fails when a needed one is not there', () => {
    expect(
      judgeVersions(['local:2', 'local:1'], 'local:2', [count(1, 3), count(2, 4)], 'MASTER_KEYS'),
    ).toEqual({
      status: 'warning',
      reason: "3 data keys still need an older master key than 'local:2'.",
      fix: 'Run `weir keys rotate-master` before you take the older one out.',
    });
    expect(judgeVersions(['local:2'], 'local:2', [count(1, 3), count(2, 4)], 'MASTER_KEYS')).toMatchObject({
      status: 'failed',
      reason: "The database needs master keys that are not configured: 'local:1' (3 data keys).",
      fix: expect.stringContaining('MASTER_KEYS'),
    });
  });
});
