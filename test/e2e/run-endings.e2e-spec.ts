import { setTimeout as delay } from 'node:timers/promises';
import type { ApiClient } from '../support/api-client';
import { startEngineApp, type EngineApp } from '../support/engine-app';
import { allEvents, eventsUntil } from '../support/event-stream';
import { expectProblem } from '../support/expect-problem';
import { atReplica, startReplica } from '../support/replica';
import type { TestApp } from '../support/test-app';
import { created, echo, starterExport } from './workflow-fixtures';

const KEY = 'sk-river-0123456789abcdef';

interface Person {
  readonly client: ApiClient;
  readonly modelId: string;
  readonly echoId: string;
}

async function personOf(api: TestApp): Promise<Person> {
  const client = await api.signUp();
  await client.put('/v1/secrets/OPENAI_API_KEY', { value: KEY });
  const model = await created(client, { name: 'Model', flowData: starterExport('basic-prompting').data });
  const plain = await created(client, { name: 'Echo', flowData: echo() });
  return { client, modelId: model.id, echoId: plain.id };
}

const sync = ({ client, echoId }: Person) => client.post(`/v1/workflows/${echoId}/runs`, { input: 'x' });
const stream = ({ client, modelId }: Person) =>
  client.fetch('POST', `/v1/workflows/${modelId}/runs`, {
    body: { input: 'one two three four five', mode: 'stream' },
  });

async function runningRun(api: TestApp, { client }: Person): Promise<any> {
  for (;;) {
    const [run] = await api.database.query(`select * from runs where user_id = $1 and state = 'running'`, [
      client.me.user.id,
    ]);
    if (run !== undefined) return run;
    await delay(10);
  }
}

describe('A run that does not end by itself', () => {
  let api: EngineApp;
  let replica: TestApp;

  beforeAll(async () => {
    api = await startEngineApp();
    replica = await startReplica(api);
  });

  afterAll(async () => {
    await replica.stop();
    await api.stop();
  });

  beforeEach(() => {
    api.fake.reset();
    api.fake.settings.delayPerChunkMs = 0;
  });

  it('is cancelled at once, and its request to the engine with it (F64)', async () => {
    const ada = await personOf(api);
    api.fake.failNext({ kind: 'hang' });
    const waiting = sync(ada);
    const { id } = await runningRun(api, ada);
    await eventually(() => api.fake.runRequests.length === 1);
    const from = performance.now();
    const cancelled = await ada.client.post(`/v1/runs/${id}/cancel`);
    expect(performance.now() - from).toBeLessThan(1_000);
    expect(cancelled.body).toMatchObject({ id, status: 'cancelled', error: { code: 'run_cancelled' } });
    const answer = await waiting;
    expectProblem(answer, 409);
    expect(answer.body).toMatchObject({ code: 'run_cancelled', runId: id });
    const audit = await api.database.query(
      `select action from audit_events where object_id = $1 order by id`,
      [id],
    );
    expect(audit).toEqual([{ action: 'run.started' }, { action: 'run.cancelled' }]);
  });

  it('is cancelled from another process within two seconds (F64)', async () => {
    const ada = await personOf(api);
    api.fake.settings.delayPerChunkMs = 400;
    const response = await stream(ada);
    const { id } = await runningRun(api, ada);
    const from = performance.now();
    await atReplica(replica, ada.client).post(`/v1/runs/${id}/cancel`);
    const events = await allEvents(response);
    expect(performance.now() - from).toBeLessThan(2_500);
    expect(events.at(-1)).toMatchObject({
      type: 'error',
      data: { runId: id, status: 'cancelled', code: 'run_cancelled' },
    });
    await eventually(() => api.fake.abortedRuns === 1);
  });

  it('stays as it is when it is cancelled after its end (F61)', async () => {
    const ada = await personOf(api);
    const { body } = await sync(ada);
    const after = await ada.client.post(`/v1/runs/${body.id}/cancel`);
    expect(after.status).toBe(200);
    expect(after.body).toEqual(body);
    const audit = await api.database.query(`select action from audit_events where object_id = $1`, [body.id]);
    expect(audit).toEqual([{ action: 'run.started' }]);
  });

  it('is stopped at the deadline of its workflow (F65, F45)', async () => {
    const ada = await personOf(api);
    await ada.client.patch(`/v1/workflows/${ada.echoId}`, { deadlineSeconds: 1 });
    api.fake.failNext({ kind: 'hang' });
    const from = performance.now();
    const answer = await sync(ada);
    const took = performance.now() - from;
    expectProblem(answer, 504);
    expect(took).toBeGreaterThanOrEqual(1_000);
    expect(took).toBeLessThan(2_500);
    expect((await ada.client.get(`/v1/runs/${answer.body.runId}`)).body).toMatchObject({
      status: 'timed_out',
      error: { code: answer.body.code },
    });
    await eventually(() => api.fake.openConnections <= 1);
  });

  it('tells a client that the engine is away, and when to come back (S12, F45)', async () => {
    const ada = await personOf(api);
    await sync(ada);
    await api.fake.stop();
    const answers = [
      await sync(ada),
      await ada.client.post(`/v1/workflows/${ada.modelId}/runs`, { input: 'x', mode: 'stream' }),
    ];
    await api.fake.start();
    for (const answer of answers) {
      expectProblem(answer, 503);
      expect(answer.body).toMatchObject({ code: 'engine_unavailable', runId: expect.any(String) });
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
      expect((await ada.client.get(`/v1/runs/${answer.body.runId}`)).body.status).toBe('failed');
    }
    await eventually(async () => (await sync(ada)).status === 200);
  });

  it('is lost with its process, ends for its readers, and never changes again (F61, F66)', async () => {
    const ada = await personOf(api);
    const conversation = (await ada.client.post(`/v1/workflows/${ada.modelId}/conversations`, {})).body;
    api.fake.settings.delayPerChunkMs = 300;
    const body = { content: 'one two three four five', mode: 'stream' };
    const begun = await eventsUntil(
      await ada.client.fetch('POST', `/v1/conversations/${conversation.id}/messages`, { body }),
      'text_delta',
    );
    const { runId } = begun[0]!.data;
    // As if the process were gone: nobody extends the lease, and what it still writes is another attempt's.
    await api.database.query(
      `update runs set lease_until = now() - interval '1 minute', attempt = 2 where id = $1`,
      [runId],
    );
    const events = await allEvents(
      await atReplica(replica, ada.client).fetch('GET', `/v1/runs/${runId}/events`),
    );
    expect(events.at(-1)).toMatchObject({
      type: 'error',
      data: { ...ids(begun[0]!.data), status: 'lost', code: 'run_lost' },
    });
    await delay(1_500);
    const run = (await ada.client.get(`/v1/runs/${runId}`)).body;
    expect(run).toMatchObject({ status: 'lost', error: { code: 'run_lost' } });
    const messages = (await ada.client.get(`/v1/conversations/${conversation.id}/messages`)).body.data;
    expect(messages).toMatchObject([
      { role: 'user', status: 'complete', content: body.content },
      { role: 'assistant', status: 'partial', content: expect.stringMatching(/^\S/) },
    ]);
    const ledger = await api.database.query('select state from ledger_entries where run_id = $1', [runId]);
    expect(ledger).toEqual([{ state: 'lost' }]);
  });

  it('stays its process own while it is long (F67)', async () => {
    const ada = await personOf(api);
    api.fake.failNext({ kind: 'delay', ms: 3_000 });
    const waiting = sync(ada);
    const { id } = await runningRun(api, ada);
    await api.database.query(`update runs set lease_until = now() + interval '3 seconds' where id = $1`, [
      id,
    ]);
    await eventually(async () => {
      const [row] = await api.database.query(
        `select lease_until > now() + interval '10 seconds' as extended from runs where id = $1`,
        [id],
      );
      return row!['extended'] === true;
    });
    expect((await waiting).status).toBe(200);
  });
});

