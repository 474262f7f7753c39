import { randomBytes } from 'node:crypto';
import { createTestDatabase, type TestDatabase } from '@weir/testing';
import { DataKeyRotationService } from '../../apps/api/src/modules/vault/data-key-rotation.service';
import { MasterKeyRotationService } from '../../apps/api/src/modules/vault/master-key-rotation.service';
import { ApiClient } from '../support/api-client';
import { actorOf, openCredential, resolve, storeCredential } from '../support/secrets';
import { startTestApp, type TestApp } from '../support/test-app';

const KEY_ONE = `1:${randomBytes(32).toString('base64')}`;
const KEY_TWO = `2:${randomBytes(32).toString('base64')}`;
const BOTH = `${KEY_ONE},${KEY_TWO}`;
const JWT_KEYS = `test:${randomBytes(32).toString('base64')}`;
const NAMES = ['FIRST', 'SECOND', 'THIRD'];

describe('Rotating keys while the service runs (F85, R44)', () => {
  let database: TestDatabase;
  let replicas: TestApp[];
  let people: ApiClient[];

  const start = (masterKeys: string): Promise<TestApp> =>
    startTestApp({ database, env: { MASTER_KEYS: masterKeys, JWT_KEYS } });

  const replica = (index: number): TestApp => {
    const app = replicas[index % replicas.length];
    if (app === undefined) throw new Error('no app runs');
    return app;
  };

  beforeAll(async () => {
    database = await createTestDatabase();
    const original = await start(KEY_ONE);
    people = await Promise.all(Array.from({ length: 6 }, () => original.signUp()));
    for (const person of people) {
      for (const name of NAMES) await person.put(`/v1/secrets/${name}`, { value: valueOf(person, name) });
      await storeCredential(original, actorOf(person), valueOf(person, 'engine'));
    }
    await original.stop();
    // The operator adds the new master key to every process first.
    replicas = await Promise.all([start(BOTH), start(BOTH)]);
  });

  afterAll(async () => {
    await Promise.all(replicas.map((app) => app.stop()));
    await database.drop();
  });

  const valueOf = (person: ApiClient, name: string): string => `${name} of ${person.me.user.id}`;

  /** The same person, at one of the replicas. */
  const via = (index: number, { me }: ApiClient): ApiClient => new ApiClient(replica(index).url, me);

  /** Reads and replaces secrets on both replicas until `work` is done. */
  async function underLoad(work: () => Promise<void>): Promise<{ reads: number; failures: unknown[] }> {
    const failures: unknown[] = [];
    let reads = 0;
    const load = new AbortController();
    const worker = async (index: number): Promise<void> => {
      for (let turn = index; !load.signal.aborted; turn++) {
        const person = people[turn % people.length];
        if (person === undefined) continue;
        try {
          const { values } = await resolve(replica(turn), actorOf(person), NAMES);
          expect(Object.fromEntries(values)).toEqual(
            Object.fromEntries(NAMES.map((name) => [name, valueOf(person, name)])),
          );
          reads += 1;
          const name = NAMES[turn % NAMES.length] ?? '';
          const put = await via(turn, person).put(`/v1/secrets/${name}`, { value: valueOf(person, name) });
          // Parallel writes of one secret may meet; what must not happen is a failed decryption or a lost value.
          if (put.status !== 200 && put.status !== 409) failures.push(put.body);
        } catch (error) {
          failures.push(error);
        }
      }
    };
    const workers = Array.from({ length: 4 }, (_unused, index) => worker(index));
    await work().finally(() => load.abort());
    await Promise.all(workers);
    return { reads, failures };
  }

  const silent = (): void => undefined;

  it('moves every data key to the new master key without one failed decryption', async () => {
    const { reads, failures } = await underLoad(async () => {
      const rotation = replica(0).app.get(MasterKeyRotationService);
      expect(await rotation.status()).toMatchObject({
        due: people.length,
        health: { ok: true, currentVersion: 'local:2' },
      });
      const report = await rotation.rotate(silent);
      expect(report).toEqual({
        masterKeyVersion: 'local:2',
        owners: people.length,
        rewrapped: people.length,
      });
      expect(await rotation.rotate(silent)).toMatchObject({ rewrapped: 0 });
      expect(await rotation.status()).toMatchObject({
        due: 0,
        dataKeys: [{ masterKeyVersion: 'local:2', dataKeys: people.length }],
      });
    });
    expect(failures).toEqual([]);
    expect(reads).toBeGreaterThan(0);
  });

  it('replaces every data key without one failed decryption, even with no time between moving values and deleting keys', async () => {
    const before = new Date();
    const { reads, failures } = await underLoad(async () => {
      const report = await replica(1).app.get(DataKeyRotationService).rotate({ before, graceMs: 0 }, silent);
      expect(report).toMatchObject({ owners: people.length, newKeys: people.length, unreadable: [] });
      expect(report.resealed).toBeGreaterThanOrEqual(people.length);
    });
    expect(failures).toEqual([]);
    expect(reads).toBeGreaterThan(0);

    // A key that a write still held is taken by the next run, which goes on where this one ended.
    const again = await replica(0).app.get(DataKeyRotationService).rotate({ before, graceMs: 0 }, silent);
    expect(again).toMatchObject({ newKeys: 0, unreadable: [] });
    expect(await database.query('select distinct number from data_keys')).toEqual([{ number: 2 }]);
    expect(await database.query('select distinct data_key_number as number from secrets')).toEqual([
      { number: 2 },
    ]);
    expect(await database.query('select distinct data_key_number as number from engine_credentials')).toEqual(
      [{ number: 2 }],
    );
  });

  it('leaves nothing that needs the old master key: a start without it reads every value', async () => {
    const afterwards = await start(KEY_TWO);
    for (const person of people) {
      const { values } = await resolve(afterwards, actorOf(person), NAMES);
      expect([...values]).toEqual(expect.arrayContaining(NAMES.map((name) => [name, valueOf(person, name)])));
      expect(await openCredential(afterwards, actorOf(person))).toBe(valueOf(person, 'engine'));
    }
    await afterwards.stop();
    await expect(start(KEY_ONE)).rejects.toThrow(/^MASTER_KEYS does not hold the key/);
  });

  it('leaves a value that no key opens, and the key that it names, and reports it', async () => {
    const [person] = people;
    if (person === undefined) throw new Error('nobody signed up');
    const [broken] = await database.query<{ id: string }>(
      `update secrets set tag = decode(repeat('00', 16), 'hex') where user_id = $1 and name = 'FIRST' returning id`,
      [person.me.user.id],
    );
    const report = await replica(0)
      .app.get(DataKeyRotationService)
      .rotate({ before: new Date(), graceMs: 0 }, silent);
    expect(report.unreadable).toEqual([broken?.id]);
    expect(report.deletedKeys).toBe(people.length - 1);
    const rows = await database.query(
      'select name, data_key_number as number from secrets where user_id = $1 order by name',
      [person.me.user.id],
    );
    expect(rows).toEqual([
      { name: 'FIRST', number: 2 },
      { name: 'SECOND', number: 3 },
      { name: 'THIRD', number: 3 },
    ]);
    expect((await via(0, person).put('/v1/secrets/FIRST', { value: 'stored again' })).status).toBe(200);
  });

  it('audits both rotations for each owner', async () => {
    const rows = await database.query<{ action: string; people: number; via: string }>(
      `select action, via, count(distinct user_id)::int as people from audit_events where action like 'data_key.%' group by 1, 2 order by 1`,
    );
    expect(rows).toEqual([
      { action: 'data_key.rewrapped', via: 'system', people: people.length },
      { action: 'data_key.rotated', via: 'system', people: people.length },
    ]);
  });
});
