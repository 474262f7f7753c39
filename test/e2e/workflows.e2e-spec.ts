import type { ApiClient } from '../support/api-client';
import { startTestApp, type TestApp } from '../support/test-app';
import { create, created, defaultProjectId, echo, nodeOfType, starterExport } from './workflow-fixtures';

describe('Workflows', () => {
  let api: TestApp;

  beforeAll(async () => {
    api = await startTestApp();
  });

  afterAll(() => api.stop());

  const actionsOn = async (id: string) => {
    const rows = await api.database.query<{ action: string }>(
      'select action from audit_events where object_id = $1 order by id',
      [id],
    );
    return rows.map(({ action }) => action);
  };
  const workflowsOf = (client: ApiClient) =>
    api.database.query('select id from workflows where user_id = $1', [client.me.user.id]);

  it('creates a blank workflow with a first version and one audit row (S4, F119)', async () => {
    const ada = await api.signUp();
    const response = await create(ada, { name: ' Draft ', description: 'To be drawn', tags: ['b', 'a'] });
    expect(response.status).toBe(201);
    expect(response.headers.get('etag')).toBe('"1"');
    expect(response.body).toEqual({
      id: expect.any(String),
      projectId: await defaultProjectId(ada),
      name: 'Draft',
      slug: 'draft',
      description: 'To be drawn',
      tags: ['b', 'a'],
      revision: 1,
      latestVersion: 1,
      publishedVersion: null,
      archived: false,
      deadlineSeconds: 300,
      provisioning: { state: 'none', error: null },
      hasChatInput: false,
      hasChatOutput: false,
      createdAt: expect.any(String),
      updatedAt: expect.any(String),
      interface: {
        inputs: [],
        outputs: [],
        inputSchema: expect.any(Object),
        outputSchema: expect.any(Object),
      },
      findings: [expect.objectContaining({ severity: 'warn', rule: 'missing-chat-output' })],
      secretsStored: [],
    });
    const flow = await ada.get(`/v1/workflows/${response.body.id}/flow`);
    expect(flow.body).toEqual({
      version: 1,
      flowData: { nodes: [], edges: [], viewport: { x: 0, y: 0, zoom: 1 } },
    });
    expect(await actionsOn(response.body.id)).toEqual(['workflow.created']);
  });

  it('creates a workflow from flow data in the body, with derived inputs (S4, F47)', async () => {
    const ada = await api.signUp();
    const workflow = await created(ada, { name: 'Echo', flowData: echo() });
    expect(workflow).toMatchObject({ hasChatInput: true, hasChatOutput: true, findings: [] });
    expect(workflow.interface.inputs[0]).toMatchObject({
      kind: 'chat',
      component: 'ChatInput',
      field: 'input_value',
    });
    expect(workflow.interface.outputs).toEqual([
      { kind: 'chat', nodeId: 'ChatOutput-echo', component: 'ChatOutput', title: 'Chat Output' },
    ]);
    const { body } = await ada.get(`/v1/workflows/${workflow.id}/flow`);
    expect(body.flowData).toEqual(echo());
  });

  it('lists the starters of the pinned engine and creates a workflow from each of them (S4)', async () => {
    const ada = await api.signUp();
    const { body } = await ada.get('/v1/starters');
    expect(body.data.length).toBeGreaterThan(20);
    expect(body.data).toContainEqual({
      id: 'basic-prompting',
      name: 'Basic Prompting',
      description: expect.any(String),
      tags: expect.any(Array),
    });
    for (const { id, name } of body.data) {
      const workflow = await created(ada, { name, starter: id });
      expect(workflow).toMatchObject({ name, hasChatOutput: true, secretsStored: [] });
    }
    const unknown = await create(ada, { name: 'X', starter: '../../package' });
    expect([unknown.status, unknown.body.errors[0].pointer]).toEqual([422, '/starter']);
  });

  it('duplicates a workflow, beside it or elsewhere, under a free name (S4)', async () => {
    const ada = await api.signUp();
    const original = await created(ada, {
      name: 'Echo',
      description: 'Says it again',
      tags: ['t'],
      flowData: echo(),
    });
    const copy = await ada.post(`/v1/workflows/${original.id}/duplicate`, {});
    expect(copy.status).toBe(201);
    expect(copy.body).toMatchObject({
      name: 'Echo (2)',
      description: 'Says it again',
      tags: ['t'],
      latestVersion: 1,
    });
    expect(copy.body.projectId).toBe(original.projectId);
    const project = (await ada.post('/v1/projects', { name: 'Elsewhere' })).body;
    const moved = await ada.post(`/v1/workflows/${original.id}/duplicate`, { projectId: project.id });
    expect(moved.body).toMatchObject({ name: 'Echo', projectId: project.id });
    const clash = await ada.post(`/v1/workflows/${original.id}/duplicate`, { name: 'Echo' });
    expect([clash.status, clash.body.code]).toEqual([409, 'workflow_name_taken']);
    expect((await ada.get(`/v1/workflows/${copy.body.id}/flow`)).body.flowData).toEqual(echo());
    expect(await actionsOn(copy.body.id)).toEqual(['workflow.created']);
  });

  it('keeps names unique in a project and free between people (S4, R35)', async () => {
    const ada = await api.signUp();
    await created(ada, { name: 'Same' });
    const again = await create(ada, { name: 'Same' });
    expect(again.status).toBe(409);
    expect(again.body).toMatchObject({ code: 'workflow_name_taken', errors: [{ pointer: '/name' }] });
    expect(await workflowsOf(ada)).toHaveLength(1);
    const grace = await api.signUp();
    await created(grace, { name: 'Same' });
    const deleted = await created(ada, { name: 'Gone' });
    await ada.delete(`/v1/workflows/${deleted.id}`);
    await created(ada, { name: 'Gone' });
  });

  it('creates once for two requests with one key, in a body and in a file (F46)', async () => {
    const ada = await api.signUp();
    const project = await defaultProjectId(ada);
    const form = () => {
      const data = new FormData();
      data.append('file', new Blob([JSON.stringify(starterExport('echo'))]), 'flow.json');
      return data;
    };
    const send = (headers: Record<string, string>) => [
      ada.post(`/v1/projects/${project}/workflows`, { name: 'Once', flowData: echo() }, headers),
      ada.request('POST', `/v1/projects/${project}/workflows/import`, {
        body: form(),
        headers: { 'idempotency-key': `${headers['idempotency-key']}-file` },
      }),
    ];
    const first = await Promise.all(send({ 'idempotency-key': 'k1' }));
    const again = await Promise.all(send({ 'idempotency-key': 'k1' }));
    expect(again.map(({ status, body }) => [status, body])).toEqual(first.map(({ body }) => [201, body]));
    expect(again.map(({ headers }) => headers.get('idempotency-replayed'))).toEqual(['true', 'true']);
    expect(await workflowsOf(ada)).toHaveLength(2);
    expect((await ada.post('/v1/projects', { name: 'P' }, { 'idempotency-key': 'k1' })).status).toBe(422);
  });

  it('filters by project, tag, text and archive state, exactly (F51)', async () => {
    const ada = await api.signUp();
    const project = (await ada.post('/v1/projects', { name: 'Sales' })).body;
    await created(ada, { name: 'Alpha 100%', tags: ['red', 'blue'] });
    await created(ada, { name: 'Beta_x', tags: ['blue'], description: 'the alpha of betas' });
    const gamma = await ada.post(`/v1/projects/${project.id}/workflows`, { name: 'Gamma', tags: ['redder'] });
    await ada.patch(`/v1/workflows/${gamma.body.id}`, { archived: true });
    const names = async (query: string) =>
      (await ada.get(`/v1/workflows?${query}`)).body.data.map((row: any) => row.name).toSorted();
    expect(await names('')).toEqual(['Alpha 100%', 'Beta_x', 'Gamma']);
    expect(await names('tag=blue')).toEqual(['Alpha 100%', 'Beta_x']);
    expect(await names('tag=red')).toEqual(['Alpha 100%']);
    expect(await names(`projectId=${project.id}`)).toEqual(['Gamma']);
    expect(await names('q=ALPHA')).toEqual(['Alpha 100%', 'Beta_x']);
    expect(await names('q=%25')).toEqual(['Alpha 100%']);
    expect(await names('q=_')).toEqual(['Beta_x']);
    expect(await names('q=%5C')).toEqual([]);
    expect(await names('archived=true')).toEqual(['Gamma']);
    expect(await names('archived=false&tag=blue&q=beta')).toEqual(['Beta_x']);
    const list = await ada.get('/v1/workflows?limit=1');
    expect(Object.keys(list.body.data[0])).not.toContain('flowData');
  });

  it('pages with filters without repeats or gaps, stable under inserts (F74)', async () => {
    const ada = await api.signUp();
    for (let index = 0; index < 5; index++) await created(ada, { name: `W${index}`, tags: ['t'] });
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const next = cursor === null ? '' : `&cursor=${cursor}`;
      const { body }: { body: any } = await ada.get(`/v1/workflows?tag=t&limit=2${next}`);
      seen.push(...body.data.map((row: any) => row.name));
      if (cursor === null) await created(ada, { name: 'Newer', tags: ['t'] });
      cursor = body.nextCursor;
    } while (cursor !== null);
    expect(seen).toEqual(['W4', 'W3', 'W2', 'W1', 'W0']);
    const forged = Buffer.from(JSON.stringify(['0000-01-01T00:00:00Z', ada.me.user.id])).toString(
      'base64url',
    );
    for (const query of [
      `cursor=${forged}`,
      'cursor=x',
      'limit=0',
      'archived=maybe',
      'projectId=1',
      'sort=name',
    ]) {
      expect((await ada.get(`/v1/workflows?${query}`)).status).toBe(422);
    }
  });

  it('changes what is sent, moves between own projects and archives (S4, F49)', async () => {
    const ada = await api.signUp();
    const workflow = await created(ada, { name: 'Before', description: 'old', flowData: echo() });
    const project = (await ada.post('/v1/projects', { name: 'Next' })).body;
    const response = await ada.patch(`/v1/workflows/${workflow.id}`, {
      name: 'After',
      description: null,
      tags: ['x'],
      projectId: project.id,
      deadlineSeconds: 60,
      archived: true,
    });
    expect(response.status).toBe(200);
    expect(response.body).toMatchObject({
      name: 'After',
      description: null,
      tags: ['x'],
      projectId: project.id,
      deadlineSeconds: 60,
      archived: true,
      revision: 2,
      latestVersion: 1,
    });
    expect(response.headers.get('etag')).toBe('"2"');
    expect((await ada.patch(`/v1/workflows/${workflow.id}`, { archived: false })).body.archived).toBe(false);
    expect(await actionsOn(workflow.id)).toEqual([
      'workflow.created',
      'workflow.updated',
      'workflow.updated',
    ]);
  });

  it('answers 412 to a change of a state that is gone, and nothing is overwritten unseen', async () => {
    const ada = await api.signUp();
    const { id } = await created(ada, { name: 'Shared desk', flowData: echo() });
    const etag = (await ada.get(`/v1/workflows/${id}`)).headers.get('etag') ?? '';
    const first = await ada.patch(`/v1/workflows/${id}`, { name: 'First' }, { 'if-match': etag });
    expect(first.status).toBe(200);
    const stale = [
      await ada.patch(`/v1/workflows/${id}`, { name: 'Second' }, { 'if-match': etag }),
      await ada.put(`/v1/workflows/${id}/flow`, { flowData: echo() }, { 'if-match': etag }),
      await ada.post(`/v1/workflows/${id}/versions/1/publish`, undefined, { 'if-match': etag }),
      await ada.delete(`/v1/workflows/${id}`, { 'if-match': etag }),
      await ada.patch(`/v1/workflows/${id}`, { name: 'Second' }, { 'if-match': 'yesterday' }),
    ];
    expect(stale.map(({ status, body }) => `${status} ${body.code}`)).toEqual(
      Array(5).fill('412 precondition_failed'),
    );
    expect((await ada.get(`/v1/workflows/${id}`)).body).toMatchObject({
      name: 'First',
      revision: 2,
      publishedVersion: null,
    });
    const fresh = first.headers.get('etag') ?? '';
    expect((await ada.delete(`/v1/workflows/${id}`, { 'if-match': fresh })).status).toBe(204);
  });

  it('exports a file that imports again as the same flow, with bindings by name (S5)', async () => {
    const ada = await api.signUp();
    const workflow = await created(ada, {
      name: 'Fragen & Antworten/"ü"',
      tags: ['t'],
      starter: 'basic-prompting',
    });
    const response = await ada.get(`/v1/workflows/${workflow.id}/export`);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-disposition')).toBe(
      `attachment; filename="Fragen & Antworten____.json"; filename*=UTF-8''Fragen%20%26%20Antworten__%C3%BC_.json`,
    );
    expect(response.body).toMatchObject({
      name: 'Fragen & Antworten/"ü"',
      tags: ['t'],
      last_tested_version: '1.13.0',
    });
    const key = nodeOfType(response.body.data, 'LanguageModelComponent').data.node.template.api_key;
    expect(key).toMatchObject({ value: 'OPENAI_API_KEY', load_from_db: true });
    const again = await created(ada, { name: 'Again', flowData: response.body });
    const hashes = await api.database.query<{ content_hash: string }>(
      'select content_hash from workflow_versions where workflow_id = any($1)',
      [[workflow.id, again.id]],
    );
    expect(new Set(hashes.map((row) => row.content_hash)).size).toBe(1);
  });

  it('deletes at once, wishes the engine copy away and purges the rows later (S4)', async () => {
    const ada = await api.signUp();
    const { id } = await created(ada, { name: 'Short-lived', flowData: echo() });
    expect((await ada.delete(`/v1/workflows/${id}`)).status).toBe(204);
    for (const path of ['', '/flow', '/versions', '/versions/1', '/export', '/bindings']) {
      expect((await ada.get(`/v1/workflows/${id}${path}`)).status).toBe(404);
    }
    expect((await ada.delete(`/v1/workflows/${id}`)).status).toBe(404);
    expect((await ada.get('/v1/workflows')).body.data).toEqual([]);
    expect(await actionsOn(id)).toEqual(['workflow.created', 'workflow.deleted']);
    await api.database.query('select purge_deleted()');
    expect(await workflowsOf(ada)).toEqual([]);
  });

  it('keeps a starter as it ships: only blank keys became names', async () => {
    const ada = await api.signUp();
    const { id } = await created(ada, { name: 'Agent', starter: 'simple-agent' });
    const { flowData } = (await ada.get(`/v1/workflows/${id}/flow`)).body;
    const shipped = starterExport('simple-agent').data;
    expect(flowData.nodes.map((node: any) => node.id)).toEqual(shipped.nodes.map((node: any) => node.id));
    expect(flowData.edges).toEqual(shipped.edges);
  });
});
