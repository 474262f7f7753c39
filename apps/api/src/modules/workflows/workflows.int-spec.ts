import { Database } from '@weir/database';
import { newId, runAs, type Actor } from '@weir/kernel';
import { createTestDatabase, testConfig, type TestDatabase } from '@weir/testing';
import { VersionsRepository } from './versions.repository';
import { WorkflowsRepository } from './workflows.repository';

describe('Whose workflows one sees', () => {
  let testDatabase: TestDatabase;
  let database: Database;
  let workflows: WorkflowsRepository;
  let versions: VersionsRepository;
  const organizationId = newId();
  const ada: Actor = { userId: newId(), organizationId, role: 'builder', via: 'session' };
  const grace: Actor = { userId: newId(), organizationId, role: 'builder', via: 'session' };
  const stranger: Actor = { userId: newId(), organizationId: newId(), role: 'owner', via: 'session' };
  const privateId = newId();
  const sharedId = newId();

  beforeAll(async () => {
    testDatabase = await createTestDatabase();
    const { database: settings } = testConfig({ DATABASE_URL: testDatabase.appUrl });
    database = new Database(settings);
    workflows = new WorkflowsRepository(database);
    versions = new VersionsRepository(database);
    for (const actor of [ada, grace, stranger]) await plantPerson(actor);
    await plantWorkflow(privateId, 'Private', false);
    await plantWorkflow(sharedId, 'Shared', true);
  });

  afterAll(async () => {
    await database.onApplicationShutdown();
    await testDatabase.drop();
  });

  async function plantPerson(actor: Actor): Promise<void> {
    await testDatabase.query(`insert into users (id, email, name) values ($1, $2, 'x')`, [
      actor.userId,
      `${actor.userId}@example.com`,
    ]);
    await testDatabase.query(
      `insert into organizations (id, kind, name) values ($1, 'team', 'x') on conflict do nothing`,
      [actor.organizationId],
    );
    await testDatabase.query(
      `insert into memberships (organization_id, id, user_id, role) values ($1, $2, $3, $4)`,
      [actor.organizationId, newId(), actor.userId, actor.role],
    );
  }

  async function plantWorkflow(id: string, name: string, shared: boolean): Promise<void> {
    const projectId = newId();
    const owner = [organizationId, ada.userId];
    await testDatabase.query(
      `insert into projects (organization_id, user_id, id, name, shared) values ($1, $2, $3, $4, $5)`,
      [...owner, projectId, name, shared],
    );
    await testDatabase.query(
      `insert into workflows (organization_id, user_id, id, project_id, name, shared, latest_version) values ($1, $2, $3, $4, $5, $6, 1)`,
      [...owner, id, projectId, name, shared],
    );
    await testDatabase.query(
      `insert into workflow_versions (organization_id, user_id, id, workflow_id, shared, number, flow_data, content_hash,
         bindings, findings, interface, created_by)
       values ($1, $2, $3, $4, $5, 1, '{"nodes":[],"edges":[]}', 'x', '[{"secretName":"A_KEY"}]', '[]',
         '{"hasChatInput":true,"hasChatOutput":true}', $2)`,
      [...owner, newId(), id, shared],
    );
  }

  const namesFor = (actor: Actor) =>
    runAs(actor, async () => {
      const filter = {
        projectId: undefined,
        tag: undefined,
        search: undefined,
        archived: undefined,
        after: null,
        take: 10,
      };
      return (await workflows.listPage(actor, filter)).map(({ name }) => name).toSorted();
    });

  it('lists one’s own and what is shared in the organization, and nothing of other organizations', async () => {
    expect(await namesFor(ada)).toEqual(['Private', 'Shared']);
    expect(await namesFor(grace)).toEqual(['Shared']);
    expect(await namesFor(stranger)).toEqual([]);
  });

  it('gives a run what is one’s own or shared, and only that', async () => {
    const runnable = (actor: Actor, id: string) => runAs(actor, () => workflows.findRunnable(actor, id));
    expect(await runnable(ada, privateId)).toMatchObject({
      name: 'Private',
      versionNumber: 1,
      deadlineSeconds: 300,
    });
    expect(await runnable(grace, sharedId)).toMatchObject({
      name: 'Shared',
      bindings: [{ secretName: 'A_KEY' }],
    });
    expect(await runnable(grace, privateId)).toBeNull();
    expect(await runnable(stranger, sharedId)).toBeNull();
  });

  it('lets nobody else change or extend a shared workflow', async () => {
    await runAs(grace, async () => {
      expect(await workflows.update(grace, sharedId, { name: 'Taken' }, null)).toBe(false);
      expect(await versions.findLatest(grace, sharedId)).toMatchObject({ own: false, name: 'Shared' });
      expect(await workflows.listUses(grace, 'A_KEY')).toEqual([]);
    });
    const rows = await testDatabase.query('select name, revision from workflows where id = $1', [sharedId]);
    expect(rows).toEqual([{ name: 'Shared', revision: 1 }]);
  });

  it('is kept by the database as well when a query forgets who asks (N5)', async () => {
    const forged = { ...ada };
    await runAs(grace, async () => {
      expect(await workflows.findRunnable(forged, privateId)).toBeNull();
      expect(await workflows.update(forged, sharedId, { name: 'Taken' }, null)).toBe(false);
    });
    await runAs(stranger, async () => {
      expect(await workflows.findRunnable(forged, sharedId)).toBeNull();
    });
  });
});
