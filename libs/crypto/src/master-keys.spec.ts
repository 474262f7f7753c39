import { KeyConfigurationError } from './crypto.errors';
import { parseMasterKeys } from './master-keys';
import { EXAMPLE_KEYS, generateKeyText } from './weak-key';

const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');
const refusal = (text: string): string => {
  try {
    parseMasterKeys(text);
  } catch (error) {
    if (error instanceof KeyConfigurationError) return error.message;
    throw error;
  }
  return 'accepted';
};

describe('parseMasterKeys', () => {
  it('reads entries separated by commas or lines; the highest number is the newest', () => {
    const [one, two, ten] = [generateKeyText(), generateKeyText(), generateKeyText()];
    const ring = parseMasterKeys(`\n# keys of this installation\n10:${ten}\n 1:${one} , 2:${two}\r\n`);
    expect(ring.newest).toBe(10);
    expect([...ring.keys].map(([version, key]) => [version, base64(key)])).toEqual([
      [10, ten],
      [1, one],
      [2, two],
    ]);
  });

  it.each([
    ['nothing', '', 'MASTER_KEYS is missing. Make one with: openssl rand -base64 32'],
    ['only blanks and comments', ' \n# none\n,', 'MASTER_KEYS is missing'],
    ['a key without a version', generateKeyText(), 'MASTER_KEYS entry 1 is not of the form'],
    ['a version that is no number', `one:${generateKeyText()}`, "names a key 'one'"],
    ['version 0', `0:${generateKeyText()}`, "names a key '0'"],
    ['text that is not base64', '1:not base64 at all!', "MASTER_KEYS key '1' is not base64"],
    ['an empty key', '1:', "key '1' is not base64"],
    ['31 bytes', `1:${generateKeyText().slice(0, 41)}==`, "key '1' is"],
    [
      '33 bytes',
      `1:${base64(Buffer.concat([Buffer.from(generateKeyText(), 'base64'), Buffer.from([7])]))}`,
      'exactly 32',
    ],
    ['all zero', `1:${base64(Buffer.alloc(32))}`, "MASTER_KEYS key '1' is all zero"],
    ['one repeated byte', `1:${base64(Buffer.alloc(32, 0xa5))}`, 'repeats a single byte'],
    ['a repeated block', `1:${base64(Buffer.alloc(32, 'abcdefgh12345678'))}`, 'repeats itself'],
    [
      'bytes that count',
      `1:${base64(Uint8Array.from({ length: 32 }, (_, index) => index))}`,
      'counts up or down',
    ],
    [
      'a sentence',
      `1:${base64(Buffer.from('this is my very secret key 2026!'))}`,
      'is text, not random bytes',
    ],
    [
      'little variety',
      `1:${base64(Uint8Array.from({ length: 32 }, (_, index) => (index * index) % 17))}`,
      'too little variety',
    ],
    ['the example', EXAMPLE_KEYS.MASTER_KEYS, 'is the example from the documentation'],
  ])('refuses %s with a readable reason that names the variable (R45, F129)', (_, text, reason) => {
    expect(refusal(text)).toContain(reason);
    expect(refusal(text)).toMatch(/^MASTER_KEYS /);
  });

  it('refuses a bad key beside a good one, and the same version or key twice', () => {
    const good = generateKeyText();
    expect(refusal(`1:${good},2:${base64(Buffer.alloc(32))}`)).toContain("key '2' is all zero");
    expect(refusal(`1:${good},1:${generateKeyText()}`)).toContain("names key '1' twice");
    expect(refusal(`1:${good},2:${good}`)).toContain("holds the same key as '1' and as '2'");
  });

  it('never quotes a key in its message', () => {
    const key = base64(Buffer.from('this is my very secret key 2026!'));
    expect(refusal(`1:${key}`)).not.toContain(key.slice(0, 12));
    expect(refusal(`1:${key}*`)).not.toContain(key.slice(0, 12));
  });

  it('accepts every one of 2,000 generated keys', () => {
    for (let count = 0; count < 2000; count += 1) expect(refusal(`1:${generateKeyText()}`)).toBe('accepted');
  });
});
