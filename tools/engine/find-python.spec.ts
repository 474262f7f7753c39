import { parseProbe, unusable } from './find-python.mts';

const probe = (
  version: string,
  missing: string[] = [],
): { path: string; version: string; missing: string[] } => ({
  path: '/usr/bin/python3',
  version,
  missing,
});

describe('unusable', () => {
  it.each(['3.10.0', '3.11.7', '3.12.1', '3.13.5'])('accepts Python %s', (version) => {
    expect(unusable(probe(version), false)).toBeNull();
  });

  it.each(['2.7.18', '3.9.18', '3.8.1'])('says that Python %s is too old', (version) => {
    expect(unusable(probe(version), false)).toMatch(/too old/);
  });

  it('says that a Python without tested packages is too new', () => {
    expect(unusable(probe('3.14.0'), true)).toMatch(/too new/);
  });

  it('asks for the missing venv package only when uv cannot do without', () => {
    expect(unusable(probe('3.11.2', ['ensurepip']), false)).toMatch(/ensurepip.*apt install python3-venv/);
    expect(unusable(probe('3.11.2', ['ensurepip']), true)).toBeNull();
  });
});

describe('parseProbe', () => {
  it('reads the answer of the interpreter', () => {
    expect(parseProbe('{"path":"/usr/bin/python3.12","version":[3,12,1],"missing":[]}')).toEqual({
      path: '/usr/bin/python3.12',
      version: '3.12.1',
      missing: [],
    });
  });

  it.each(['', 'pyenv: python3.12: command not found', '[]', '{"path":1,"version":[3],"missing":[]}'])(
    'takes %j for no Python',
    (text) => {
      expect(parseProbe(text)).toBeNull();
    },
  );
});
