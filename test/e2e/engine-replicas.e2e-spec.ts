import { runAs, type Actor } from '@weir/kernel';
import { createTestDatabase, echoFlow, type TestDatabase } from '@weir/testing';
import { EngineCopies } from '../../apps/api/src/modules/engine/engine-copies.service';
import { startEngineApp, type EngineApp } from '../support/engine-app';
import { eventually } from '../support/engine-bench';
import { actorOf, plantWorkflow } from '../support/planted-workflow';
import { startTestApp, type TestApp } from '../support/test-app';

const COPIES = 12;

/** Another process of the same installation. */
function startReplica(
  of: EngineApp,
  database: TestDatabase,
  env: Record<string, string> = {},
): Promise<TestApp> {
  const { master } = of.config.keys;
  const keys = master.provider === 'local' ? master.keys : '';
  return startTestApp({ database, env: { ...of.engineEnv, MASTER_KEYS: keys, ...env } });
}

async function recordCopies(app: TestApp, actor: Actor): Promise<string[]> {
  const copies = app.app.get(EngineCopies, { strict: false });
  const ids: string[] = [];
  for (let made = 0; made < COPIES; made++) {
    const { id } = await plantWorkflow(app.database, actor, echoFlow());
    await runAs(actor, () => copies.requestCopy(actor, id, 1));
    ids.push(id);
  }
  return ids;
}

describe('Copies in the engine, with several processes', () => {
  let database: TestDatabase;

  beforeEach(async () => {
    database = await createTestDatabase();
  });
  afterEach(() => database.drop());

  it('are picked up after a restart, each by one process', async () => {
    const first = await startEngineApp({ database, engineDown: true });
    const ada = actorOf(await first.signUp());
    const ids = await recordCopies(first, ada);
    await first.app.close();

    await first.fake.start();
    const replicas = [
      await startReplica(first, database, { INTERNAL_PORT: new URL(first.internalUrl).port }),
      await startReplica(first, database),
    ];
    const waiting = `select count(*)::int as waiting from engine_flows where state <> 'ready'`;
    await eventually(
      async () => (await database.query<{ waiting: number }>(waiting))[0]?.waiting === 0,
      20_000,
    );

    const pushes = first.fake.requests.filter(
      ({ method, path }) => method === 'PUT' && ids.some((id) => path.endsWith(id)),
    );
    expect(pushes.map(({ path }) => path.slice(-36)).toSorted()).toEqual(ids.toSorted());
    await Promise.all(replicas.map((replica) => replica.stop()));
    await first.fake.stop();
  });

  it('end at the newest version, also when it is asked for while an older one is on its way', async () => {
    const app = await startEngineApp({ database });
    const ada = actorOf(await app.signUp());
    const copies = app.app.get(EngineCopies, { strict: false });
    const { id } = await plantWorkflow(database, ada, echoFlow());
    await database.query(
      `insert into workflow_versions select organization_id, gen_random_uuid(), user_id, workflow_id, shared, 2, $2, content_hash,
         bindings, findings, interface, created_by, created_at from workflow_versions where workflow_id = $1`,
      [id, JSON.stringify({ ...echoFlow(), viewport: { x: 2, y: 2, zoom: 2 } })],
    );
    app.fake.failNext({ kind: 'delay', ms: 1_000 }, { path: `/api/v1/flows/${id}` });
    await runAs(ada, () => copies.requestCopy(ada, id, 1));
    await eventually(() =>
      app.fake.requests.some(({ method, path }) => method === 'PUT' && path.endsWith(id)),
    );
    await runAs(ada, () => copies.requestCopy(ada, id, 2));
    await eventually(
      async () => (await runAs(ada, () => copies.describe(ada, id)))?.state === 'ready',
      15_000,
    );
    expect(app.fake.flows.all.find((flow) => flow.id === id)?.data['viewport']).toEqual({
      x: 2,
      y: 2,
      zoom: 2,
    });
    expect(
      await database.query('select version_number, lease_until from engine_flows where id = $1', [id]),
    ).toEqual([{ version_number: 2, lease_until: null }]);
    await app.stop();
  });
});
