import type { ApiClient } from '../support/api-client';
import { startTestApp, type TestApp } from '../support/test-app';
import { created, echo, flowWithKey, keyField, nodeOfType, starterExport } from './workflow-fixtures';

const KEY = 'sk-proj-versions-canary-7Hq2Lx9';

describe('Versions of a workflow', () => {
  let api: TestApp;

  beforeAll(async () => {
    api = await startTestApp();
  });

  afterAll(() => api.stop());

  const versionsOf = (id: string) =>
    api.database.query<{ number: number; content_hash: string; flow_data: any }>(
      'select number, content_hash, flow_data from workflow_versions where workflow_id = $1 order by number',
      [id],
    );

  /** The echo flow with another label, so that its content differs. */
  function labelled(label: string): any {
    const flow = echo();
    nodeOfType(flow, 'ChatInput').data.node.display_name = label;
    return flow;
  }

  async function putFlow(client: ApiClient, id: string, flowData: unknown): Promise<any> {
    const response = await client.put(`/v1/workflows/${id}/flow`, { flowData });
    expect(response.status).toBe(200);
    return response.body;
  }

  it('makes a new version of a changed flow and leaves the first one as it was (F48)', async () => {
    const ada = await api.signUp();
    const { id } = await created(ada, { name: 'Echo', flowData: echo() });
    const [before] = await versionsOf(id);
    const updated = await putFlow(ada, id, labelled('Question'));
    expect(updated).toMatchObject({ changed: true, latestVersion: 2, revision: 2, secretsStored: [] });
    const rows = await versionsOf(id);
    expect(rows.map(({ number }) => number)).toEqual([1, 2]);
    expect(rows[0]).toEqual(before);
    expect(rows[1]?.content_hash).not.toBe(before?.content_hash);
    const first = await ada.get(`/v1/workflows/${id}/versions/1`);
    expect(first.body).toMatchObject({
      number: 1,
      published: false,
      contentHash: before?.content_hash,
      flowData: echo(),
    });
  });

  it('makes no version of a flow that is the same, whatever the order of its members (F48)', async () => {
    const ada = await api.signUp();
    const { id } = await created(ada, { name: 'Echo', flowData: echo() });
    const { nodes, edges, ...rest } = echo();
    const updated = await putFlow(ada, id, { ...rest, edges, nodes });
    expect(updated).toMatchObject({ changed: false, latestVersion: 1, revision: 1 });
    expect(await versionsOf(id)).toHaveLength(1);
  });

  it('publishes, rolls back and keeps the history (F49)', async () => {
    const ada = await api.signUp();
    const { id } = await created(ada, { name: 'Echo', flowData: echo() });
    await putFlow(ada, id, labelled('Two'));
    const second = await ada.post(`/v1/workflows/${id}/versions/2/publish`);
    expect(second.status).toBe(200);
    expect(second.body).toMatchObject({ publishedVersion: 2, latestVersion: 2 });
    await putFlow(ada, id, labelled('Three'));
    const back = await ada.post(`/v1/workflows/${id}/versions/1/publish`);
    expect(back.body).toMatchObject({ publishedVersion: 1, latestVersion: 3 });
    const { body } = await ada.get(`/v1/workflows/${id}/versions`);
    expect(body.data.map((row: any) => [row.number, row.published])).toEqual([
      [3, false],
      [2, false],
      [1, true],
    ]);
    const off = await ada.post(`/v1/workflows/${id}/unpublish`);
    expect(off.body).toMatchObject({ publishedVersion: null, latestVersion: 3 });
    const actions = await api.database.query<{ action: string }>(
      'select action from audit_events where object_id = $1 order by id',
      [id],
    );
    expect(actions.map(({ action }) => action)).toEqual([
      'workflow.created',
      'workflow.version_created',
      'workflow.published',
      'workflow.version_created',
      'workflow.published',
      'workflow.unpublished',
    ]);
  });

  it('pages through versions, newest first, without their flows (F74)', async () => {
    const ada = await api.signUp();
    const { id } = await created(ada, { name: 'Echo', flowData: echo() });
    for (const label of ['a', 'b', 'c', 'd']) await putFlow(ada, id, labelled(label));
    const first = (await ada.get(`/v1/workflows/${id}/versions?limit=3`)).body;
    const second = (await ada.get(`/v1/workflows/${id}/versions?limit=3&cursor=${first.nextCursor}`)).body;
    expect([...first.data, ...second.data].map((row: any) => row.number)).toEqual([5, 4, 3, 2, 1]);
    expect(second.nextCursor).toBeNull();
    expect(Object.keys(first.data[0])).not.toContain('flowData');
  });

  it('answers an unknown version as not found', async () => {
    const ada = await api.signUp();
    const { id } = await created(ada, { name: 'Echo', flowData: echo() });
    for (const number of ['2', '0', '-1', '1.5', 'latest', '99999999999999']) {
      const response = await ada.get(`/v1/workflows/${id}/versions/${number}`);
      expect([response.status, response.body.code]).toEqual([404, 'not_found']);
      expect((await ada.post(`/v1/workflows/${id}/versions/${number}/publish`)).status).toBe(404);
    }
  });

  it('flags code of its own and keeps it from being published (F52)', async () => {
    const ada = await api.signUp();
    const flow = echo();
    nodeOfType(flow, 'ChatInput').data.node.template.code.value += '\nimport os';
    const workflow = await created(ada, { name: 'Own code', flowData: flow });
    expect(workflow.findings).toEqual([
      {
        severity: 'block',
        rule: 'custom-code',
        nodeId: 'ChatInput-echo',
        component: 'ChatInput',
        detail: expect.stringContaining('has code that Langflow 1.13.0 does not ship'),
      },
    ]);
    const refused = await ada.post(`/v1/workflows/${workflow.id}/versions/1/publish`);
    expect(refused.status).toBe(422);
    expect(refused.body).toMatchObject({ code: 'flow_blocked', findings: workflow.findings });
    expect((await ada.get(`/v1/workflows/${workflow.id}`)).body.publishedVersion).toBeNull();
    const list = (await ada.get(`/v1/workflows/${workflow.id}/versions`)).body;
    expect(list.data[0].blockingFindings).toBe(1);
  });

  it('keeps a draft without an output, and does not publish it', async () => {
    const ada = await api.signUp();
    const { id } = await created(ada, { name: 'Draft' });
    const flow = echo();
    flow.nodes = flow.nodes.filter((node: any) => node.data.type === 'ChatInput');
    flow.edges = [];
    const updated = await putFlow(ada, id, flow);
    expect(updated.findings).toMatchObject([{ rule: 'missing-chat-output', severity: 'warn' }]);
    const refused = await ada.post(`/v1/workflows/${id}/versions/2/publish`);
    expect([refused.status, refused.body.code]).toEqual([422, 'flow_not_runnable']);
  });

  it('keeps bindings and secrets through a masked round trip, and never stores a mask (S6)', async () => {
    const ada = await api.signUp();
    const { id } = await created(ada, { name: 'Prompting', flowData: flowWithKey(KEY) });
    const secretsBefore = await api.database.query('select * from secrets where user_id = $1', [
      ada.me.user.id,
    ]);
    const shown = (await ada.get(`/v1/workflows/${id}/flow`)).body.flowData;
    expect(JSON.stringify(shown)).not.toContain(KEY);
    shown.nodes[0].position = { x: 4711, y: 1 };
    keyField(shown).value = '********';
    const updated = await putFlow(ada, id, shown);
    expect(updated).toMatchObject({ changed: true, secretsStored: [] });
    const [, second] = await versionsOf(id);
    expect(keyField(second?.flow_data)).toMatchObject({ value: 'OPENAI_API_KEY', load_from_db: true });
    expect(JSON.stringify(await versionsOf(id))).not.toContain('********');
    expect(await api.database.query('select * from secrets where user_id = $1', [ada.me.user.id])).toEqual(
      secretsBefore,
    );
    const bindings = (await ada.get(`/v1/workflows/${id}/bindings`)).body.data;
    expect(bindings).toMatchObject([{ secretName: 'OPENAI_API_KEY', resolved: 'user' }]);
  });

  it('takes a new key out of an updated flow without touching the secrets that are there (F53)', async () => {
    const ada = await api.signUp();
    const { id } = await created(ada, { name: 'Prompting', flowData: flowWithKey(KEY) });
    const updated = await putFlow(ada, id, flowWithKey('sk-proj-another-canary-5Tz8'));
    expect(updated).toMatchObject({ changed: true, secretsStored: ['OPENAI_API_KEY_2'] });
    const names = await api.database.query(
      'select name, version from secrets where user_id = $1 order by name',
      [ada.me.user.id],
    );
    expect(names).toEqual([
      { name: 'OPENAI_API_KEY', version: 1 },
      { name: 'OPENAI_API_KEY_2', version: 1 },
    ]);
  });

  it('stores a key that comes with an unchanged flow', async () => {
    const ada = await api.signUp();
    const { id } = await created(ada, { name: 'Prompting', flowData: starterExport('basic-prompting').data });
    const updated = await putFlow(ada, id, flowWithKey(KEY));
    expect(updated).toMatchObject({ changed: false, latestVersion: 1, secretsStored: ['OPENAI_API_KEY'] });
    expect((await ada.get(`/v1/workflows/${id}/bindings`)).body.data).toMatchObject([{ resolved: 'user' }]);
  });

  it('refuses a bad flow with pointers and makes no version', async () => {
    const ada = await api.signUp();
    const { id } = await created(ada, { name: 'Echo', flowData: echo() });
    const flow = echo();
    flow.edges[0].target = 'nobody';
    const refused = await ada.put(`/v1/workflows/${id}/flow`, { flowData: flow });
    expect(refused.status).toBe(422);
    expect(refused.body.errors).toEqual([
      { pointer: '/flowData/edges/0/target', detail: 'is not the id of a node of the same graph' },
    ]);
    const rejected = await ada.put(`/v1/workflows/${id}/flow`, {
      flowData: flowWithKey(KEY),
      inlineSecrets: 'reject',
    });
    expect([rejected.status, rejected.body.code]).toEqual([422, 'inline_secrets']);
    expect(rejected.text).not.toContain(KEY);
    expect(await versionsOf(id)).toHaveLength(1);
  });

  it('gives parallel writers without If-Match versions of their own, and loses none', async () => {
    const ada = await api.signUp();
    const { id } = await created(ada, { name: 'Echo', flowData: echo() });
    const labels = ['a', 'b', 'c', 'd'];
    const answers = await Promise.all(
      labels.map((label) => ada.put(`/v1/workflows/${id}/flow`, { flowData: labelled(label) })),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(4).fill(200));
    expect((await versionsOf(id)).map(({ number }) => number)).toEqual([1, 2, 3, 4, 5]);
  });

  it('wishes the engine to hold what runs take: the published version, else the latest (S13)', async () => {
    const ada = await api.signUp();
    const { id } = await created(ada, { name: 'Echo', flowData: echo() });
    // The simulated engine keeps no copies; a record from earlier times is brought up to date.
    await api.database.query(
      `insert into engine_flows (organization_id, id, user_id, workflow_id, version_number, state) values ($1, $2, $3, $2, 1, 'ready')`,
      [ada.me.organization.id, id, ada.me.user.id],
    );
    const wish = async () => {
      const [row] = await api.database.query(
        'select version_number, state from engine_flows where workflow_id = $1',
        [id],
      );
      return row;
    };
    await putFlow(ada, id, labelled('Two'));
    expect(await wish()).toEqual({ version_number: 2, state: 'pending' });
    expect((await ada.get(`/v1/workflows/${id}`)).body.provisioning).toEqual({
      state: 'pending',
      error: null,
    });
    await ada.post(`/v1/workflows/${id}/versions/2/publish`);
    await putFlow(ada, id, labelled('Three'));
    expect(await wish()).toEqual({ version_number: 2, state: 'pending' });
    await ada.post(`/v1/workflows/${id}/versions/1/publish`);
    expect(await wish()).toEqual({ version_number: 1, state: 'pending' });
    await ada.post(`/v1/workflows/${id}/unpublish`);
    expect(await wish()).toEqual({ version_number: 3, state: 'pending' });
    await ada.delete(`/v1/workflows/${id}`);
    expect(await wish()).toEqual({ version_number: 3, state: 'deleting' });
  });

  it('takes whole exports as well as bare flow data', async () => {
    const ada = await api.signUp();
    const { id } = await created(ada, { name: 'Echo', flowData: echo() });
    const updated = await putFlow(ada, id, starterExport('echo'));
    expect(updated).toMatchObject({ changed: false, name: 'Echo' });
  });
});
