import type { ApiClient } from '../support/api-client';
import { startEngineApp, type EngineApp } from '../support/engine-app';
import { allEvents, eventsOf, eventsUntil, textOf, type StreamedEvent } from '../support/event-stream';
import { expectProblem } from '../support/expect-problem';
import { atReplica, startReplica } from '../support/replica';
import { startTestApp, type TestApp } from '../support/test-app';
import { created, echo, starterExport } from './workflow-fixtures';

const KEY = 'sk-river-0123456789abcdef';
const WORDS = 'one two three four five six seven eight nine ten';

describe('Streaming a run', () => {
  let api: EngineApp;
  let replica: TestApp;
  let ada: ApiClient;
  let echoId: string;
  let modelId: string;

  beforeAll(async () => {
    api = await startEngineApp();
    replica = await startReplica(api);
    ada = await api.signUp('Ada');
    await ada.put('/v1/secrets/OPENAI_API_KEY', { value: KEY });
    echoId = (await created(ada, { name: 'Echo', flowData: echo() })).id;
    modelId = (await created(ada, { name: 'Model', flowData: starterExport('basic-prompting').data })).id;
  });

  afterAll(async () => {
    await replica.stop();
    await api.stop();
  });

  beforeEach(() => {
    api.fake.reset();
    api.fake.settings.delayPerChunkMs = 0;
  });

  const start = (id: string, input = WORDS, client = ada): Promise<Response> =>
    client.fetch('POST', `/v1/workflows/${id}/runs`, { body: { input, mode: 'stream' } });
  const follow = (
    client: ApiClient,
    runId: string,
    after?: number,
    signal?: AbortSignal,
  ): Promise<Response> =>
    client.fetch(
      'GET',
      `/v1/runs/${runId}/events`,
      { headers: after === undefined ? {} : { 'last-event-id': String(after) } },
      signal,
    );
  const stored = (runId: string) =>
    api.database.query(
      'select sequence as id, type, data from run_events where run_id = $1 order by sequence',
      [runId],
    );

  it('tells the run in order: ids first, text in pieces, the result last (F62, S8)', async () => {
    const response = await start(modelId);
    expect(response.headers.get('cache-control')).toBe('no-store');
    const events = await allEvents(response);
    const types = events.map(({ type }) => type);
    expect(events.map(({ id }) => id)).toEqual(events.map((_event, index) => index + 1));
    expect([types[0], ...types.slice(-2)]).toEqual(['session_start', 'text_complete', 'done']);
    expect(new Set(types.slice(1, -2))).toEqual(new Set(['text_delta']));
    const [first, last] = [events[0]!.data, events.at(-1)!.data];
    expect(first).toMatchObject({
      workflowId: modelId,
      version: 1,
      conversationId: null,
      executionMode: 'engine',
    });
    expect(last).toMatchObject({ runId: first.runId, result: { id: first.runId, status: 'succeeded' } });
    expect(textOf(events)).toBe(last.result.output.text);
    expect((await ada.get(`/v1/runs/${first.runId}`)).body).toEqual(last.result);
    expect(await stored(first.runId)).toEqual(events);
  });

  it('streams while the model still speaks', async () => {
    api.fake.settings.delayPerChunkMs = 30;
    const moments: number[] = [];
    for await (const { id } of eventsOf(await start(modelId))) moments[id - 1] = performance.now();
    expect(moments.at(-1)! - moments[0]!).toBeGreaterThan(150);
  });

  it('resumes behind any event, here and on another replica, without gap or repeat (F62, N8)', async () => {
    const events = await allEvents(await start(modelId));
    const { runId } = events[0]!.data;
    const elsewhere = atReplica(replica, ada);
    for (const [index] of events.entries()) {
      const rest = await allEvents(await follow(index % 2 === 0 ? ada : elsewhere, runId, index));
      expect(rest).toEqual(events.slice(index));
    }
    expect(await allEvents(await follow(ada, runId, events.length))).toEqual([]);
    expect(api.fake.runRequests).toHaveLength(1);
  });

  it('follows a live run on another replica, and several readers see the same (N8)', async () => {
    api.fake.settings.delayPerChunkMs = 40;
    const begun = await eventsUntil(await start(modelId), 'text_delta');
    const { runId } = begun[0]!.data;
    const elsewhere = atReplica(replica, ada);
    const all = await Promise.all([
      allEvents(await follow(elsewhere, runId)),
      allEvents(await follow(ada, runId)),
      allEvents(await follow(elsewhere, runId, 2)),
    ]);
    expect(all[0].at(-1)?.type).toBe('done');
    expect(all[1]).toEqual(all[0]);
    expect(all[2]).toEqual(all[0].slice(2));
    expect(all[0].slice(0, begun.length)).toEqual(begun);
  });

  it('goes on when the client leaves, and keeps the whole answer', async () => {
    api.fake.settings.delayPerChunkMs = 20;
    const [{ data }] = (await eventsUntil(await start(modelId), 'session_start')) as [StreamedEvent];
    const rest = await allEvents(await follow(ada, data.runId, 1));
    expect(rest.at(-1)).toMatchObject({ type: 'done', data: { result: { status: 'succeeded' } } });
    expect(rest.at(-1)!.data.result.output.text).toContain(WORDS);
    expect(api.fake.abortedRuns).toBe(0);
  });

  it('answers with a problem while nothing was sent yet', async () => {
    api.fake.failNext({
      kind: 'respond',
      status: 500,
      body: { detail: 'Error building Component Chat Output: \n\nno' },
    });
    const response = await ada.post(`/v1/workflows/${echoId}/runs`, { input: 'x', mode: 'stream' });
    expectProblem(response, 502);
    expect(response.body.runId).toEqual(expect.any(String));
    const events = await allEvents(await follow(ada, response.body.runId));
    expect(events).toMatchObject([
      {
        id: 1,
        type: 'error',
        data: { runId: response.body.runId, status: 'failed', code: response.body.code },
      },
    ]);
  });

  it('ends with an error event when it breaks in the middle, and keeps what was said', async () => {
    api.fake.failNext({ kind: 'reset', after: 'first_byte' });
    const events = await allEvents(await start(modelId));
    expect(events.at(-1)).toMatchObject({
      type: 'error',
      data: { status: 'failed', code: expect.any(String), detail: expect.any(String) },
    });
    expect((await ada.get(`/v1/runs/${events[0]!.data.runId}`)).body.status).toBe('failed');
    expect(textOf(events)).toBe('half ');
  });

  it('is closed when the login behind it ends (F63)', async () => {
    api.fake.settings.delayPerChunkMs = 1_500;
    const eve = await api.signUp('Eve');
    const { id } = await created(eve, { name: 'Model', flowData: starterExport('basic-prompting').data });
    await eve.put('/v1/secrets/OPENAI_API_KEY', { value: KEY });
    const response = await start(id, WORDS, eve);
    await eve.post('/v1/auth/logout');
    const from = performance.now();
    const events = await allEvents(response);
    expect(performance.now() - from).toBeLessThan(6_000);
    expect(events.map(({ type }) => type)).not.toContain('done');
  });

  it.each(['abc', '-1', '1.5', '99999999999'])('refuses the Last-Event-ID %p', async (id) => {
    const events = await allEvents(await start(echoId));
    const response = await ada.get(`/v1/runs/${events[0]!.data.runId}/events`, { 'last-event-id': id });
    expectProblem(response, 422);
    expect(response.body.errors[0].pointer).toBe('header/last-event-id');
  });
});

describe('In simulation', () => {
  let api: TestApp;

  beforeAll(async () => {
    api = await startTestApp({ env: { ENGINE_DRIVER: 'simulated' } });
  });

  afterAll(() => api.stop());

  it('every answer and event says so (S17)', async () => {
    const ada = await api.signUp('Ada');
    const { id } = await created(ada, { name: 'Echo', flowData: echo() });
    const sync = await ada.post(`/v1/workflows/${id}/runs`, { input: 'Hello' });
    expect(sync.body).toMatchObject({ status: 'succeeded', executionMode: 'simulated', engineMs: 0 });
    const events = await allEvents(
      await ada.fetch('POST', `/v1/workflows/${id}/runs`, { body: { input: 'Hello', mode: 'stream' } }),
    );
    expect(events[0]!.data.executionMode).toBe('simulated');
    expect(events.at(-1)!.data.result.executionMode).toBe('simulated');
    expect(textOf(events)).toBe(sync.body.output.text);
    const modes = await api.database.query('select distinct execution_mode as mode from ledger_entries');
    expect(modes).toEqual([{ mode: 'simulated' }]);
  });
});
