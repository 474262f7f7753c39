import { randomBytes } from 'node:crypto';
import { parseJwtKeys } from './jwt-keys';
import { EXAMPLE_KEYS, generateKeyText } from './weak-key';

describe('parseJwtKeys', () => {
  it('signs with the first key and verifies with all of them, by key id (R19)', () => {
    const [fresh, old] = [generateKeyText(), generateKeyText()];
    const ring = parseJwtKeys(`2026-11:${fresh},2026-05:${old}`);
    expect(ring.current.kid).toBe('2026-11');
    expect(ring.current.secret).toEqual(Buffer.from(fresh, 'base64'));
    expect(ring.byKid.get('2026-05')?.secret).toEqual(Buffer.from(old, 'base64'));
    expect(ring.byKid.get('2025-11')).toBeUndefined();
  });

  it('accepts keys longer than 32 bytes', () => {
    expect(parseJwtKeys(`a:${randomBytes(64).toString('base64')}`).current.secret).toHaveLength(64);
  });

  it.each([
    ['nothing', '', 'JWT_KEYS is missing'],
    [
      '31 bytes',
      `a:${randomBytes(31).toString('base64')}`,
      "JWT_KEYS key 'a' is 31 bytes long, but at least 32",
    ],
    ['low entropy', `a:${Buffer.alloc(48, 'secret').toString('base64')}`, "JWT_KEYS key 'a' repeats itself"],
    [
      'text',
      `a:${Buffer.from('changeme-changeme-changeme-please-1').toString('base64')}`,
      'is text, not random bytes',
    ],
    ['the example', EXAMPLE_KEYS.JWT_KEYS, "JWT_KEYS key 'example' is the example from the documentation"],
    ['a strange key id', `a b:${generateKeyText()}`, "JWT_KEYS names a key 'a b'"],
    ['no key id', generateKeyText(), 'JWT_KEYS entry 1 is not of the form label:base64key'],
  ])('refuses %s with a readable reason that names the variable (R18)', (_, text, reason) => {
    expect(() => parseJwtKeys(text)).toThrow(reason);
  });
});
