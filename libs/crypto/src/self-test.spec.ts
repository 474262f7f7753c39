import { KeyConfigurationError, KeyProviderUnavailableError } from './crypto.errors';
import type { KeyProvider } from './key-provider';
import { checkSelfTest, makeSelfTest } from './self-test';
import { KEY_ONE, KEY_TWO, localProvider } from './testing/key-fixtures';
import { generateKeyText } from './weak-key';

describe('the stored self-test (R45)', () => {
  it('passes with the ring it was made with', async () => {
    const stored = await makeSelfTest(localProvider(KEY_ONE));
    await expect(checkSelfTest(localProvider(KEY_ONE), stored)).resolves.toBe('current');
  });

  it('passes as stale with a newer key in front, so that it can be renewed before the old key goes (R44)', async () => {
    const stored = await makeSelfTest(localProvider(KEY_ONE));
    const both = localProvider(KEY_ONE, KEY_TWO);
    await expect(checkSelfTest(both, stored)).resolves.toBe('stale');
    await expect(checkSelfTest(localProvider(KEY_TWO), await makeSelfTest(both))).resolves.toBe('current');
  });

  it('stops a ring that lacks the key, or has another key under its number', async () => {
    const stored = await makeSelfTest(localProvider(KEY_ONE));
    for (const wrong of [localProvider(KEY_TWO), localProvider(`1:${generateKeyText()}`)]) {
      const check = checkSelfTest(wrong, stored);
      await expect(check).rejects.toThrow(KeyConfigurationError);
      await expect(check).rejects.toThrow(
        "MASTER_KEYS does not hold the key that this database was written with (its self-test was made under 'local:1')",
      );
    }
  });

  it.each(['', 'x', '{}', '[]', '{"masterKeyVersion":"local:1","wrapped":"!"}'])(
    'stops when the stored value is not one: %s',
    async (stored) => {
      await expect(checkSelfTest(localProvider(KEY_ONE), stored, 'KEYS')).rejects.toThrow(
        /^KEYS does not hold/,
      );
    },
  );

  it('does not call a silent key provider a wrong key', async () => {
    const local = localProvider(KEY_ONE);
    const silent: KeyProvider = {
      name: 'silent',
      wrap: (key, context) => local.wrap(key, context),
      unwrap: () => Promise.reject(new KeyProviderUnavailableError(new Error('connection refused'))),
      currentVersion: () => local.currentVersion(),
      health: () => local.health(),
    };
    await expect(checkSelfTest(silent, await makeSelfTest(silent))).rejects.toThrow(
      KeyProviderUnavailableError,
    );
  });

  it('reports health by wrapping and unwrapping', async () => {
    await expect(localProvider(KEY_ONE, KEY_TWO).health()).resolves.toEqual({
      ok: true,
      provider: 'local',
      currentVersion: 'local:2',
      reason: null,
    });
  });
});
