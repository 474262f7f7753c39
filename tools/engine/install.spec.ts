import { describeInstallerLine, lockHash, noPythonMessage } from './install.mts';

describe('describeInstallerLine', () => {
  it('says what pip is busy with, without paths of the machine', () => {
    expect(
      describeInstallerLine(
        'Collecting scipy==1.15.3 (from -r /home/somebody/weir/requirements.lock (line 9))',
      ),
    ).toBe('collecting scipy==1.15.3');
    expect(
      describeInstallerLine(
        '  Downloading https://mirror.example/packages/ab/scipy-1.15.3-cp311.whl (37.6 MB)',
      ),
    ).toBe('downloading scipy-1.15.3-cp311.whl');
  });

  it('says what uv is busy with', () => {
    expect(describeInstallerLine('Prepared 396 packages in 32.10s')).toBe('prepared 396 packages in 32.10s');
    expect(describeInstallerLine('Downloading onnxruntime (16.2MiB)')).toBe('downloading onnxruntime');
  });

  it('passes over warnings and empty lines', () => {
    expect(describeInstallerLine("WARNING: Location 'file:///opt' is ignored")).toBeNull();
    expect(describeInstallerLine('')).toBeNull();
  });
});

describe('lockHash', () => {
  it('gives another folder to another lock file', () => {
    expect(lockHash(Buffer.from('a==1'))).toMatch(/^[0-9a-f]{12}$/);
    expect(lockHash(Buffer.from('a==1'))).not.toBe(lockHash(Buffer.from('a==2')));
  });
});

describe('noPythonMessage', () => {
  it('says what was found and the three ways out', () => {
    const message = noPythonMessage(['Python 3.9.2 is too old (3.10 to 3.13 is needed)']);
    expect(message).toContain('Python 3.9.2 is too old');
    for (const way of ['Install Python 3.10 to 3.13', 'ENGINE_URL', 'ENGINE_DRIVER=simulated']) {
      expect(message).toContain(way);
    }
  });
});
