import { setTimeout as delay } from 'node:timers/promises';
import { newId } from '@weir/kernel';
import type { ApiClient, ApiResponse } from '../support/api-client';
import { startEngineApp, type EngineApp } from '../support/engine-app';
import { allEvents } from '../support/event-stream';
import { expectProblem } from '../support/expect-problem';
import { created, echo } from './workflow-fixtures';

describe('An Idempotency-Key', () => {
  let api: EngineApp;
  let ada: ApiClient;
  let workflowId: string;

  beforeAll(async () => {
    api = await startEngineApp();
    ada = await api.signUp('Ada');
    workflowId = (await created(ada, { name: 'Echo', flowData: echo() })).id;
    await ada.post(`/v1/workflows/${workflowId}/runs`, { input: 'warm-up' });
  });

  afterAll(() => api.stop());
  beforeEach(() => api.fake.reset());

  const runWith = (key: string, body: object = { input: 'x' }, client = ada): Promise<ApiResponse> =>
    client.post(`/v1/workflows/${workflowId}/runs`, body, { 'idempotency-key': key });
  const replayed = ({ headers }: ApiResponse) => headers.get('idempotency-replayed');

  it('makes one run of two requests, with the same answer (F46)', async () => {
    const key = newId();
    const first = await runWith(key);
    const second = await runWith(key);
    expect(first.status).toBe(200);
    expect(replayed(first)).toBeNull();
    expect(second).toMatchObject({ status: 200, body: first.body });
    expect(replayed(second)).toBe('true');
    expect(api.fake.runRequests).toHaveLength(1);
  });

  it('makes one run of ten parallel requests (F46)', async () => {
    const key = newId();
    api.fake.failNext({ kind: 'delay', ms: 300 });
    const before = await countRuns(api);
    const answers = await Promise.all(Array.from({ length: 10 }, () => runWith(key)));
    const runs = answers.filter(({ status }) => status === 200).map(({ body }) => body.id);
    expect(new Set(runs).size).toBe(1);
    for (const answer of answers.filter(({ status }) => status !== 200)) {
      expectProblem(answer, 409);
      expect(answer.body.code).toBe('idempotency_in_progress');
      expect(answer.headers.get('retry-after')).toBe('1');
    }
    expect((await countRuns(api)) - before).toBe(1);
    expect((await runWith(key)).body.id).toBe(runs[0]);
  });

  it('replays a stream from its stored events', async () => {
    const start = (): Promise<Response> =>
      ada.fetch('POST', `/v1/workflows/${workflowId}/runs`, {
        body: { input: 'one two', mode: 'stream' },
        headers: { 'idempotency-key': 'the stream' },
      });
    const events = await allEvents(await start());
    const again = await start();
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect(await allEvents(again)).toEqual(events);
    expect(api.fake.runRequests).toHaveLength(1);
  });

  it('replays a run that failed, and does not try it again', async () => {
    const key = newId();
    api.fake.failNext({
      kind: 'respond',
      status: 500,
      body: { detail: 'Error building Component Chat Output: \n\nno' },
    });
    const first = await runWith(key);
    const second = await runWith(key);
    expectProblem(first, 502);
    expect({ ...second.body, requestId: '' }).toEqual({ ...first.body, requestId: '' });
    expect(api.fake.runRequests).toHaveLength(1);
  });

  it('finds the run again after a crash of the process that answered (F46, N7)', async () => {
    const key = newId();
    const first = await runWith(key);
    // What a crash leaves: the link, which was made together with the run, and no answer.
    const [row] = await api.database.query(
      'select run_id, status, body from idempotency_keys where key = $1',
      [key],
    );
    expect(row).toEqual({ run_id: first.body.id, status: null, body: null });
    await api.database.query(
      `update idempotency_keys set locked_until = now() - interval '1 hour' where key = $1`,
      [key],
    );
    expect((await runWith(key)).body.id).toBe(first.body.id);
  });

  it('belongs to one request: another body is refused (F46)', async () => {
    const key = newId();
    await runWith(key);
    const other = await runWith(key, { input: 'y' });
    expectProblem(other, 422);
    expect(other.body.code).toBe('idempotency_key_reused');
  });

  it('belongs to one person (R35)', async () => {
    const key = newId();
    await runWith(key);
    const eve = await api.signUp('Eve');
    const { id } = await created(eve, { name: 'Echo', flowData: echo() });
    const hers = await eve.post(`/v1/workflows/${id}/runs`, { input: 'x' }, { 'idempotency-key': key });
    expect(hers.status).toBe(200);
    expect(replayed(hers)).toBeNull();
  });

  it('is free again after a request that changed nothing', async () => {
    const key = newId();
    expectProblem(await runWith(key, { input: 7 }), 422);
    expect((await runWith(key)).status).toBe(200);
  });

  it('is free again when it is 24 hours old, and when the request that held it died', async () => {
    const key = newId();
    const first = await runWith(key);
    await api.database.query(
      `update idempotency_keys set expires_at = now() - interval '1 second' where key = $1`,
      [key],
    );
    expect((await runWith(key)).body.id).not.toBe(first.body.id);
    await api.database.query(
      `update idempotency_keys set run_id = null, locked_until = now() - interval '1 second' where key = $1`,
      [key],
    );
    const third = await runWith(key);
    expect(third.status).toBe(200);
    expect(replayed(third)).toBeNull();
  });

  it('replays what was created, with its headers', async () => {
    const path = `/v1/workflows/${workflowId}/conversations`;
    const create = () => ada.post(path, { title: 'Once' }, { 'idempotency-key': 'one conversation' });
    const first = await create();
    const second = await create();
    expect(second).toMatchObject({ status: 201, body: first.body });
    expect(replayed(second)).toBe('true');
    const made = await api.database.query(`select 1 from conversations where title = 'Once'`);
    expect(made).toHaveLength(1);
  });

  it('makes one message of two', async () => {
    const { id } = (await ada.post(`/v1/workflows/${workflowId}/conversations`, {})).body;
    const send = () =>
      ada.post(`/v1/conversations/${id}/messages`, { content: 'x' }, { 'idempotency-key': id });
    const first = await send();
    expect((await send()).body).toEqual(first.body);
    expect((await ada.get(`/v1/conversations/${id}/messages`)).body.data).toHaveLength(2);
  });

  it.each(['', 'ünï', 'x'.repeat(256)])('that is malformed is refused: %p', async (key) => {
    const headers = { 'idempotency-key': Buffer.from(key).toString('latin1') };
    const response = await ada.post(`/v1/workflows/${workflowId}/runs`, { input: 'x' }, headers);
    expectProblem(response, 422);
    expect(response.body.errors[0].pointer).toBe('header/idempotency-key');
  });

  it('does not keep a run waiting for ever', async () => {
    const key = newId();
    api.fake.failNext({ kind: 'delay', ms: 600 });
    const first = runWith(key);
    await delay(200);
    const second = await runWith(key);
    expect(second.body.id).toBe((await first).body.id);
  });
});

async function countRuns(api: EngineApp): Promise<number> {
  const [row] = await api.database.query('select count(*)::int as n from runs');
  return row!['n'] as number;
}
