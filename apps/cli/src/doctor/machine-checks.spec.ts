import { tmpdir } from 'node:os';
import { judgeDisk, judgeNode } from './machine-checks';

describe('judgeNode', () => {
  it.each([
    ['24.21.0', 'ok'],
    ['26.0.0', 'ok'],
    ['22.1.0', 'warning'],
    ['18.20.0', 'failed'],
    ['', 'failed'],
  ])("'%s': %s", (version, status) => {
    expect(judgeNode(version).status).toBe(status);
  });
});

describe('judgeDisk', () => {
  it('asks the file system of the folder, and names folder and next step when it is full', async () => {
    expect(await judgeDisk(tmpdir(), 0)).toMatchObject({ status: 'ok' });
    expect(await judgeDisk(tmpdir(), Number.MAX_SAFE_INTEGER)).toMatchObject({
      status: 'failed',
      reason: expect.stringContaining(`free in '${tmpdir()}', less than`),
      fix: expect.stringContaining('--data-dir'),
    });
  });
});
