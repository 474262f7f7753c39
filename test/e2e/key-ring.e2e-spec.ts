import { randomBytes } from 'node:crypto';
import { createTestDatabase, type TestDatabase } from '@weir/testing';
import { actorOf, resolve } from '../support/secrets';
import { startTestApp, type TestApp } from '../support/test-app';

const newKey = (): string => randomBytes(32).toString('base64');

describe('Master keys at the start (R45)', () => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await createTestDatabase();
  });

  afterAll(() => database.drop());

  const start = (masterKeys: string): Promise<TestApp> =>
    startTestApp({ database, env: { MASTER_KEYS: masterKeys } });

  it.each([
    ['is missing', '', 'MASTER_KEYS is missing'],
    ['is short', `1:${randomBytes(16).toString('base64')}`, 'is 16 bytes long'],
    ['is all zero', `1:${Buffer.alloc(32).toString('base64')}`, 'is all zero'],
    [
      'is the example',
      '1:SS1uVaa3Sl0bMI8Innb8E0KZS3qOLONKadVB4HLgza0=',
      'is the example from the documentation',
    ],
  ])('a key that %s stops it with a readable reason', async (_what, keys, reason) => {
    await expect(start(keys)).rejects.toThrow(reason);
  });

  it('other keys than those of the database stop it, and the right ones are found again', async () => {
    const key = newKey();
    const first = await start(`1:${key}`);
    const ada = await first.signUp();
    await ada.put('/v1/secrets/KEPT', { value: 'still here' });
    await first.stop();

    await expect(start(`1:${newKey()}`)).rejects.toThrow(
      'does not hold the key that this database was written with',
    );
    await expect(start(`2:${newKey()}`)).rejects.toThrow("its self-test was made under 'local:1'");

    const again = await start(`1:${key}`);
    expect((await resolve(again, actorOf(ada), ['KEPT'])).values.get('KEPT')).toBe('still here');
    await again.stop();

    // A newer key may come in front; the old one is still vouched for, because a data key needs it.
    const next = newKey();
    await (await start(`1:${key},2:${next}`)).stop();
    await expect(start(`2:${next}`)).rejects.toThrow("its self-test was made under 'local:1'");
  });

  it('two first starts at once agree on one self-test', async () => {
    const fresh = await createTestDatabase();
    const keys = `1:${newKey()}`;
    const apps = await Promise.all(
      [1, 2].map(() => startTestApp({ database: fresh, env: { MASTER_KEYS: keys } })),
    );
    expect(await fresh.query('select id from key_ring_checks')).toHaveLength(1);
    for (const app of apps) await app.stop();
    await fresh.drop();
  });
});