describe('When the process stops', () => {
  it('runs under way end by themselves, and no new one starts (F127)', async () => {
    const api = await startEngineApp();
    const ada = await personOf(api);
    expect((await sync(ada)).status).toBe(200);
    api.fake.failNext({ kind: 'delay', ms: 1_000 });
    const waiting = sync(ada);
    await runningRun(api, ada);
    const stopping = api.app.close();
    await delay(100);
    const refused = await sync(ada);
    expectProblem(refused, 503);
    expect(refused.body.code).toBe('shutting_down');
    expect((await waiting).body.status).toBe('succeeded');
    await stopping;
    expect(await api.database.query('select distinct state from runs')).toEqual([{ state: 'succeeded' }]);
    await api.stop();
  });

  it('those that do not end in time are cancelled and recorded, none is lost (F127)', async () => {
    const api = await startEngineApp({ env: { SHUTDOWN_GRACE_SECONDS: '1' } });
    const ada = await personOf(api);
    expect((await sync(ada)).status).toBe(200);
    api.fake.failNext({ kind: 'hang' });
    const waiting = sync(ada);
    await runningRun(api, ada);
    const from = performance.now();
    await api.app.close();
    expect(performance.now() - from).toBeLessThan(4_000);
    const answer = await waiting;
    expectProblem(answer, 503);
    expect(answer.body.code).toBe('server_stopping');
    const runs = await api.database.query(
      `select state, error->>'code' as code, lease_until from runs order by id desc limit 1`,
    );
    expect(runs).toEqual([{ state: 'cancelled', code: 'server_stopping', lease_until: null }]);
    await api.stop();
  });
});

function ids({ runId, conversationId, userMessageId, assistantMessageId }: any): object {
  return { runId, conversationId, userMessageId, assistantMessageId };
}

async function eventually(isSo: () => boolean | Promise<boolean>, withinMs = 8_000): Promise<void> {
  const until = Date.now() + withinMs;
  while (!(await isSo())) {
    if (Date.now() > until) throw new Error(`not so within ${withinMs} ms: ${isSo.toString()}`);
    await delay(20);
  }
}
