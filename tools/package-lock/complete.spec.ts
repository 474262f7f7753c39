import { readFileSync } from 'node:fs';
import { completeLock, type PackageLock } from './complete.mts';

const lock: PackageLock = {
  packages: {
    '': { version: '1.0.0' },
    'node_modules/core': {
      version: '2.0.0',
      dev: true,
      optionalDependencies: {
        '@core/linux-x64-gnu': '2.0.0',
        '@core/linux-arm64-musl': '2.0.0',
        '@core/darwin-arm64': '2.0.0',
        fsevents: '~2.3.2',
      },
    },
    'node_modules/@core/linux-x64-gnu': { version: '2.0.0', dev: true, optional: true },
    'node_modules/@core/darwin-arm64': { version: '1.0.0' },
    'node_modules/other/node_modules/core': { optionalDependencies: { '@core/linux-x64-gnu': '2.0.0' } },
  },
};

describe('completeLock', () => {
  it('adds the packages of other platforms with their platform', () => {
    const { lock: complete, added } = completeLock(lock);
    expect(added).toEqual(['node_modules/@core/linux-arm64-musl']);
    expect(complete.packages['node_modules/@core/linux-arm64-musl']).toEqual({
      version: '2.0.0',
      os: ['linux'],
      cpu: ['arm64'],
      libc: ['musl'],
      dev: true,
      optional: true,
    });
  });

  it('changes nothing in a complete lock file', () => {
    const { lock: complete } = completeLock(lock);
    expect(completeLock(complete)).toEqual({ lock: complete, added: [] });
  });
});

describe('the committed package-lock.json', () => {
  it('names the packages of every platform, or `npm ci` would refuse it', () => {
    const committed: PackageLock = JSON.parse(readFileSync('package-lock.json', 'utf8'));
    expect(completeLock(committed).added).toEqual([]);
  });
});
