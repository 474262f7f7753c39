import pg from 'pg';
import { newId } from '@weir/kernel';
import { customCodeFlow } from '@weir/testing';
import type { ApiClient } from '../support/api-client';
import { startEngineApp, type EngineApp } from '../support/engine-app';
import { expectProblem } from '../support/expect-problem';
import { created, echo, nodeOfType, starterExport } from './workflow-fixtures';

const KEY = 'sk-river-0123456789abcdef';
const modelFlow = (): any => starterExport('basic-prompting').data;
const CHAT_INPUT_ID = nodeOfType(echo(), 'ChatInput').id;
const MODEL_ID = nodeOfType(modelFlow(), 'LanguageModelComponent').id;

describe('Running a workflow', () => {
  let api: EngineApp;
  let ada: ApiClient;
  let echoId: string;
  let modelId: string;

  beforeAll(async () => {
    api = await startEngineApp();
    ada = await api.signUp('Ada');
    echoId = (await created(ada, { name: 'Echo', flowData: echo() })).id;
    modelId = (await created(ada, { name: 'Model', flowData: modelFlow() })).id;
    await ada.put('/v1/secrets/OPENAI_API_KEY', { value: KEY });
  });

  afterAll(() => api.stop());
  beforeEach(() => api.fake.reset());

  const run = (client: ApiClient, id: string, body: object = { input: 'Hello' }) =>
    client.post(`/v1/workflows/${id}/runs`, body);
  const rowsOf = (table: string) => api.database.query(`select * from ${table} order by 1, 2`);
  const ledgerOf = (runId: string) =>
    api.database.query('select * from ledger_entries where run_id = $1', [runId]);

  it('answers a sync run with its result, usage, version and times (F59)', async () => {
    const { status, headers, body } = await run(ada, modelId);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      status: 'succeeded',
      workflowId: modelId,
      version: 1,
      conversationId: null,
      mode: 'sync',
      executionMode: 'engine',
      input: 'Hello',
      output: { text: '[model] Hello', items: [{ componentName: 'Chat Output', text: '[model] Hello' }] },
      usage: {
        inputTokens: expect.any(Number),
        outputTokens: expect.any(Number),
        totalTokens: expect.any(Number),
      },
      error: null,
    });
    expect(body.durationMs).toBeGreaterThanOrEqual(body.engineMs);
    expect(headers.get('server-timing')).toMatch(/total;dur=.*engine;dur=.*weir;dur=/);
    expect((await ada.get(`/v1/runs/${body.id}`)).body).toEqual(body);
  });

  it('records the run, one ledger entry and one audit row', async () => {
    const { body } = await run(ada, modelId);
    const [entry, ...others] = await ledgerOf(body.id);
    expect(others).toEqual([]);
    expect(entry).toMatchObject({
      state: 'succeeded',
      workflow_id: modelId,
      user_id: ada.me.user.id,
      input_tokens: body.usage.inputTokens,
      output_tokens: body.usage.outputTokens,
      total_tokens: body.usage.totalTokens,
      duration_ms: body.durationMs,
      execution_mode: 'engine',
    });
    const audit = await api.database.query(`select action, changes from audit_events where object_id = $1`, [
      body.id,
    ]);
    expect(audit).toEqual([
      { action: 'run.started', changes: { workflowId: modelId, version: 1, mode: 'sync' } },
    ]);
    const events = await api.database.query(
      'select sequence, type from run_events where run_id = $1 order by sequence',
      [body.id],
    );
    expect(events).toEqual([
      { sequence: 1, type: 'session_start' },
      { sequence: 2, type: 'text_complete' },
      { sequence: 3, type: 'done' },
    ]);
  });

  it('sends tweaks to the engine and refuses those that are none', async () => {
    const tweaks = { [CHAT_INPUT_ID]: { sender_name: 'Ada' } };
    expect((await run(ada, echoId, { input: 'Hello', tweaks })).status).toBe(200);
    expect(api.fake.runRequests[0]?.body).toMatchObject({ tweaks });
    const refused = await run(ada, echoId, { input: 'Hello', tweaks: { [MODEL_ID]: 'no object' } });
    expectProblem(refused, 422);
    expect(refused.body.errors).toEqual([
      { pointer: `/tweaks/${MODEL_ID}`, detail: 'must be an object of field values' },
    ]);
  });

  it.each([
    [{}, '/input'],
    [{ input: 7 }, '/input'],
    [{ input: 'nul \u0000' }, '/input'],
    [{ input: 'x', mode: 'async' }, '/mode'],
    [{ input: 'x', files: ['a.pdf'] }, '/files'],
    [{ input: 'x', conversationId: 'no-id' }, '/conversationId'],
    [{ input: 'x', sessionId: 'mine' }, '/sessionId'],
    [{ input: 'x', userId: newId() }, '/userId'],
  ])('refuses %j with a pointer and asks no engine (F43, R29)', async (body, pointer) => {
    const response = await run(ada, echoId, body);
    expectProblem(response, 422);
    expect(response.body.errors[0].pointer).toBe(pointer);
    expect(api.fake.runRequests).toEqual([]);
  });

  it('names what is missing before the engine is asked, and records no run', async () => {
    const bob = await api.signUp('Bob');
    const { id } = await created(bob, { name: 'Model', flowData: modelFlow() });
    const response = await run(bob, id);
    expectProblem(response, 422);
    expect(response.body).toMatchObject({
      code: 'secrets_missing',
      missing: [{ secretName: 'OPENAI_API_KEY', nodes: [{ nodeId: MODEL_ID, field: 'api_key' }] }],
    });
    expect(response.body.detail).toContain('PUT /v1/secrets/');
    expect(api.fake.runRequests).toEqual([]);
    expect(await api.database.query('select id from runs where user_id = $1', [bob.me.user.id])).toEqual([]);
  });

  it('refuses a flow with findings that block (F52)', async () => {
    const { id } = await created(ada, { name: 'Own code', flowData: customCodeFlow() });
    const response = await run(ada, id);
    expectProblem(response, 422);
    expect(response.body).toMatchObject({ code: 'flow_blocked', findings: expect.any(Array) });
    expect(response.body.findings).toContainEqual(
      expect.objectContaining({ component: 'OwnCode', rule: 'custom-code' }),
    );
    expect(api.fake.runRequests).toEqual([]);
  });

  it('answers a rejected key with a 502 that names the secret, never its value (S12, F45, F77)', async () => {
    api.fake.failNext({ kind: 'respond', status: 500, body: wrongKey(KEY) });
    const response = await run(ada, modelId);
    expectProblem(response, 502);
    expect(response.body).toMatchObject({ code: 'provider_rejected_key', runId: expect.any(String) });
    expect(response.text).not.toContain(KEY);
    const { body } = await ada.get(`/v1/runs/${response.body.runId}`);
    expect(body).toMatchObject({
      status: 'failed',
      output: null,
      error: { code: 'provider_rejected_key', title: response.body.title, detail: response.body.detail },
    });
    expect(JSON.stringify(await rowsOf('runs'))).not.toContain(KEY);
    expect(JSON.stringify(await rowsOf('run_events'))).not.toContain(KEY);
    expect(await ledgerOf(response.body.runId)).toMatchObject([{ state: 'failed', total_tokens: 0 }]);
  });

  it('answers a failing component without its traceback (F77)', async () => {
    const detail =
      'Error building Component Chat Output: \n\nTraceback (most recent call last): File "/app/x.py", line 1';
    api.fake.failNext({ kind: 'respond', status: 500, body: { detail } });
    const response = await run(ada, echoId);
    expectProblem(response, 502);
    expect(response.body.runId).toEqual(expect.any(String));
    expect(response.body.detail).not.toMatch(/Traceback|\.py/);
  });

  it('lists runs newest first, filtered and in pages without gaps or repeats (F74)', async () => {
    const cleo = await api.signUp('Cleo');
    const { id } = await created(cleo, { name: 'Echo', flowData: echo() });
    const ids: string[] = [];
    for (let count = 0; count < 5; count += 1) ids.unshift((await run(cleo, id)).body.id);
    api.fake.failNext({
      kind: 'respond',
      status: 500,
      body: { detail: 'Error building Component Chat Output: \n\nno' },
    });
    const failed = (await run(cleo, id)).body.runId;
    const pages: any[] = [];
    let query = '/v1/runs?limit=2&status=succeeded';
    for (let cursor: string | null = ''; cursor !== null; cursor = pages.at(-1).nextCursor) {
      pages.push((await cleo.get(`${query}${cursor === '' ? '' : `&cursor=${cursor}`}`)).body);
    }
    expect(pages.map(({ data }) => data.length)).toEqual([2, 2, 1]);
    expect(pages.flatMap(({ data }) => data.map((each: any) => each.id))).toEqual(ids);
    expect(pages[0].data[0]).not.toHaveProperty('output');
    expect(pages[0].data[0]).not.toHaveProperty('input');
    query = `/v1/runs?workflowId=${id}&status=failed`;
    expect((await cleo.get(query)).body.data.map((each: any) => each.id)).toEqual([failed]);
    expect((await cleo.get(`/v1/runs?workflowId=${newId()}`)).body).toEqual({ data: [], nextCursor: null });
    expectProblem(await cleo.get('/v1/runs?status=great'), 422);
    expectProblem(await cleo.get('/v1/runs?limit=101'), 422);
  });

  it('shows a run to nobody else (F10, F34, F63)', async () => {
    const { body } = await run(ada, echoId);
    const eve = await api.signUp('Eve');
    for (const path of [`/v1/runs/${body.id}`, `/v1/runs/${body.id}/events`])
      expectProblem(await eve.get(path), 404);
    expectProblem(await eve.post(`/v1/runs/${body.id}/cancel`), 404);
    expectProblem(await run(eve, echoId), 404);
    expect((await eve.get('/v1/runs')).body.data).toEqual([]);
    expect((await eve.get(`/v1/runs?workflowId=${echoId}`)).body.data).toEqual([]);
  });

  it('gives each run a chat memory of its own (F81)', async () => {
    const eve = await api.signUp('Eve');
    const { id } = await created(eve, { name: 'Echo', flowData: echo() });
    const runs = [await run(ada, echoId), await run(ada, echoId), await run(eve, id)];
    const sessions = api.fake.runRequests.map(({ body }) => (body as { session_id: string }).session_id);
    expect(sessions).toEqual(runs.map(({ body }) => body.id));
  });

  it('records an answer that Postgres could not write as it is', async () => {
    const text = 'a\u0000b \ud800 \\u0000';
    const output = {
      component_id: 'ChatOutput-1',
      component_display_name: 'Chat Output',
      results: { message: { text } },
    };
    const result = { session_id: '', outputs: [{ inputs: {}, outputs: [output] }] };
    const stream = `${JSON.stringify({ event: 'end', data: { result } })}\n\n`;
    api.fake.failNext({ kind: 'respond', status: 200, contentType: 'text/event-stream', body: stream });
    const { status, body } = await run(ada, echoId);
    expect(status).toBe(200);
    expect(body.output.text).toBe('a\ufffdb \ufffd \\u0000');
    expect((await ada.get(`/v1/runs/${body.id}`)).body.output).toEqual(body.output);
  });

  it('costs few statements', async () => {
    await run(ada, modelId);
    const statements = await statementsDuring(() => run(ada, modelId));
    expect(statements.length).toBeLessThanOrEqual(10);
    const plain = await statementsDuring(() => run(ada, echoId));
    process.stdout.write(
      `statements of a sync run: ${plain.length} without secrets, ${statements.length} with one\n`,
    );
    expect(plain.length).toBeLessThanOrEqual(8);
  });
});

function wrongKey(key: string): object {
  return {
    detail: `Error building Component Language Model: \n\nError code: 401 - {'error': {'message': 'Incorrect API key provided: ${key}.', 'code': 'invalid_api_key'}}`,
  };
}

/** What reaches the database while `work` runs, but for the statements that open and close transactions. */
async function statementsDuring(work: () => Promise<unknown>): Promise<string[]> {
  const statements: string[] = [];
  const original: (...args: any[]) => any = Reflect.get(pg.Client.prototype, 'query');
  const query = jest.spyOn(pg.Client.prototype, 'query').mockImplementation(function (
    this: pg.Client,
    ...args: any[]
  ) {
    const text = String(args[0]?.text ?? args[0]).trim();
    if (!/^(begin|commit|rollback)\b/i.test(text) && !text.includes('set_config')) statements.push(text);
    return original.apply(this, args);
  } as never);
  try {
    await work();
  } finally {
    query.mockRestore();
  }
  return statements;
}
