import { Database } from '@weir/database';
import { newId, runAs, runAsSystem, type Actor } from '@weir/kernel';
import { createTestDatabase, testConfig, type TestDatabase } from '@weir/testing';
import type { EndedRun, Run } from './run';
import { RunEventsRepository } from './run-events.repository';
import { RunLeasesRepository } from './run-leases.repository';
import { RUN_STATES, type EndState } from './run-state';
import { RunsRepository } from './runs.repository';

const ENDS: readonly EndState[] = ['succeeded', 'failed', 'cancelled', 'timed_out', 'lost'];
const at = new Date();

describe('The rows of runs', () => {
  let testDatabase: TestDatabase;
  let database: Database;
  let runs: RunsRepository;
  let events: RunEventsRepository;
  let leases: RunLeasesRepository;
  const organizationId = newId();
  const ada: Actor = { userId: newId(), organizationId, role: 'builder', via: 'session' };
  const grace: Actor = { userId: newId(), organizationId, role: 'builder', via: 'session' };
  const workflowId = newId();

  beforeAll(async () => {
    testDatabase = await createTestDatabase();
    database = new Database(testConfig({ DATABASE_URL: testDatabase.appUrl }).database);
    runs = new RunsRepository(database);
    events = new RunEventsRepository(database);
    leases = new RunLeasesRepository(database);
    await testDatabase.query(`insert into organizations (id, kind, name) values ($1, 'team', 'x')`, [
      organizationId,
    ]);
    for (const { userId, role } of [ada, grace]) {
      await testDatabase.query(`insert into users (id, email, name) values ($1, $2, 'x')`, [
        userId,
        `${userId}@example.com`,
      ]);
      await testDatabase.query(
        'insert into memberships (organization_id, id, user_id, role) values ($1, $2, $3, $4)',
        [organizationId, newId(), userId, role],
      );
    }
    await plantWorkflow();
  });

  afterAll(async () => {
    await database.onApplicationShutdown();
    await testDatabase.drop();
  });

  async function plantWorkflow(): Promise<void> {
    const owner = [organizationId, ada.userId];
    const projectId = newId();
    await testDatabase.query(
      `insert into projects (organization_id, user_id, id, name, shared) values ($1, $2, $3, 'x', true)`,
      [...owner, projectId],
    );
    await testDatabase.query(
      `insert into workflows (organization_id, user_id, id, project_id, name, shared, latest_version) values ($1, $2, $3, $4, 'x', true, 1)`,
      [...owner, workflowId, projectId],
    );
    await testDatabase.query(
      `insert into workflow_versions (organization_id, user_id, id, workflow_id, number, shared, flow_data, content_hash, bindings,
         findings, interface, created_by) values ($1, $2, $3, $4, 1, true, '{}', 'x', '[]', '[]', '{}', $2)`,
      [...owner, newId(), workflowId],
    );
  }

  async function planted(
    state: string,
    actor = ada,
    leaseUntil = new Date(at.getTime() + 15_000),
  ): Promise<Run> {
    const run: Run = {
      id: newId(),
      workflowId,
      versionNumber: 1,
      conversationId: null,
      mode: 'sync',
      apiKeyId: null,
      state: 'running',
      attempt: 1,
      executionMode: 'engine',
      input: 'x',
      output: null,
      problem: null,
      usage: null,
      engineMs: null,
      deadlineAt: new Date(at.getTime() + 60_000),
      createdAt: at,
      startedAt: at,
      finishedAt: null,
    };
    await runAs(actor, () => runs.insert(actor, { ...run, requestId: 'test', leaseUntil }));
    await testDatabase.query('update runs set state = $2 where id = $1', [run.id, state]);
    return run;
  }

  const end = (run: Run, state: EndState, actor = ada): Promise<boolean> => {
    const ended: EndedRun = { ...run, state, finishedAt: new Date(at.getTime() + 5) };
    const ending = { ledgerEntryId: newId(), events: [{ sequence: 1, type: 'done', data: {} } as const] };
    return runAs(actor, () => runs.end(actor, ended, ending));
  };
  const rowOf = async (id: string): Promise<any> =>
    (await testDatabase.query('select * from runs where id = $1', [id]))[0];
  const countOf = async (table: string, id: string): Promise<number> =>
    (await testDatabase.query(`select 1 from ${table} where run_id = $1`, [id])).length;

  it('leave `running` and no other state, whatever is tried (F61)', async () => {
    for (const from of RUN_STATES) {
      for (const to of ENDS) {
        const run = await planted(from);
        const isAllowed = from === 'running';
        expect(await end(run, to)).toBe(isAllowed);
        expect((await rowOf(run.id)).state).toBe(isAllowed ? to : from);
        expect(await countOf('ledger_entries', run.id)).toBe(isAllowed ? 1 : 0);
        expect(await countOf('run_events', run.id)).toBe(isAllowed ? 1 : 0);
      }
    }
  });

  it('end once of many parallel ends, with one ledger entry (F61, F112)', async () => {
    const run = await planted('running');
    const outcomes = await Promise.all([...ENDS, ...ENDS].map((state) => end(run, state)));
    expect(outcomes.filter(Boolean)).toHaveLength(1);
    expect(await countOf('ledger_entries', run.id)).toBe(1);
  });

  it('obey one attempt only: who lost the run writes nothing more (F66)', async () => {
    const run = await planted('running');
    await testDatabase.query('update runs set attempt = 2 where id = $1', [run.id]);
    expect(await end(run, 'succeeded')).toBe(false);
    const event = { sequence: 1, type: 'text_delta', data: { text: 'late' } } as const;
    expect(await runAs(ada, () => events.append(ada, run, [event]))).toBe(false);
    expect(await countOf('run_events', run.id)).toBe(0);
    expect(await end({ ...run, attempt: 2 }, 'succeeded')).toBe(true);
  });

  it('take the same batch of events twice as once', async () => {
    const run = await planted('running');
    const batch = [1, 2].map((sequence) => ({ sequence, type: 'text_delta', data: { text: 'x' } }) as const);
    for (let attempt = 0; attempt < 2; attempt += 1) {
      expect(await runAs(ada, () => events.append(ada, run, batch))).toBe(true);
    }
    expect(await runAs(ada, () => events.listAfter(ada, run.id, 1, 10))).toEqual([batch[1]]);
  });

  it('are out of reach for others of the same organization (F10, R27)', async () => {
    const run = await planted('running');
    await runAs(grace, async () => {
      expect(await runs.findById(grace, run.id)).toBeNull();
      expect(await runs.requestCancel(grace, run.id)).toBe(false);
      expect(await events.listAfter(grace, run.id, 0, 10)).toEqual([]);
      expect(await events.append(grace, run, [{ sequence: 1, type: 'error', data: {} }])).toBe(false);
    });
    expect(await end(run, 'failed', grace)).toBe(false);
    expect((await rowOf(run.id)).state).toBe('running');
  });

  it('keep their leases as long as their process says so, and are found when it is silent (F66, F67)', async () => {
    const [mine, taken, over] = [
      await planted('running'),
      await planted('running'),
      await planted('succeeded'),
    ];
    const hers = await planted('running', grace, new Date(at.getTime() - 60_000));
    await testDatabase.query('update runs set attempt = 2 where id = $1', [taken.id]);
    const held = [mine, taken, over].map(({ id }) => ({ actor: ada, id, attempt: 1 }));
    const until = new Date(at.getTime() + 100_000);
    const extended = await runAsSystem(() =>
      leases.extend([...held, { actor: grace, id: hers.id, attempt: 1 }], until),
    );
    expect(extended).toEqual(new Set([mine.id, hers.id]));
    expect((await rowOf(mine.id)).lease_until).toEqual(until);
    const silent = await planted('running', grace, new Date(at.getTime() - 1));
    const lost = await runAsSystem(() => leases.findLost(at, 10));
    expect(lost).toEqual([{ organizationId, userId: grace.userId, id: silent.id }]);
  });

  it('tell their process what somebody wants cancelled, and nothing about other runs', async () => {
    const [wanted, other] = [await planted('running'), await planted('running')];
    await runAs(ada, () => runs.requestCancel(ada, wanted.id));
    const asked = [wanted, other].map(({ id }) => ({ actor: ada, id, attempt: 1 }));
    expect(await runAsSystem(() => leases.findCancelRequests(asked))).toEqual([wanted.id]);
    expect(await runAsSystem(() => leases.findCancelRequests(asked.slice(1)))).toEqual([]);
    expect(
      await runAsSystem(() =>
        leases.findCancelRequests([
          { actor: { ...ada, organizationId: newId() }, id: wanted.id, attempt: 1 },
        ]),
      ),
    ).toEqual([]);
  });
});
