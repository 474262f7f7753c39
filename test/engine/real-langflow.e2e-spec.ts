import { customCodeFlow } from '@weir/testing';
import type { ApiClient } from '../support/api-client';
import { allEvents, eventsUntil, textOf } from '../support/event-stream';
import { startRealEngineApp, type RealEngineApp } from '../support/real-engine';
import { created, defaultProjectId, echo, starterExport } from '../e2e/workflow-fixtures';

const MINUTES = 60_000;

describe('With a real Langflow 1.13 and a local model server', () => {
  let api: RealEngineApp;
  let ada: ApiClient;
  let bob: ApiClient;

  beforeAll(async () => {
    api = await startRealEngineApp();
    ada = await api.signUp('Ada');
    bob = await api.signUp('Bob');
    await ada.put('/v1/secrets/OPENAI_API_KEY', { value: 'sk-ada-0123456789abcdef', provider: 'openai' });
    await bob.put('/v1/secrets/OPENAI_API_KEY', { value: 'sk-bob-0123456789abcdef', provider: 'openai' });
  }, 10 * MINUTES);

  afterAll(() => api.stop(), MINUTES);
  beforeEach(() => {
    api.model.requests.length = 0;
  });

  const fromStarter = (client: ApiClient, starter: string): Promise<any> =>
    created(client, { name: `${starter} ${Math.random().toString(36).slice(2)}`, starter });
  const run = (client: ApiClient, id: string, input: string) =>
    client.post(`/v1/workflows/${id}/runs`, { input, mode: 'sync' });
  const stream = (client: ApiClient, id: string, input: string) =>
    client.fetch('POST', `/v1/workflows/${id}/runs`, { body: { input, mode: 'stream' } });

  it('runs a flow that needs no key (F59, F130)', async () => {
    const { id } = await fromStarter(ada, 'echo');
    const { status, body } = await run(ada, id, 'Is anybody there?');
    expect(status).toBe(200);
    expect(body).toMatchObject({
      status: 'succeeded',
      output: { text: 'Is anybody there?' },
      executionMode: 'engine',
      usage: null,
    });
  });

  it("brings the caller's own key to the model, and nobody else's (S12, F84)", async () => {
    const adas = await fromStarter(ada, 'basic-prompting');
    const bobs = await fromStarter(bob, 'basic-prompting');
    const [first, second] = [await run(ada, adas.id, 'Hello'), await run(bob, bobs.id, 'Hello')];
    expect(first.body).toMatchObject({
      status: 'succeeded',
      output: { text: expect.stringContaining('You said: Hello') },
    });
    expect(first.body.usage.totalTokens).toBe(first.body.usage.inputTokens + first.body.usage.outputTokens);
    expect(second.status).toBe(200);
    expect(api.model.keysSeen).toEqual(['sk-ada-0123456789abcdef', 'sk-bob-0123456789abcdef']);
    expect((await run(bob, adas.id, 'Hello')).status).toBe(404);
  });

  it('uses a rotated key at the next run without touching the workflow (S7)', async () => {
    const { id } = await fromStarter(ada, 'basic-prompting');
    await ada.put('/v1/secrets/OPENAI_API_KEY', { value: 'sk-ada-rotated-0123456789' });
    await run(ada, id, 'Hello');
    expect(api.model.keysSeen).toEqual(['sk-ada-rotated-0123456789']);
    await ada.put('/v1/secrets/OPENAI_API_KEY', { value: 'sk-ada-0123456789abcdef' });
  });

  it('streams the answer piece by piece, and the same from the stored events (F62)', async () => {
    const { id } = await fromStarter(ada, 'basic-prompting');
    const events = await allEvents(await stream(ada, id, 'Tell me'));
    expect(events.at(0)?.type).toBe('session_start');
    expect(events.at(-1)?.type).toBe('done');
    expect(textOf(events)).toContain('You said: Tell me');
    expect(events.filter(({ type }) => type === 'text_delta').length).toBeGreaterThan(2);
    const runId = events.at(0)?.data.runId;
    const resumed = await allEvents(
      await ada.fetch('GET', `/v1/runs/${runId}/events`, { headers: { 'last-event-id': '2' } }),
    );
    expect(resumed).toEqual(events.slice(2));
  });

  it('remembers a conversation, and only that one (S8, F81)', async () => {
    const { id } = await fromStarter(ada, 'memory-chatbot');
    const conversation = (await ada.post(`/v1/workflows/${id}/conversations`, {})).body;
    const say = (content: string) =>
      ada.post(`/v1/conversations/${conversation.id}/messages`, { content, mode: 'sync' });
    expect((await say('My name is Ada')).status).toBe(200);
    expect((await say('What is my name?')).status).toBe(200);
    const sent = JSON.stringify(api.model.requests.at(-1)?.messages);
    expect(sent).toContain('My name is Ada');
    await run(ada, id, 'And who am I here?');
    expect(JSON.stringify(api.model.requests.at(-1)?.messages)).not.toContain('My name is Ada');
    const messages = (await ada.get(`/v1/conversations/${conversation.id}/messages`)).body.data;
    expect(messages.map(({ role }: { role: string }) => role).toSorted()).toEqual([
      'assistant',
      'assistant',
      'user',
      'user',
    ]);
  });

  it('tells of a rejected key by its name, although the provider echoes its value (S12)', async () => {
    const carol = await api.signUp('Carol');
    const value = 'sk-wrong-canary-4711-abcdef';
    await carol.put('/v1/secrets/OPENAI_API_KEY', { value });
    const { id } = await fromStarter(carol, 'basic-prompting');
    const sync = await run(carol, id, 'Hello');
    expect(sync.status).toBe(502);
    expect(sync.body).toMatchObject({ code: 'provider_rejected_key', runId: expect.any(String) });
    expect(sync.body.detail).toContain('OPENAI_API_KEY');
    const events = await allEvents(await stream(carol, id, 'Hello'));
    expect(events.at(-1)).toMatchObject({ type: 'error', data: { code: 'provider_rejected_key' } });
    const everything = JSON.stringify([
      sync,
      events,
      api.logs,
      await api.database.query('select error, output from runs'),
      await api.database.query('select data from run_events'),
    ]);
    expect(everything).not.toContain(value);
  });

  it('cuts a stream off at the model when it is cancelled (F64)', async () => {
    const { id } = await fromStarter(ada, 'basic-prompting');
    const response = await stream(ada, id, `Tell me a long story ${'word '.repeat(300)}`);
    const events = await eventsUntil(response, 'text_delta');
    const runId = events.at(0)?.data.runId;
    const begun = Date.now();
    expect((await ada.post(`/v1/runs/${runId}/cancel`)).status).toBeLessThan(300);
    await expectState(ada, runId, 'cancelled');
    expect(Date.now() - begun).toBeLessThan(2_000);
  });

  it('gives concurrent runs their own keys and their own answers', async () => {
    const [adas, bobs] = [
      await fromStarter(ada, 'basic-prompting'),
      await fromStarter(bob, 'basic-prompting'),
    ];
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, index) => {
        const [client, id] = index % 2 === 0 ? [ada, adas.id] : [bob, bobs.id];
        return run(client, id, `Question ${index}`);
      }),
    );
    answers.forEach(({ body }, index) => expect(body.output.text).toContain(`You said: Question ${index}`));
    for (const { key, messages } of api.model.requests) {
      const asked = Number(/Question (\d+)/.exec(messages.at(-1)?.content ?? '')?.[1]);
      expect(key).toBe(asked % 2 === 0 ? 'sk-ada-0123456789abcdef' : 'sk-bob-0123456789abcdef');
    }
  });

  it(
    'takes every starter of the pinned engine (S4)',
    async () => {
      const { data } = (await ada.get('/v1/starters')).body;
      expect(data.length).toBeGreaterThan(20);
      const workflows = await Promise.all(data.map(({ id }: { id: string }) => fromStarter(ada, id)));
      for (const { id } of workflows) await expectProvisioned(ada, id);
    },
    3 * MINUTES,
  );

  it('refuses own component code before the engine sees a run of it (F52)', async () => {
    const { id } = await created(ada, { name: 'Own code', flowData: customCodeFlow() });
    const { status, body } = await run(ada, id, 'Hello');
    expect(status).toBe(422);
    expect(body.code).toBe('flow_blocked');
  });

  it("exports what Langflow's own upload takes, without a secret (S5)", async () => {
    const { id } = await fromStarter(ada, 'basic-prompting');
    const exported = await ada.get(`/v1/workflows/${id}/export`);
    expect(exported.status).toBe(200);
    expect(exported.text).not.toContain('sk-ada');
    const imported = await importInto(api, exported.text);
    expect(imported.status).toBe(201);
    expect(JSON.stringify(imported.body)).toContain('OPENAI_API_KEY');
  });

  it(
    'waits for an engine that is down, loses nothing, and repairs the copy (S13)',
    async () => {
      const before = await fromStarter(ada, 'echo');
      await run(ada, before.id, 'warm');
      await api.stopEngine();
      const { status, headers } = await run(ada, before.id, 'Hello');
      expect(status).toBe(503);
      expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
      const meanwhile = await created(ada, { name: 'Made while the engine was down', flowData: echo() });
      const gone = await fromStarter(ada, 'echo');
      expect((await ada.delete(`/v1/workflows/${gone.id}`)).status).toBe(204);
      await api.startEngine();
      await expectProvisioned(ada, meanwhile.id);
      expect((await run(ada, meanwhile.id, 'Back')).body.output.text).toBe('Back');
      await expectNoRow(api, gone.id);
    },
    3 * MINUTES,
  );

  it('keeps the second person out of everything of the first', async () => {
    const { id } = await fromStarter(ada, 'echo');
    const runId = (await run(ada, id, 'mine')).body.id;
    const projectId = await defaultProjectId(ada);
    for (const path of [
      `/v1/workflows/${id}`,
      `/v1/workflows/${id}/export`,
      `/v1/runs/${runId}`,
      `/v1/runs/${runId}/events`,
      `/v1/projects/${projectId}`,
    ]) {
      expect((await bob.get(path)).status).toBe(404);
    }
    expect((await bob.get('/v1/workflows')).text).not.toContain(id);
  });

  it('knows the flow file as Langflow ships it: nothing but references changes (F53)', async () => {
    const { id } = await created(ada, {
      name: 'As shipped',
      flowData: starterExport('basic-prompting').data,
    });
    const stored = (await ada.get(`/v1/workflows/${id}/flow`)).body;
    expect(JSON.stringify(stored)).toContain('"value":"OPENAI_API_KEY"');
  });
});

