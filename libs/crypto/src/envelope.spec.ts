import { newId } from '@weir/kernel';
import type { SealedValue } from './aes-gcm';
import { DecryptionError } from './crypto.errors';
import { generateDataKey } from './data-key';
import { SEAL_PURPOSES, decryptValue, encryptValue } from './envelope';
import type { SealBinding } from './envelope';

const VALUE = 'sk-canary-7f3a91c2d4';

function someBinding(): SealBinding {
  return {
    organizationId: newId(),
    ownerUserId: newId(),
    objectId: newId(),
    name: 'OPENAI_API_KEY',
    dataKeyNumber: 1,
    version: 1,
  };
}

function flipBit(bytes: Uint8Array, index: number): Uint8Array<ArrayBuffer> {
  const copy = Uint8Array.from(bytes);
  copy[index]! ^= 0x01;
  return copy;
}

describe('sealing a value', () => {
  const dataKey = generateDataKey();
  const binding = someBinding();
  const sealed = encryptValue(dataKey, 'secret', binding, VALUE);
  const opening =
    (changed: Partial<SealedValue>, at: Partial<SealBinding> = {}) =>
    () =>
      decryptValue(dataKey, 'secret', { ...binding, ...at }, { ...sealed, ...changed });

  it('gives the value back to the same key, purpose and binding (F84)', () => {
    expect(opening({})()).toBe(VALUE);
  });

  it.each(['', ' leading and trailing ', 'ключ 🔑 "quoted"\r\n', 'x'.repeat(100_000)])(
    'keeps every text unchanged, whatever its form',
    (text) => {
      expect(decryptValue(dataKey, 'secret', binding, encryptValue(dataKey, 'secret', binding, text))).toBe(
        text,
      );
    },
  );

  it('refuses text that UTF-8 could not give back unchanged', () => {
    expect(() => encryptValue(dataKey, 'secret', binding, 'half \ud83d')).toThrow('not valid Unicode');
  });

  it('uses a 12-byte nonce and a 16-byte tag, and holds nothing of the value', () => {
    expect([sealed.nonce.length, sealed.tag.length]).toEqual([12, 16]);
    expect(Buffer.concat([sealed.nonce, sealed.ciphertext, sealed.tag]).includes(VALUE)).toBe(false);
  });

  it('makes another ciphertext of the same value every time (R41)', () => {
    const again = encryptValue(dataKey, 'secret', binding, VALUE);
    expect(Buffer.from(again.ciphertext).equals(sealed.ciphertext)).toBe(false);
  });

  it.each(['nonce', 'ciphertext', 'tag'] as const)('refuses a %s with any one byte flipped (R42)', (part) => {
    for (let index = 0; index < sealed[part].length; index += 1) {
      expect(opening({ [part]: flipBit(sealed[part], index) })).toThrow(DecryptionError);
    }
  });

  it.each([0, 4, 8, 12, 15])('refuses a tag cut to %d bytes (R42)', (length) => {
    expect(opening({ tag: sealed.tag.slice(0, length) })).toThrow(DecryptionError);
  });

  it.each([0, 4, 16])('refuses a nonce of %d bytes', (length) => {
    expect(opening({ nonce: new Uint8Array(length) })).toThrow(DecryptionError);
  });

  it.each([
    ['organization', { organizationId: newId() }],
    ['user', { ownerUserId: newId() }],
    ['organization as the owner', { ownerUserId: null }],
    ['row', { objectId: newId() }],
    ['name', { name: 'ANTHROPIC_API_KEY' }],
    ['data key number', { dataKeyNumber: 2 }],
    ['version, also an older one put back', { version: 2 }],
  ])('does not open for another %s (R40, N2, F84)', (_, at) => {
    expect(opening({}, at)).toThrow(DecryptionError);
  });

  it('does not open for another purpose or with another data key (N2)', () => {
    for (const purpose of SEAL_PURPOSES.filter((other) => other !== 'secret')) {
      expect(() => decryptValue(dataKey, purpose, binding, sealed)).toThrow(DecryptionError);
    }
    expect(() => decryptValue(generateDataKey(), 'secret', binding, sealed)).toThrow(DecryptionError);
  });

  it('says the same for every reason, and nothing of the value', () => {
    const reasons = [
      opening({ tag: new Uint8Array(4) }),
      opening({}, { version: 9 }),
      opening({ nonce: new Uint8Array(12) }),
    ];
    const messages = reasons.map((attempt) => {
      try {
        return attempt();
      } catch (error) {
        return JSON.stringify(
          error,
          Object.getOwnPropertyNames(error).filter((key) => key !== 'stack'),
        );
      }
    });
    expect(new Set(messages).size).toBe(1);
    expect(messages[0]).toContain('decryption_failed');
  });

  it('refuses a data key that was erased, instead of encrypting with zeros', () => {
    const erased = generateDataKey().fill(0);
    expect(() => encryptValue(erased, 'secret', binding, VALUE)).toThrow('already erased');
  });
});

describe('values of several rows, owners and versions', () => {
  const dataKeys = [generateDataKey(), generateDataKey()];
  const rows = dataKeys.flatMap((dataKey, keyIndex) =>
    [1, 2, 3].map((version) => {
      const binding = { ...someBinding(), dataKeyNumber: keyIndex + 1, version };
      return { dataKey, binding, sealed: encryptValue(dataKey, 'secret', binding, `${VALUE}-${version}`) };
    }),
  );

  it('open nowhere else: any two ciphertexts, nonces, tags or whole values swapped fail (R40, N2)', () => {
    const parts = [
      ['nonce'],
      ['ciphertext'],
      ['tag'],
      ['nonce', 'ciphertext'],
      ['nonce', 'ciphertext', 'tag'],
    ] as const;
    let attempts = 0;
    for (const row of rows) {
      for (const other of rows.filter((candidate) => candidate !== row)) {
        for (const swapped of parts) {
          const mixed = {
            ...row.sealed,
            ...Object.fromEntries(swapped.map((part) => [part, other.sealed[part]])),
          };
          expect(() => decryptValue(row.dataKey, 'secret', row.binding, mixed)).toThrow(DecryptionError);
          attempts += 1;
        }
      }
    }
    expect(attempts).toBe(6 * 5 * 5);
  });
});

describe('associated data', () => {
  const dataKey = generateDataKey();

  it('tells apart fields that would look the same when joined', () => {
    const organizationId = newId();
    const objectId = newId();
    const own = { organizationId, ownerUserId: null, objectId, name: 'A', dataKeyNumber: 1, version: 12 };
    const sealed = encryptValue(dataKey, 'secret', own, VALUE);
    const shifted = { ...own, dataKeyNumber: 11, version: 2 };
    expect(() => decryptValue(dataKey, 'secret', shifted, sealed)).toThrow(DecryptionError);
    const nobody = { ...own, ownerUserId: '00000000-0000-4000-8000-000000000000' };
    expect(() => decryptValue(dataKey, 'secret', nobody, sealed)).toThrow(DecryptionError);
  });

  it('takes no id that is not a UUID and no number outside 32 bits', () => {
    expect(() => encryptValue(dataKey, 'secret', { ...someBinding(), objectId: '1' }, VALUE)).toThrow(
      'not a UUID',
    );
    expect(() => encryptValue(dataKey, 'secret', { ...someBinding(), version: -1 }, VALUE)).toThrow(
      'whole number',
    );
    expect(() => encryptValue(dataKey, 'secret', { ...someBinding(), version: 2 ** 32 }, VALUE)).toThrow(
      TypeError,
    );
  });
});
