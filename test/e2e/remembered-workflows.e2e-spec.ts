import type { ApiClient } from '../support/api-client';
import { startEngineApp, type EngineApp } from '../support/engine-app';
import { expectProblem } from '../support/expect-problem';
import { created, echo, nodeOfType } from './workflow-fixtures';

// A run starts from what the last one found its workflow to be. Whatever has happened since must still be noticed.
describe('A workflow that ran before', () => {
  let api: EngineApp;
  let ada: ApiClient;
  let id: string;

  beforeAll(async () => {
    api = await startEngineApp();
  });

  afterAll(() => api.stop());

  beforeEach(async () => {
    api.fake.reset();
    ada = await api.signUp('Ada');
    ({ id } = await created(ada, { name: 'Echo', flowData: echo() }));
    // Twice: the first one waits for the engine's copy, the second one finds it ready and is remembered.
    for (let index = 0; index < 2; index += 1) await run();
  });

  const run = () => ada.post(`/v1/workflows/${id}/runs`, { input: 'Hello' });

  async function putOtherFlow(): Promise<void> {
    const flowData: any = echo();
    nodeOfType(flowData, 'ChatInput').data.node.display_name = 'Question';
    expect((await ada.put(`/v1/workflows/${id}/flow`, { flowData })).status).toBe(200);
  }

  it('runs at the version that was published since, and at the old one after a rollback (F49)', async () => {
    await putOtherFlow();
    expect((await run()).body.version).toBe(2);
    await ada.post(`/v1/workflows/${id}/versions/1/publish`);
    expect((await run()).body.version).toBe(1);
    await ada.post(`/v1/workflows/${id}/versions/2/publish`);
    expect((await run()).body.version).toBe(2);
  });

  it('does not run when it was archived since', async () => {
    await ada.patch(`/v1/workflows/${id}`, { archived: true });
    const refused = await run();
    expectProblem(refused, 409);
    expect(refused.body.code).toBe('workflow_archived');
  });

  it('is not there when it was deleted since', async () => {
    await ada.delete(`/v1/workflows/${id}`);
    const refused = await run();
    expectProblem(refused, 404);
    expect(refused.body.code).toBe('not_found');
  });

  it('has the deadline that was set since', async () => {
    await ada.patch(`/v1/workflows/${id}`, { deadlineSeconds: 1 });
    api.fake.failNext({ kind: 'hang' });
    const refused = await run();
    expectProblem(refused, 504);
    expect(refused.body.code).toBe('engine_timeout');
  });

  it('is pushed again when the engine lost it', async () => {
    for (const { id: flowId, userId } of api.fake.flows.all) api.fake.flows.delete(userId, flowId);
    expect((await run()).body).toMatchObject({ status: 'succeeded', output: { text: 'Hello' } });
  });

  it('leaves no run and no audit row behind for an attempt that met a change', async () => {
    await putOtherFlow();
    const { body } = await run();
    const rows = await api.database.query('select id from runs where workflow_id = $1', [id]);
    const audited = await api.database.query(
      "select object_id from audit_events where action = 'run.started' and changes->>'workflowId' = $1",
      [id],
    );
    expect(rows).toHaveLength(3);
    expect(audited).toHaveLength(3);
    expect(rows).toContainEqual({ id: body.id });
  });
});