async function eventually(check: () => Promise<boolean>, what: string, withinMs = 60_000): Promise<void> {
  const deadline = Date.now() + withinMs;
  while (!(await check())) {
    if (Date.now() > deadline) throw new Error(`${what}: not within ${withinMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

const expectState = (client: ApiClient, runId: string, state: string): Promise<void> =>
  eventually(
    async () => (await client.get(`/v1/runs/${runId}`)).body.status === state,
    `run in state ${state}`,
    5_000,
  );

const expectProvisioned = (client: ApiClient, workflowId: string): Promise<void> =>
  eventually(
    async () => (await client.get(`/v1/workflows/${workflowId}`)).body.provisioning.state === 'ready',
    `copy of ${workflowId}`,
  );

const expectNoRow = (api: RealEngineApp, workflowId: string): Promise<void> =>
  eventually(
    async () =>
      (await api.database.query('select 1 from workflows where id = $1', [workflowId])).length === 0,
    'workflow purged',
    120_000,
  );

/** Langflow's own upload route, as its UI calls it, signed in with Langflow's own operator account. */
async function importInto(api: RealEngineApp, text: string): Promise<{ status: number; body: unknown }> {
  const login = await fetch(`${api.engineUrl}/api/v1/login`, {
    method: 'POST',
    body: new URLSearchParams({ username: 'weir-operator', password: 'engine-of-a-test' }),
  });
  const session: unknown = await login.json();
  const token = (session as { access_token?: string }).access_token ?? '';
  const form = new FormData();
  form.append('file', new Blob([text], { type: 'application/json' }), 'flow.json');
  const response = await fetch(`${api.engineUrl}/api/v1/flows/upload/`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
    body: form,
  });
  return { status: response.status, body: await response.json() };
}
