import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { AuditExportVerifier, AuditSigner, type AuditVerdict } from '@weir/crypto';
import { Database, TransactionRunner } from '@weir/database';
import { newId, runAs, SystemClock, type Actor } from '@weir/kernel';
import { createLogger } from '@weir/logging';
import { createTestDatabase, testConfig, type TestDatabase } from '@weir/testing';
import { BackgroundLoops } from '../../background/background-loops';
import { AuditChainRepository } from './audit-chain.repository';
import { AuditChainService, SEALING_BATCH } from './audit-chain.service';
import { AuditExportService, type AuditRange } from './audit-export.service';
import { AuditSealer } from './audit-sealer';
import { AuditRepository } from './audit.repository';
import { AuditService } from './audit.service';

const clock = new SystemClock();
const signer = AuditSigner.fromMasterKeys({ newest: 1, keys: new Map([[1, randomBytes(32)]]) });

/** One process of several over the same database. */
function startProcess(url: string) {
  const database = new Database(testConfig({ DATABASE_URL: url }).database);
  const repository = new AuditChainRepository(database);
  const chain = new AuditChainService(new TransactionRunner(database), repository, signer, clock);
  const logger = createLogger({ level: 'silent' });
  const loops = new BackgroundLoops(logger);
  new AuditSealer(loops, repository, chain, logger).onModuleInit();
  return {
    database,
    chain,
    loops,
    audit: new AuditService(new AuditRepository(database), clock),
    exports: new AuditExportService(repository, chain, signer, clock),
  };
}

