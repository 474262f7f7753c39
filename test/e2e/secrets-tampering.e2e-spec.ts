import { actorOf, openCredential, resolve, storeCredential } from '../support/secrets';
import { startTestApp, type TestApp } from '../support/test-app';
import type { ApiClient } from '../support/api-client';

type Columns = Readonly<Record<string, unknown>>;

describe('Stored ciphertexts that were moved (F84, R40, N2)', () => {
  let api: TestApp;
  let ada: ApiClient;
  let ben: ApiClient;

  beforeAll(async () => {
    api = await startTestApp();
    [ada, ben] = [await api.signUp(), await api.signUp()];
    await ada.put('/v1/secrets/OLD', { value: 'the first value of ada' });
    firstVersion = await rowOf(ada, 'OLD');
    await ada.put('/v1/secrets/OLD', { value: 'the newer value of ada' });
    await ada.put('/v1/secrets/OTHER', { value: 'another value of ada' });
    await ben.put('/v1/secrets/OLD', { value: 'the first value of ben' });
    await storeCredential(api, actorOf(ada), 'sk-engine-key-of-ada');
    // A second data key that is a copy of the first one: its number is part of what it is wrapped for.
    await api.database.query(
      `insert into data_keys (organization_id, id, user_id, number, wrapped, master_key_version)
       select organization_id, gen_random_uuid(), user_id, 2, wrapped, master_key_version from data_keys where user_id = $1`,
      [ada.me.user.id],
    );
  });

  afterAll(() => api.stop());

  let firstVersion: Columns;
  const SEALED = ['nonce', 'ciphertext', 'tag'];

  async function rowOf(person: ApiClient, name: string): Promise<Columns> {
    const rows = await api.database.query(`select * from secrets where user_id = $1 and name = $2`, [
      person.me.user.id,
      name,
    ]);
    return rows[0] ?? {};
  }

  async function overwrite(table: string, id: unknown, columns: Columns): Promise<void> {
    const names = Object.keys(columns);
    const assignments = names.map((name, index) => `${name} = $${index + 2}`).join(', ');
    await api.database.query(`update ${table} set ${assignments} where id = $1`, [
      id,
      ...Object.values(columns),
    ]);
  }

  const pick = (row: Columns, names: readonly string[]): Columns =>
    Object.fromEntries(names.map((name) => [name, row[name]]));

  const flip = (bytes: unknown): Buffer => {
    const copy = Buffer.from(bytes as Buffer);
    copy[0] = (copy[0] ?? 0) ^ 1;
    return copy;
  };

  const moves: readonly [string, () => Promise<Columns>][] = [
    ['the ciphertext of another name', async () => pick(await rowOf(ada, 'OTHER'), SEALED)],
    ['the ciphertext of another tenant', async () => pick(await rowOf(ben, 'OLD'), SEALED)],
    ['an old version of its own', async () => pick(firstVersion, SEALED)],
    [
      'an engine credential of the same person',
      async () => {
        const rows = await api.database.query(
          'select nonce, ciphertext, tag from engine_credentials where user_id = $1',
          [ada.me.user.id],
        );
        return rows[0] ?? {};
      },
    ],
    ['the nonce of another row', async () => pick(await rowOf(ada, 'OTHER'), ['nonce'])],
    ['the tag of another row', async () => pick(await rowOf(ada, 'OTHER'), ['tag'])],
    ['one flipped bit', async () => ({ ciphertext: flip((await rowOf(ada, 'OLD'))['ciphertext']) })],
    ['another version number', () => Promise.resolve({ version: 7 })],
    ['another key number', () => Promise.resolve({ data_key_number: 2 })],
    ['the row id of nobody', () => Promise.resolve({ id: '01938b5e-7c1a-7d52-b3a4-2f9f6d1c8e10' })],
  ];

  it.each(moves)(
    '%s: nothing opens, the error is generic, an alert is logged and audited',
    async (_what, change) => {
      const before = await rowOf(ada, 'OLD');
      const changes = await change();
      const id = changes['id'] ?? before['id'];
      await overwrite('secrets', before['id'], changes);
      api.logs.length = 0;
      try {
        await expect(resolve(api, actorOf(ada), ['OLD'])).rejects.toMatchObject({
          code: 'decryption_failed',
          status: 500,
          detail:
            'A stored value could not be decrypted. Store it again, or ask the operator of this installation.',
        });
      } finally {
        await overwrite('secrets', id, pick(before, ['id', 'version', 'data_key_number', ...SEALED]));
      }
      const alerts = api.logs
        .map((line) => JSON.parse(line))
        .filter(({ event }) => event === 'vault.decryption_failed');
      expect(alerts).toMatchObject([{ level: 'error', alert: true, objectId: id, purpose: 'secret' }]);
      const audited = await api.database.query(
        `select user_id, changes->>'name' as name from audit_events where action = 'secret.decryption_failed' and object_id = $1`,
        [id],
      );
      expect(audited.at(-1)).toEqual({ user_id: ada.me.user.id, name: 'OLD' });
      expect((await resolve(api, actorOf(ada), ['OLD'])).values.get('OLD')).toBe('the newer value of ada');
    },
  );

  it('a secret in the place of an engine credential does not open either', async () => {
    const row = await rowOf(ada, 'OTHER');
    expect(await openCredential(api, actorOf(ada))).toBe('sk-engine-key-of-ada');
    await api.database.query(
      `update engine_credentials set nonce = $2, ciphertext = $3, tag = $4 where user_id = $1`,
      [ada.me.user.id, row['nonce'], row['ciphertext'], row['tag']],
    );
    await expect(openCredential(api, actorOf(ada))).rejects.toMatchObject({ code: 'decryption_failed' });
  });

  it('a key number that does not exist cannot even be stored', async () => {
    await expect(
      api.database.query('update secrets set data_key_number = 99 where user_id = $1', [ada.me.user.id]),
    ).rejects.toMatchObject({ code: '23503' });
  });
});
