import { newId } from '@weir/kernel';
import { DecryptionError } from './crypto.errors';
import { generateDataKey, rewrapDataKey, unwrapDataKey, wrapDataKey } from './data-key';
import { KEY_ONE, KEY_TWO, localProvider, someOwner } from './testing/key-fixtures';
import { generateKeyText } from './weak-key';

describe('a wrapped data key', () => {
  const provider = localProvider(KEY_ONE);
  const owner = someOwner();
  const dataKey = generateDataKey();

  it('opens for its owner and number, and holds nothing of the key', async () => {
    const row = await wrapDataKey(provider, dataKey, owner, 1);
    expect(row.masterKeyVersion).toBe('local:1');
    expect(Buffer.from(row.wrapped).includes(dataKey)).toBe(false);
    await expect(unwrapDataKey(provider, row, owner, 1)).resolves.toEqual(dataKey);
  });

  it.each([
    ['another organization', { organizationId: newId() }, 1],
    ['another user', { ownerUserId: newId() }, 1],
    ['the organization itself', { ownerUserId: null }, 1],
    ['another number', {}, 2],
  ])('does not open for %s (N2)', async (_, change, number) => {
    const row = await wrapDataKey(provider, dataKey, owner, 1);
    await expect(unwrapDataKey(provider, row, { ...owner, ...change }, number)).rejects.toThrow(
      DecryptionError,
    );
  });

  it('does not open with any one byte flipped, cut short, or empty (R42)', async () => {
    const row = await wrapDataKey(provider, dataKey, owner, 1);
    for (let index = 0; index < row.wrapped.length; index += 1) {
      const wrapped = Uint8Array.from(row.wrapped);
      wrapped[index]! ^= 0x80;
      await expect(unwrapDataKey(provider, { ...row, wrapped }, owner, 1)).rejects.toThrow(DecryptionError);
    }
    for (const length of [0, 8, 12, 20, 28, row.wrapped.length - 1]) {
      const wrapped = row.wrapped.slice(0, length);
      await expect(unwrapDataKey(provider, { ...row, wrapped }, owner, 1)).rejects.toThrow(DecryptionError);
    }
  });

  it('does not open under another master key, even one with the same number', async () => {
    const row = await wrapDataKey(provider, dataKey, owner, 1);
    const stranger = localProvider(`1:${generateKeyText()}`);
    await expect(unwrapDataKey(stranger, row, owner, 1)).rejects.toThrow(DecryptionError);
    const both = localProvider(KEY_ONE, KEY_TWO);
    for (const masterKeyVersion of ['local:2', 'local:3', 'local:', 'local:x', 'other:1']) {
      await expect(unwrapDataKey(both, { ...row, masterKeyVersion }, owner, 1)).rejects.toThrow(
        DecryptionError,
      );
    }
  });

  it('does not open as a data key when something of another length was wrapped', async () => {
    const row = await provider.wrap(Buffer.from('short'), { ...owner, dataKeyNumber: 1 });
    await expect(unwrapDataKey(provider, row, owner, 1)).rejects.toThrow(DecryptionError);
  });
});

describe('rotating the master key (F85, R44)', () => {
  const owner = someOwner();
  const dataKey = generateDataKey();

  it('reads old rows, writes new ones under the newest key, and can then drop the old one', async () => {
    const before = await wrapDataKey(localProvider(KEY_ONE), dataKey, owner, 1);
    const during = localProvider(KEY_TWO, KEY_ONE);
    await expect(unwrapDataKey(during, before, owner, 1)).resolves.toEqual(dataKey);
    const after = await rewrapDataKey(during, before, owner, 1);
    expect(after?.masterKeyVersion).toBe('local:2');
    await expect(unwrapDataKey(localProvider(KEY_TWO), after!, owner, 1)).resolves.toEqual(dataKey);
  });

  it('leaves a row alone that is already current', async () => {
    const provider = localProvider(KEY_ONE, KEY_TWO);
    const row = await wrapDataKey(provider, dataKey, owner, 1);
    await expect(rewrapDataKey(provider, row, owner, 1)).resolves.toBeNull();
  });
});
