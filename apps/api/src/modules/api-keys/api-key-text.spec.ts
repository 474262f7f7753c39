import { newId } from '@weir/kernel';
import { hashApiKey, idOfApiKey, newApiKey, prefixOf } from './api-key-text';

describe('The text of an API key', () => {
  const id = newId();
  const key = newApiKey(id);

  it('is a prefix with the id, and 256 random bits', () => {
    expect(key).toMatch(/^wk_[0-9a-f]{32}_[A-Za-z0-9_-]{43}$/);
    expect(key.startsWith(`${prefixOf(id)}_`)).toBe(true);
    expect(newApiKey(id)).not.toBe(key);
  });

  it('tells its id', () => {
    expect(idOfApiKey(key)).toBe(id);
  });

  it.each([
    ['nothing', ''],
    ['a cut one', key.slice(0, -1)],
    ['a longer one', `${key}x`],
    ['one of another product', key.replace('wk_', 'sk_')],
    ['one in capitals', key.toUpperCase()],
    ['one with a line break', `${key}\n`],
    ['an id that is none', `wk_${'0'.repeat(32)}_${'x'.repeat(43)}`],
  ])('refuses %s', (_what, text) => {
    expect(idOfApiKey(text)).toBeNull();
  });

  it('is stored as 32 bytes that do not contain it', () => {
    expect(hashApiKey(key)).toHaveLength(32);
    expect(hashApiKey(key)).toEqual(hashApiKey(key));
    expect(hashApiKey(newApiKey(id))).not.toEqual(hashApiKey(key));
  });
});
