import type { ApiClient } from '../support/api-client';
import { startTestApp, type TestApp } from '../support/test-app';
import {
  create,
  created,
  defaultProjectId,
  echo,
  flowWithKey,
  importFile,
  keyField,
  nodeOfType,
  starterExport,
} from './workflow-fixtures';

const KEY = 'sk-proj-import-canary-9Vd3Qm4Wz7';

describe('Bringing Langflow flows', () => {
  let api: TestApp;

  beforeAll(async () => {
    api = await startTestApp();
  });

  afterAll(() => api.stop());

  /** Every row of every table as text, as the superuser sees it. */
  async function databaseText(): Promise<string> {
    const tables = await api.database.query<{ name: string }>(
      `select format('%I', tablename) as name from pg_tables where schemaname = 'public'`,
    );
    const texts = await Promise.all(
      tables.map(({ name }) => api.database.query<{ text: string }>(`select t::text as text from ${name} t`)),
    );
    return texts.flatMap((rows) => rows.map(({ text }) => text)).join('\n');
  }

  async function expectNothingStored(client: ApiClient): Promise<void> {
    for (const table of ['workflows', 'workflow_versions', 'secrets', 'engine_flows']) {
      const rows = await api.database.query(`select 1 from ${table} where user_id = $1`, [client.me.user.id]);
      expect([table, rows.length]).toEqual([table, 0]);
    }
  }

  it('imports one export under its own name, with derived inputs (S4, F47)', async () => {
    const ada = await api.signUp();
    const response = await importFile(ada, JSON.stringify(starterExport('basic-prompting')));
    expect(response.status).toBe(201);
    expect(response.body).toMatchObject({
      data: [{ name: 'Basic Prompting', hasChatInput: true, hasChatOutput: true, latestVersion: 1 }],
      secretsStored: [],
    });
    expect(response.body.data[0].interface.inputs[0]).toMatchObject({ kind: 'chat' });
    const [workflow] = response.body.data;
    const rows = await api.database.query('select action from audit_events where object_id = $1', [
      workflow.id,
    ]);
    expect(rows).toEqual([{ action: 'workflow.created' }]);
  });

  it('imports several flows at once and numbers names that are taken (S4)', async () => {
    const ada = await api.signUp();
    await created(ada, { name: 'Echo' });
    const file = JSON.stringify({
      flows: [starterExport('echo'), starterExport('echo'), starterExport('basic-prompting')],
    });
    const response = await importFile(ada, file);
    expect(response.status).toBe(201);
    expect(response.body.data.map((row: any) => row.name)).toEqual([
      'Echo (2)',
      'Echo (3)',
      'Basic Prompting',
    ]);
    expect((await importFile(ada, file)).body.data.map((row: any) => row.name)).toEqual([
      'Echo (4)',
      'Echo (5)',
      'Basic Prompting (2)',
    ]);
  });

  it('turns inline secrets into bindings and stores the values encrypted; the database holds them nowhere (F53, R39)', async () => {
    const ada = await api.signUp();
    const response = await importFile(ada, JSON.stringify(flowWithKey(KEY)));
    expect(response.status).toBe(201);
    expect(response.body.secretsStored).toEqual(['OPENAI_API_KEY']);
    const [workflow] = response.body.data;
    const { flowData } = (await ada.get(`/v1/workflows/${workflow.id}/flow`)).body;
    expect(keyField(flowData)).toMatchObject({ value: 'OPENAI_API_KEY', load_from_db: true });
    const bindings = (await ada.get(`/v1/workflows/${workflow.id}/bindings`)).body.data;
    expect(bindings).toMatchObject([{ secretName: 'OPENAI_API_KEY', provider: 'openai', resolved: 'user' }]);
    const text = await databaseText();
    for (const form of [KEY, Buffer.from(KEY).toString('base64'), Buffer.from(KEY).toString('hex')]) {
      expect(text.includes(form)).toBe(false);
    }
    expect(response.text).not.toContain(KEY);
    expect(api.logs.join('\n')).not.toContain(KEY);
    const [audit] = await api.database.query('select changes from audit_events where object_id = $1', [
      workflow.id,
    ]);
    expect(audit).toMatchObject({ changes: { secretsStored: ['OPENAI_API_KEY'] } });
  });

  it('never replaces a secret of the importer: another value gets another name (F53)', async () => {
    const ada = await api.signUp();
    await ada.put('/v1/secrets/OPENAI_API_KEY', { value: 'sk-the-real-one-of-ada' });
    const workflow = await created(ada, { name: 'Foreign', flowData: flowWithKey(KEY) });
    expect(workflow.secretsStored).toEqual(['OPENAI_API_KEY_2']);
    const bindings = (await ada.get(`/v1/workflows/${workflow.id}/bindings`)).body.data;
    expect(bindings).toMatchObject([{ secretName: 'OPENAI_API_KEY_2', resolved: 'user' }]);
    const secrets = (await ada.get('/v1/secrets')).body.data;
    expect(secrets.map((secret: any) => [secret.name, secret.version, secret.lastFour])).toEqual([
      ['OPENAI_API_KEY', 1, '-ada'],
      ['OPENAI_API_KEY_2', 1, KEY.slice(-4)],
    ]);
  });

  it('gives two values two names and one value one name when several flows are imported', async () => {
    const ada = await api.signUp();
    const flows = [flowWithKey(KEY), flowWithKey('sk-proj-second-canary-1Aa2'), flowWithKey(KEY)];
    const { body } = await importFile(ada, JSON.stringify({ flows }));
    expect(body.secretsStored).toEqual(['OPENAI_API_KEY', 'OPENAI_API_KEY_2']);
    const names = await Promise.all(
      body.data.map(
        async ({ id }: any) => (await ada.get(`/v1/workflows/${id}/bindings`)).body.data[0].secretName,
      ),
    );
    expect(names).toEqual(['OPENAI_API_KEY', 'OPENAI_API_KEY_2', 'OPENAI_API_KEY']);
  });

  it('drops inline secrets when asked to, and keeps the names in the flow', async () => {
    const ada = await api.signUp();
    const { status, body } = await importFile(ada, JSON.stringify(flowWithKey(KEY)), {
      inlineSecrets: 'discard',
    });
    expect([status, body.secretsStored]).toEqual([201, []]);
    const bindings = (await ada.get(`/v1/workflows/${body.data[0].id}/bindings`)).body.data;
    expect(bindings).toMatchObject([{ secretName: 'OPENAI_API_KEY', resolved: 'missing' }]);
    expect((await ada.get('/v1/secrets')).body.data).toEqual([]);
  });

  it('refuses flows with inline secrets when asked to, naming the places and never the values (F53)', async () => {
    const ada = await api.signUp();
    const flow = flowWithKey(KEY);
    const index = flow.data.nodes.findIndex((node: any) => node.data.type === 'LanguageModelComponent');
    const place = `nodes/${index}/data/node/template/api_key/value`;
    const inBody = await create(ada, { name: 'X', flowData: flow, inlineSecrets: 'reject' });
    const bare = await create(ada, { name: 'X', flowData: flow.data, inlineSecrets: 'reject' });
    const inFile = await importFile(ada, JSON.stringify({ flows: [starterExport('echo'), flow] }), {
      inlineSecrets: 'reject',
    });
    expect(
      [inBody, bare, inFile].map(({ status, body }) => [status, body.code, body.errors[0].pointer]),
    ).toEqual([
      [422, 'inline_secrets', `/flowData/data/${place}`],
      [422, 'inline_secrets', `/flowData/${place}`],
      [422, 'inline_secrets', `/flows/1/data/${place}`],
    ]);
    for (const { text } of [inBody, bare, inFile]) expect(text).not.toContain(KEY);
    await expectNothingStored(ada);
  });

  it('stores all flows of a file or none (F47)', async () => {
    const ada = await api.signUp();
    const bad = starterExport('echo');
    bad.data.nodes[0].id = bad.data.nodes[1].id;
    const response = await importFile(ada, JSON.stringify({ flows: [flowWithKey(KEY), bad] }));
    expect(response.status).toBe(422);
    expect(response.body.errors[0]).toEqual({
      pointer: '/flows/1/data/nodes/1/id',
      detail: 'is the id of another node of the same graph',
    });
    await expectNothingStored(ada);
  });

  it('drops other settings of a former home in silence', async () => {
    const ada = await api.signUp();
    const flow = {
      ...starterExport('echo'),
      id: ada.me.user.id,
      user_id: ada.me.user.id,
      folder_id: ada.me.user.id,
      endpoint_name: 'steal',
      mcp_enabled: true,
      access_type: 'PRIVATE',
      fs_path: null,
    };
    const workflow = await created(ada, { name: 'Settled', flowData: flow });
    expect(workflow.id).not.toBe(ada.me.user.id);
    const [row] = await api.database.query<{ text: string }>(
      'select flow_data::text as text from workflow_versions where workflow_id = $1',
      [workflow.id],
    );
    for (const word of ['steal', 'mcp_enabled', 'folder_id', ada.me.user.id])
      expect(row?.text).not.toContain(word);
  });

  it('takes a mask in a new flow for an empty field, and never stores it (S6)', async () => {
    const ada = await api.signUp();
    const flow = flowWithKey('********');
    nodeOfType(flow.data, 'Prompt').data.node.description = 'the key was ********';
    const { id } = await created(ada, { name: 'Masked', flowData: flow });
    const [row] = await api.database.query<{ text: string }>(
      'select flow_data::text as text from workflow_versions where workflow_id = $1',
      [id],
    );
    expect(row?.text).not.toContain('********');
    expect((await ada.get(`/v1/workflows/${id}/bindings`)).body.data).toMatchObject([
      { secretName: 'OPENAI_API_KEY' },
    ]);
  });

  it('imports nothing into the project of another person (F10)', async () => {
    const ada = await api.signUp();
    const grace = await api.signUp();
    const form = new FormData();
    form.append('file', new Blob([JSON.stringify(echo())]), 'flow.json');
    const path = `/v1/projects/${await defaultProjectId(ada)}/workflows/import`;
    const response = await grace.request('POST', path, { body: form });
    expect([response.status, response.body.code]).toEqual([404, 'not_found']);
    await expectNothingStored(grace);
    await expectNothingStored(ada);
  });
});