describe('The chain of an audit trail', () => {
  let testDatabase: TestDatabase;
  let one: ReturnType<typeof startProcess>;
  let other: ReturnType<typeof startProcess>;

  beforeAll(async () => {
    testDatabase = await createTestDatabase();
    one = startProcess(testDatabase.appUrl);
    other = startProcess(testDatabase.appUrl);
  });

  afterAll(async () => {
    await Promise.all([one, other].map(({ database }) => database.onApplicationShutdown()));
    await testDatabase.drop();
  });

  async function newActor(): Promise<Actor> {
    const organizationId = newId();
    await testDatabase.query(`insert into organizations (id, kind, name) values ($1, 'team', 'x')`, [
      organizationId,
    ]);
    return { organizationId, userId: newId(), role: 'owner', via: 'session' };
  }

  const record = (actor: Actor, count = 1): Promise<void> =>
    runAs(actor, () =>
      one.audit.record(
        actor,
        ...Array.from({ length: count }, (_, index) => ({
          action: 'thing.changed',
          objectType: 'thing',
          objectId: String(index),
          changes: { zebra: 1e21, 'ä"\n': [null, { b: 0.1, a: '\u2028' }], number: index },
        })),
      ),
    );

  const linksOf = (actor: Actor) =>
    testDatabase.query<{ sequence: number; event_id: string }>(
      'select sequence::int, event_id from audit_links where organization_id = $1 order by sequence',
      [actor.organizationId],
    );

  const countOf = async (table: string, actor: Actor): Promise<number> => {
    const [row] = await testDatabase.query<{ n: number }>(
      `select count(*)::int as n from ${table} where organization_id = $1`,
      [actor.organizationId],
    );
    return row?.n ?? -1;
  };

  async function exportOf(actor: Actor, range: AuditRange = { from: 1, to: undefined }): Promise<string[]> {
    const lines = await runAs(actor, () => one.exports.open(actor, range));
    let text = '';
    for await (const piece of lines) text += piece;
    return text.trimEnd().split('\n');
  }

  function verify(lines: readonly string[]): AuditVerdict {
    const verifier = new AuditExportVerifier([signer.publicKey]);
    for (const line of lines) if (!verifier.accept(Buffer.from(line))) break;
    return verifier.finish();
  }

  const numbers = (from: number, to: number): number[] =>
    Array.from({ length: to - from + 1 }, (_, index) => from + index);

  it('is one without gaps although two processes extend it at once, while others write (N9)', async () => {
    const actor = await newActor();
    await record(actor, SEALING_BATCH + 500);
    const sealing = [one, other, one, other].map(({ chain }) => runAs(actor, () => chain.sealAll(actor)));
    await Promise.all([...sealing, ...numbers(1, 20).map(() => record(actor))]);
    await Promise.all([one, other].map(({ chain }) => runAs(actor, () => chain.sealAll(actor))));
    const links = await linksOf(actor);
    expect(links.map(({ sequence }) => sequence)).toEqual(numbers(1, SEALING_BATCH + 520));
    expect(new Set(links.map(({ event_id: id }) => id)).size).toBe(SEALING_BATCH + 520);
    expect(await countOf('audit_unsealed', actor)).toBe(0);
    expect(verify(await exportOf(actor))).toMatchObject({ to: SEALING_BATCH + 520, problem: null });
  });

  it('takes an event that was committed late, after younger ones', async () => {
    const actor = await newActor();
    let commit = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      commit = resolve;
    });
    const late = runAs(actor, () =>
      one.database.run(async () => {
        await one.audit.record(actor, { action: 'late', objectType: 'thing', objectId: 'late' });
        await held;
      }),
    );
    await record(actor);
    await runAs(actor, () => other.chain.sealAll(actor));
    expect(await linksOf(actor)).toHaveLength(1);
    commit();
    await late;
    expect(verify(await exportOf(actor))).toMatchObject({ to: 2, problem: null });
  });

  it('is extended in the background for every organization, and a stop leaves whole batches', async () => {
    const actors = await Promise.all(numbers(1, 3).map(newActor));
    await Promise.all(actors.map((actor) => record(actor, 5)));
    const unsealed = async (): Promise<number> => {
      const counts = await Promise.all(actors.map((actor) => countOf('audit_unsealed', actor)));
      return counts.reduce((sum, count) => sum + count);
    };
    one.loops.onApplicationBootstrap();
    other.loops.onApplicationBootstrap();
    const deadline = Date.now() + 5_000;
    while ((await unsealed()) > 0 && Date.now() < deadline) await delay(10);
    await Promise.all(actors.map((actor) => record(actor, 5)));
    for (const { loops } of [one, other]) for (const loop of loops.list()) loop.wake();
    await Promise.all([one, other].map(({ loops }) => loops.onModuleDestroy()));
    for (const actor of actors) {
      const sealed = (await linksOf(actor)).map(({ sequence }) => sequence);
      expect([numbers(1, 5), numbers(1, 10)]).toContainEqual(sealed);
      expect(await countOf('audit_unsealed', actor)).toBe(10 - sealed.length);
      expect(await countOf('audit_checkpoints', actor)).toBe(sealed.length / 5);
    }
  });

  it('shows what somebody with the owner’s rights did to a row, and where (N9, F120)', async () => {
    const actor = await newActor();
    await record(actor, 30);
    const before = verify(await exportOf(actor));
    expect(before.problem).toBeNull();
    const [, , third] = await linksOf(actor);
    await testDatabase.query(
      `update audit_events set changes = '{"nothing": true}' where organization_id = $1 and id = $2`,
      [actor.organizationId, third?.event_id],
    );
    expect(verify(await exportOf(actor)).problem).toMatchObject({ flaw: 'altered', sequence: 3 });
    await testDatabase.query('delete from audit_events where organization_id = $1 and id = $2', [
      actor.organizationId,
      third?.event_id,
    ]);
    expect(verify(await exportOf(actor)).problem).toMatchObject({ flaw: 'missing', sequence: 3 });
  });

  it('is exported a batch at a time, and keeps no connection while the reader is slow', async () => {
    const actor = await newActor();
    await record(actor, 2_500);
    const lines = await runAs(actor, () => one.exports.open(actor, { from: 1, to: undefined }));
    const sizes: number[] = [];
    for await (const piece of lines) {
      sizes.push(piece.split('{"event":').length - 1);
      const { total, idle } = one.database.poolState();
      expect(total - idle).toBe(0);
    }
    expect(sizes).toEqual([0, 1_000, 1_000, 500, 0]);
  });

  it('can be exported in parts that continue each other, and not from behind its end', async () => {
    const actor = await newActor();
    await record(actor, 12);
    expect(verify(await exportOf(actor, { from: 1, to: 7 }))).toMatchObject({
      from: 1,
      to: 7,
      problem: null,
    });
    const second = await exportOf(actor, { from: 8, to: 500 });
    expect(verify(second)).toMatchObject({ from: 8, to: 12, problem: null });
    expect(verify(await exportOf(actor, { from: 13, to: undefined }))).toMatchObject({
      to: 12,
      problem: null,
    });
    await expect(exportOf(actor, { from: 14, to: undefined })).rejects.toThrow('ends with event 12');
  });

  it('cannot be changed by the role of the service: not the events, not the links, not the checkpoints (F120)', async () => {
    const actor = await newActor();
    await record(actor, 2);
    await runAs(actor, () => one.chain.sealAll(actor));
    const id = actor.organizationId;
    const { database } = one;
    const attempts = [
      () => database.execute`update audit_events set action = 'x' where organization_id = ${id}::uuid`,
      () => database.execute`delete from audit_events where organization_id = ${id}::uuid`,
      () => database.execute`update audit_links set sequence = 9 where organization_id = ${id}::uuid`,
      () => database.execute`delete from audit_links where organization_id = ${id}::uuid`,
      () => database.execute`update audit_checkpoints set key_id = 'x' where organization_id = ${id}::uuid`,
      () => database.execute`delete from audit_checkpoints where organization_id = ${id}::uuid`,
      () => database.execute`delete from audit_unsealed where organization_id = ${id}::uuid`,
      () => database.execute`truncate audit_events, audit_links, audit_checkpoints`,
    ];
    for (const attempt of attempts)
      await expect(runAs(actor, attempt)).rejects.toMatchObject({ code: '42501' });
    expect(verify(await exportOf(actor))).toMatchObject({ to: 2, problem: null });
  });

  it('goes with its organization', async () => {
    const actor = await newActor();
    await record(actor, 3);
    await runAs(actor, () => one.chain.sealAll(actor));
    await record(actor);
    await testDatabase.query('delete from organizations where id = $1', [actor.organizationId]);
    for (const table of ['audit_events', 'audit_links', 'audit_checkpoints', 'audit_unsealed'])
      expect([table, await countOf(table, actor)]).toEqual([table, 0]);
  });
});
