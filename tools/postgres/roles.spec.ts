import { roleUrl } from './roles.mts';

describe('roleUrl', () => {
  it('keeps the server and replaces role, password and database', () => {
    const url = roleUrl(
      'postgresql://postgres:super@127.0.0.1:5433/postgres',
      'weir_app',
      'p@ss/w:rd',
      'weir',
    );
    const parsed = new URL(url);
    expect(parsed.host).toBe('127.0.0.1:5433');
    expect(parsed.username).toBe('weir_app');
    expect(decodeURIComponent(parsed.password)).toBe('p@ss/w:rd');
    expect(parsed.pathname).toBe('/weir');
  });
});
