import type { ApiClient } from '../support/api-client';
import { startTestApp, type TestApp } from '../support/test-app';

describe('Projects', () => {
  let api: TestApp;

  beforeAll(async () => {
    api = await startTestApp();
  });

  afterAll(() => api.stop());

  const auditOf = (client: ApiClient, objectId: string) =>
    api.database.query<{ action: string }>(
      'select action from audit_events where organization_id = $1 and object_id = $2 order by id',
      [client.me.organization.id, objectId],
    );

  async function createProject(client: ApiClient, name: string): Promise<any> {
    const response = await client.post('/v1/projects', { name });
    expect(response.status).toBe(201);
    return response.body;
  }

  async function createWorkflow(client: ApiClient, projectId: string, name: string): Promise<any> {
    const response = await client.post(`/v1/projects/${projectId}/workflows`, { name });
    expect(response.status).toBe(201);
    return response.body;
  }

  async function defaultOf(client: ApiClient): Promise<any> {
    const { body } = await client.get('/v1/projects');
    return body.data.find((project: any) => project.isDefault);
  }

  it('gives every person one default project at sign-up (S2)', async () => {
    const ada = await api.signUp();
    const { status, body } = await ada.get('/v1/projects');
    expect(status).toBe(200);
    expect(body).toEqual({
      data: [
        {
          id: expect.any(String),
          name: 'My workflows',
          description: null,
          icon: null,
          color: null,
          sortOrder: 0,
          isDefault: true,
          archived: false,
          workflowCount: 0,
          conversationCount: 0,
          createdAt: expect.any(String),
          updatedAt: expect.any(String),
        },
      ],
      nextCursor: null,
    });
  });

  it('makes exactly one default project for six parallel first requests when it is missing (S2)', async () => {
    const ada = await api.signUp();
    await api.database.query('delete from projects where user_id = $1', [ada.me.user.id]);
    const answers = await Promise.all(Array.from({ length: 6 }, () => ada.get('/v1/projects')));
    expect(answers.map(({ status, body }) => `${status} ${body.data.length}`)).toEqual(
      Array(6).fill('200 1'),
    );
    expect(new Set(answers.map(({ body }) => body.data[0].id)).size).toBe(1);
    const rows = await api.database.query('select id from projects where user_id = $1', [ada.me.user.id]);
    expect(rows).toHaveLength(1);
  });

  it('finds another name for the default project when the person uses its name already (S2)', async () => {
    const ada = await api.signUp();
    await api.database.query('delete from projects where user_id = $1', [ada.me.user.id]);
    await createProject(ada, 'My workflows');
    expect((await defaultOf(ada)).name).toBe('My workflows (2)');
  });

  it('protects the default project from archiving and deletion (S2)', async () => {
    const ada = await api.signUp();
    const { id } = await defaultOf(ada);
    for (const response of [
      await ada.post(`/v1/projects/${id}/archive`),
      await ada.delete(`/v1/projects/${id}`),
      await ada.delete(`/v1/projects/${id}?workflows=move`),
    ]) {
      expect(response.status).toBe(409);
      expect(response.body).toMatchObject({ code: 'default_project_protected', status: 409 });
    }
  });

  it('keeps name, description, icon and color, and changes only what is sent (S3)', async () => {
    const ada = await api.signUp();
    const created = await ada.post('/v1/projects', {
      name: ' Support ',
      description: 'Help\ndesk',
      icon: 'headset',
      color: '#2563eb',
    });
    expect(created.status).toBe(201);
    expect(created.body).toMatchObject({
      name: 'Support',
      description: 'Help\ndesk',
      icon: 'headset',
      color: '#2563eb',
      sortOrder: 1,
    });
    const { id } = created.body;
    const changed = await ada.patch(`/v1/projects/${id}`, { name: 'Service', icon: null });
    expect(changed.status).toBe(200);
    expect(changed.body).toMatchObject({
      id,
      name: 'Service',
      description: 'Help\ndesk',
      icon: null,
      color: '#2563eb',
    });
    expect((await ada.get(`/v1/projects/${id}`)).body).toEqual(changed.body);
    expect((await auditOf(ada, id)).map(({ action }) => action)).toEqual([
      'project.created',
      'project.updated',
    ]);
  });

  it('counts workflows and conversations of each project in the list (S3)', async () => {
    const ada = await api.signUp();
    const project = await createProject(ada, 'Counted');
    const workflow = await createWorkflow(ada, project.id, 'One');
    const gone = await createWorkflow(ada, project.id, 'Two');
    await ada.delete(`/v1/workflows/${gone.id}`);
    await api.database.query(
      `insert into conversations (organization_id, id, user_id, workflow_id) values ($1, gen_random_uuid(), $2, $3), ($1, gen_random_uuid(), $2, $3)`,
      [ada.me.organization.id, ada.me.user.id, workflow.id],
    );
    const { body } = await ada.get('/v1/projects');
    const counts = body.data.map((row: any) => [row.name, row.workflowCount, row.conversationCount]);
    expect(counts).toEqual([
      ['My workflows', 0, 0],
      ['Counted', 1, 2],
    ]);
  });

  it('archives and restores, and takes no workflows while archived (S3)', async () => {
    const ada = await api.signUp();
    const { id } = await createProject(ada, 'Old');
    const archived = await ada.post(`/v1/projects/${id}/archive`);
    expect([archived.status, archived.body.archived]).toEqual([200, true]);
    const refused = await ada.post(`/v1/projects/${id}/workflows`, { name: 'Late' });
    expect(refused.status).toBe(409);
    expect(refused.body.code).toBe('project_archived');
    const ids = async (query: string) =>
      (await ada.get(`/v1/projects${query}`)).body.data.map((row: any) => row.id);
    expect(await ids('?archived=true')).toEqual([id]);
    expect(await ids('?archived=false')).not.toContain(id);
    expect(await ids('')).toContain(id);
    expect((await ada.post(`/v1/projects/${id}/restore`)).body.archived).toBe(false);
    await createWorkflow(ada, id, 'In time');
    expect((await auditOf(ada, id)).map(({ action }) => action)).toEqual([
      'project.created',
      'project.archived',
      'project.restored',
    ]);
  });

  it('refuses to delete a project that holds workflows until it is said what becomes of them (S2)', async () => {
    const ada = await api.signUp();
    const { id } = await createProject(ada, 'Full');
    await createWorkflow(ada, id, 'Kept');
    const refused = await ada.delete(`/v1/projects/${id}`);
    expect(refused.status).toBe(409);
    expect(refused.body).toMatchObject({ code: 'project_not_empty', workflows: 1 });
    expect((await ada.get(`/v1/projects/${id}`)).status).toBe(200);
    const unknown = await ada.delete(`/v1/projects/${id}?workflows=burn`);
    expect(unknown.status).toBe(422);
  });

  it('moves the workflows of a deleted project to the default project and renames on a clash (S2)', async () => {
    const ada = await api.signUp();
    const home = await defaultOf(ada);
    await createWorkflow(ada, home.id, 'Agent');
    const { id } = await createProject(ada, 'Going');
    const clashing = await createWorkflow(ada, id, 'Agent');
    const other = await createWorkflow(ada, id, 'Agent (2)');
    expect((await ada.delete(`/v1/projects/${id}?workflows=move`)).status).toBe(204);
    expect((await ada.get(`/v1/projects/${id}`)).status).toBe(404);
    const moved = (await ada.get(`/v1/workflows/${clashing.id}`)).body;
    expect(moved).toMatchObject({ projectId: home.id, name: 'Agent (3)', archived: false, revision: 2 });
    expect((await ada.get(`/v1/workflows/${other.id}`)).body).toMatchObject({
      projectId: home.id,
      name: 'Agent (2)',
    });
    expect((await auditOf(ada, id)).map(({ action }) => action)).toEqual([
      'project.created',
      'project.deleted',
    ]);
  });

  it('archives the workflows of a deleted project in the default project when asked to (S2)', async () => {
    const ada = await api.signUp();
    const home = await defaultOf(ada);
    const { id } = await createProject(ada, 'Going');
    const workflow = await createWorkflow(ada, id, 'Old agent');
    expect((await ada.delete(`/v1/projects/${id}?workflows=archive`)).status).toBe(204);
    const kept = (await ada.get(`/v1/workflows/${workflow.id}`)).body;
    expect(kept).toMatchObject({ projectId: home.id, archived: true });
  });

  it('keeps the rows of deleted workflows when their project goes, so that engine copies can still be removed', async () => {
    const ada = await api.signUp();
    const { id } = await createProject(ada, 'Going');
    const workflow = await createWorkflow(ada, id, 'Deleted first');
    await api.database.query(
      `insert into engine_flows (organization_id, id, user_id, workflow_id, version_number, state) values ($1, $2, $3, $2, 1, 'ready')`,
      [ada.me.organization.id, workflow.id, ada.me.user.id],
    );
    await ada.delete(`/v1/workflows/${workflow.id}`);
    expect((await ada.delete(`/v1/projects/${id}`)).status).toBe(204);
    const rows = await api.database.query('select state from engine_flows where workflow_id = $1', [
      workflow.id,
    ]);
    expect(rows).toEqual([{ state: 'deleting' }]);
  });

  it('puts projects into the wanted order, the others behind them (S3)', async () => {
    const ada = await api.signUp();
    const home = await defaultOf(ada);
    const [a, b, c] = [
      await createProject(ada, 'A'),
      await createProject(ada, 'B'),
      await createProject(ada, 'C'),
    ];
    const names = async () => (await ada.get('/v1/projects')).body.data.map((row: any) => row.name);
    expect((await ada.put('/v1/projects/order', { ids: [c.id, a.id] })).status).toBe(204);
    expect(await names()).toEqual(['C', 'A', 'My workflows', 'B']);
    expect((await ada.put('/v1/projects/order', { ids: [home.id, b.id, a.id, c.id] })).status).toBe(204);
    expect(await names()).toEqual(['My workflows', 'B', 'A', 'C']);
    const twice = await ada.put('/v1/projects/order', { ids: [a.id, a.id] });
    expect([twice.status, twice.body.errors[0].pointer]).toEqual([422, '/ids']);
  });

  it('pages through projects without repeats or gaps (F74, R48)', async () => {
    const ada = await api.signUp();
    for (const name of ['A', 'B', 'C', 'D']) await createProject(ada, name);
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const { body }: { body: any } = await ada.get(
        `/v1/projects?limit=2${cursor === null ? '' : `&cursor=${cursor}`}`,
      );
      seen.push(...body.data.map((row: any) => row.name));
      cursor = body.nextCursor;
    } while (cursor !== null);
    expect(seen).toEqual(['My workflows', 'A', 'B', 'C', 'D']);
    const forged = Buffer.from(JSON.stringify(['1e3; drop', ada.me.user.id])).toString('base64url');
    for (const query of ['limit=0', 'limit=101', 'limit=1e9', 'cursor=nonsense', `cursor=${forged}`]) {
      expect((await ada.get(`/v1/projects?${query}`)).status).toBe(422);
    }
  });

  it('answers a taken name with a conflict that points at it', async () => {
    const ada = await api.signUp();
    await createProject(ada, 'Twice');
    const response = await ada.post('/v1/projects', { name: 'Twice' });
    expect(response.status).toBe(409);
    expect(response.body).toMatchObject({ code: 'project_name_taken', errors: [{ pointer: '/name' }] });
    const other = await createProject(ada, 'Other');
    expect((await ada.patch(`/v1/projects/${other.id}`, { name: 'Twice' })).status).toBe(409);
    const grace = await api.signUp();
    await createProject(grace, 'Twice');
  });

  it.each([
    ['no name', {}, '/name'],
    ['an empty name', { name: '  ' }, '/name'],
    ['a name with control characters', { name: 'a\u0007b' }, '/name'],
    ['a name that is a number', { name: 7 }, '/name'],
    ['a color that is none', { name: 'x', color: 'red' }, '/color'],
    ['an owner from outside (R29)', { name: 'x', userId: '01938b5e-7c1a-7d52-b3a4-2f9f6d1c8e10' }, '/userId'],
    ['the flag of the default project (R29)', { name: 'x', isDefault: true }, '/isDefault'],
  ])('refuses %s with a pointer and stores nothing', async (_what, body, pointer) => {
    const ada = await api.signUp();
    const response = await ada.post('/v1/projects', body);
    expect(response.status).toBe(422);
    expect(response.body).toMatchObject({
      code: 'validation_failed',
      errors: [{ pointer, detail: expect.any(String) }],
    });
    const rows = await api.database.query('select 1 from projects where user_id = $1', [ada.me.user.id]);
    expect(rows).toHaveLength(1);
  });

  it('shows and gives nothing of it to another person (F10, R27)', async () => {
    const ada = await api.signUp();
    const grace = await api.signUp();
    const { id } = await createProject(ada, 'Private');
    const answers = [
      await grace.get(`/v1/projects/${id}`),
      await grace.patch(`/v1/projects/${id}`, { name: 'Mine' }),
      await grace.post(`/v1/projects/${id}/archive`),
      await grace.post(`/v1/projects/${id}/restore`),
      await grace.delete(`/v1/projects/${id}?workflows=move`),
      await grace.put('/v1/projects/order', { ids: [id] }),
      await grace.post(`/v1/projects/${id}/workflows`, { name: 'Intruder' }),
    ];
    expect(answers.map(({ status }) => status)).toEqual(Array(answers.length).fill(404));
    for (const { body } of answers) expect(body.detail).toBe(`There is no project '${id}' that you can see.`);
    expect((await grace.get('/v1/projects')).body.data.map((row: any) => row.id)).not.toContain(id);
    expect((await ada.get(`/v1/projects/${id}`)).body).toMatchObject({ name: 'Private', archived: false });
  });
});
