import type { ApiClient } from '../support/api-client';
import { startEngineApp, type EngineApp } from '../support/engine-app';
import { eventually } from '../support/engine-bench';
import { startReplica } from '../support/replica';
import { created, echo, nodeOfType, starterExport } from './workflow-fixtures';

const KEY = 'sk-provisioning-canary-3Kp8';

describe('Workflows in the engine', () => {
  let api: EngineApp;

  beforeAll(async () => {
    api = await startEngineApp();
  });

  afterAll(() => api.stop());

  const inEngine = (id: string) => api.fake.flows.all.find((flow) => flow.id === id);
  const isReady = async (client: ApiClient, id: string) =>
    (await client.get(`/v1/workflows/${id}`)).body.provisioning.state === 'ready';

  function labelled(label: string): any {
    const flow = echo();
    nodeOfType(flow, 'ChatInput').data.node.display_name = label;
    return flow;
  }

  async function runOf(client: ApiClient, id: string): Promise<any> {
    return client.post(`/v1/workflows/${id}/runs`, { input: 'Hello' });
  }

  it('arrive by themselves, follow changes, and go with their conversations when deleted (S13)', async () => {
    const ada = await api.signUp();
    const { id, provisioning } = await created(ada, { name: 'Echo', flowData: echo() });
    expect(provisioning).toEqual({ state: 'pending', error: null });
    await eventually(() => isReady(ada, id));
    expect(inEngine(id)?.name).toMatch(/^Echo/);
    await ada.put(`/v1/workflows/${id}/flow`, { flowData: labelled('Question') });
    await eventually(() => isReady(ada, id));
    expect(JSON.stringify(inEngine(id)?.data)).toContain('"Question"');
    await ada.delete(`/v1/workflows/${id}`);
    await eventually(() => inEngine(id) === undefined);
    // Every process looks for what is left when it starts, and once a minute.
    const replica = await startReplica(api);
    await eventually(
      async () => (await api.database.query('select 1 from workflows where id = $1', [id])).length === 0,
    );
    await replica.stop();
  });

  it('come to the engine without a secret, whatever the sent flow held (F53)', async () => {
    const ada = await api.signUp();
    const flow = starterExport('basic-prompting');
    nodeOfType(flow.data, 'LanguageModelComponent').data.node.template.api_key.value = KEY;
    const { id } = await created(ada, { name: 'Prompting', flowData: flow });
    await eventually(() => isReady(ada, id));
    expect(JSON.stringify(inEngine(id))).not.toContain(KEY);
    expect((await runOf(ada, id)).status).toBe(200);
  });

  it('run the published version, the rolled back one, or the latest while none is published (F49)', async () => {
    const ada = await api.signUp();
    const { id } = await created(ada, { name: 'Echo', flowData: echo() });
    await ada.put(`/v1/workflows/${id}/flow`, { flowData: labelled('Two') });
    const versionOf = async () => (await runOf(ada, id)).body.version;
    expect(await versionOf()).toBe(2);
    await ada.post(`/v1/workflows/${id}/versions/1/publish`);
    expect(await versionOf()).toBe(1);
    await ada.post(`/v1/workflows/${id}/versions/2/publish`);
    expect(await versionOf()).toBe(2);
    await ada.post(`/v1/workflows/${id}/versions/1/publish`);
    expect(await versionOf()).toBe(1);
    await ada.post(`/v1/workflows/${id}/unpublish`);
    expect(await versionOf()).toBe(2);
  });

  it('do not run while archived, blocked or without an output (F49, F52)', async () => {
    const ada = await api.signUp();
    const archived = await created(ada, { name: 'Archived', flowData: echo() });
    await ada.patch(`/v1/workflows/${archived.id}`, { archived: true });
    const flow = echo();
    nodeOfType(flow, 'ChatInput').data.node.template.code.value += '\nimport os';
    const blocked = await created(ada, { name: 'Blocked', flowData: flow });
    const blank = await created(ada, { name: 'Blank' });
    const answers = await Promise.all([archived, blocked, blank].map(({ id }) => runOf(ada, id)));
    expect(answers.map(({ status, body }) => [status, body.code])).toEqual([
      [409, 'workflow_archived'],
      [422, 'flow_blocked'],
      [422, 'flow_not_runnable'],
    ]);
    expect(await api.database.query('select 1 from runs where user_id = $1', [ada.me.user.id])).toEqual([]);
    await ada.patch(`/v1/workflows/${archived.id}`, { archived: false });
    expect((await runOf(ada, archived.id)).status).toBe(200);
  });

  it('leave the engine when their account is deleted', async () => {
    const ada = await api.signUp();
    const { id } = await created(ada, { name: 'Echo', flowData: echo() });
    await eventually(() => isReady(ada, id));
    await created(ada, { name: 'Draft' });
    await ada.delete('/v1/me');
    const left = 'select 1 from workflows where user_id = $1 and deleted_at is null';
    expect(await api.database.query(left, [ada.me.user.id])).toEqual([]);
    await eventually(() => inEngine(id) === undefined);
  });
});
