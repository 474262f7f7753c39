import { PasswordHasher } from './password';

const FAST = 4;

describe('PasswordHasher', () => {
  const hasher = new PasswordHasher(FAST);

  it('verifies the right password and no other', async () => {
    const stored = await hasher.hash('correct horse battery');
    expect(stored).toMatch(/^\$2b\$04\$/);
    await expect(hasher.verify('correct horse battery', stored)).resolves.toBe(true);
    for (const wrong of [
      'correct horse batterx',
      'Correct horse battery',
      ' correct horse battery',
      'correct horse battery ',
      '',
    ]) {
      await expect(hasher.verify(wrong, stored)).resolves.toBe(false);
    }
  });

  it('takes both forms of an accented letter for one password (R02)', async () => {
    const stored = await hasher.hash('caf\u00e9 au lait 🥐');
    await expect(hasher.verify('cafe\u0301 au lait 🥐', stored)).resolves.toBe(true);
    await expect(hasher.verify('cafe au lait 🥐', stored)).resolves.toBe(false);
  });

  it('accepts 72 bytes and refuses more, at hashing and at verifying, instead of cutting (R03)', async () => {
    const longest = 'p'.repeat(72);
    const stored = await hasher.hash(longest);
    await expect(hasher.verify(longest, stored)).resolves.toBe(true);
    await expect(hasher.verify(`${longest}q`, stored)).resolves.toBe(false);
    await expect(hasher.hash(`${longest}q`)).rejects.toMatchObject({
      code: 'validation_failed',
      status: 422,
    });
    await expect(hasher.hash('🔑'.repeat(19))).rejects.toThrow('longer than 72 bytes');
  });

  it('does not stop reading at a NUL character', async () => {
    const stored = await hasher.hash('before\0after');
    await expect(hasher.verify('before\0other', stored)).resolves.toBe(false);
  });

  it('refuses invalid Unicode, which would all be stored as one replacement character', async () => {
    await expect(hasher.hash('lone \ud800 surrogate')).rejects.toThrow('not valid text');
    const stored = await hasher.hash('lone \ufffd surrogate');
    await expect(hasher.verify('lone \ud800 surrogate', stored)).resolves.toBe(false);
  });

  it('asks for a new hash when the cost was raised, or the stored text is no hash (R05)', async () => {
    const stored = await hasher.hash('correct horse battery');
    expect(new PasswordHasher(FAST + 1).needsRehash(stored)).toBe(true);
    expect(hasher.needsRehash(stored)).toBe(false);
    expect(hasher.needsRehash('not a hash')).toBe(true);
    await expect(hasher.verify('correct horse battery', 'not a hash')).resolves.toBe(false);
  });

  it('refuses a cost that bcrypt does not know', () => {
    for (const cost of [3, 32, 10.5, Number.NaN]) expect(() => new PasswordHasher(cost)).toThrow(RangeError);
  });

  it('spends the same work on an account that does not exist (R08)', async () => {
    const costly = new PasswordHasher(9);
    const stored = await costly.hash('correct horse battery');
    const medianOf = async (work: () => Promise<boolean>) => {
      const times: number[] = [];
      for (let count = 0; count < 15; count += 1) {
        const start = process.hrtime.bigint();
        expect(await work()).toBe(false);
        times.push(Number(process.hrtime.bigint() - start));
      }
      return times.toSorted((left, right) => left - right)[7]!;
    };
    const known = await medianOf(() => costly.verify('wrong horse battery', stored));
    const unknown = await medianOf(() => costly.verifyAgainstNothing());
    // A shared machine is noisy; skipping the work would be a factor of thousands.
    expect(unknown / known).toBeGreaterThan(0.5);
    expect(unknown / known).toBeLessThan(2);
  });
});
