import { setTimeout as delay } from 'node:timers/promises';
import { newId } from '@weir/kernel';
import type { ApiClient } from '../support/api-client';
import { startEngineApp, type EngineApp } from '../support/engine-app';
import { allEvents, eventsUntil, textOf } from '../support/event-stream';
import { expectProblem } from '../support/expect-problem';
import { created, echo, starterExport } from './workflow-fixtures';

const KEY = 'sk-river-0123456789abcdef';

describe('Conversations', () => {
  let api: EngineApp;
  let ada: ApiClient;
  let eve: ApiClient;
  let workflowId: string;

  beforeAll(async () => {
    api = await startEngineApp();
    ada = await api.signUp('Ada');
    eve = await api.signUp('Eve');
    await ada.put('/v1/secrets/OPENAI_API_KEY', { value: KEY });
    workflowId = (await created(ada, { name: 'Model', flowData: starterExport('basic-prompting').data })).id;
    // The engine has the flow and the key from here on.
    await ada.post(`/v1/workflows/${workflowId}/runs`, { input: 'warm-up' });
  });

  afterAll(() => api.stop());
  beforeEach(() => {
    api.fake.reset();
    api.fake.settings.delayPerChunkMs = 0;
  });

  const begin = async (body: object = {}): Promise<any> =>
    (await ada.post(`/v1/workflows/${workflowId}/conversations`, body)).body;
  const send = (id: string, content: string) => ada.post(`/v1/conversations/${id}/messages`, { content });
  const stream = (id: string, content: string) =>
    ada.fetch('POST', `/v1/conversations/${id}/messages`, { body: { content, mode: 'stream' } });
  const messagesOf = async (id: string): Promise<any[]> =>
    (await ada.get(`/v1/conversations/${id}/messages`)).body.data;
  const sessionsOf = (id: string) =>
    api.fake.runRequests.filter(({ body }) => (body as any).session_id === id).length;

  it('keep both messages of a turn with ids, tokens and duration (S8)', async () => {
    const conversation = await begin();
    expect(conversation).toMatchObject({ workflowId, title: null });
    const { status, body } = await send(conversation.id, 'Where does\n the river end?');
    expect(status).toBe(200);
    expect(body).toMatchObject({
      userMessage: { role: 'user', status: 'complete', content: 'Where does\n the river end?', usage: null },
      assistantMessage: {
        role: 'assistant',
        status: 'complete',
        content: body.run.output.text,
        usage: body.run.usage,
        durationMs: body.run.durationMs,
        runId: body.run.id,
      },
      run: { status: 'succeeded', conversationId: conversation.id },
    });
    expect(await messagesOf(conversation.id)).toEqual([body.userMessage, body.assistantMessage]);
    expect(sessionsOf(conversation.id)).toBe(1);
    const list = await ada.get(`/v1/runs?conversationId=${conversation.id}`);
    expect(list.body.data.map(({ id }: any) => id)).toEqual([body.run.id]);
  });

  it('carry the ids of the messages in the first and the last event of a stream (S8)', async () => {
    const { id } = await begin();
    const events = await allEvents(await stream(id, 'one two three'));
    const [question, answer] = await messagesOf(id);
    const ids = {
      conversationId: id,
      userMessageId: question.id,
      assistantMessageId: answer.id,
      runId: answer.runId,
    };
    expect(events[0]).toMatchObject({ type: 'session_start', data: ids });
    expect(events.at(-1)).toMatchObject({ type: 'done', data: ids });
    expect(answer).toMatchObject({ status: 'complete', content: textOf(events) });
  });

  it('get their title from the first message, and keep the one you give (S8)', async () => {
    const { id } = await begin();
    await send(id, `  A\ttitle ${'x'.repeat(100)}`);
    const titled = (await ada.get(`/v1/conversations/${id}`)).body;
    expect(titled.title).toBe(`A title ${'x'.repeat(72)}`);
    expect((await ada.patch(`/v1/conversations/${id}`, { title: ' Mine ' })).body.title).toBe('Mine');
    await send(id, 'Something else');
    expect((await ada.get(`/v1/conversations/${id}`)).body.title).toBe('Mine');
    expect((await begin({ title: 'From the start' })).title).toBe('From the start');
    for (const title of ['', 'two\nlines', 'x'.repeat(201)])
      expectProblem(await ada.patch(`/v1/conversations/${id}`, { title }), 422);
  });

  it('are listed by workflow with the latest message first, in pages, and found by title (S9)', async () => {
    const cleo = await api.signUp('Cleo');
    const { id } = await created(cleo, { name: 'Echo', flowData: echo() });
    const path = `/v1/workflows/${id}/conversations`;
    const ids: string[] = [];
    for (const title of ['Rivers', 'Lakes', '100% water', 'Seas', 'Old rivers'])
      ids.unshift((await cleo.post(path, { title })).body.id);
    await cleo.post(`/v1/conversations/${ids[4]}/messages`, { content: 'up again' });
    const expected = [ids[4], ...ids.slice(0, 4)];
    const seen: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const page: any = (await cleo.get(`${path}?limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`)).body;
      seen.push(...page.data.map((each: any) => each.id));
      cursor = page.nextCursor;
    }
    expect(seen).toEqual(expected);
    const titles = async (q: string) =>
      (await cleo.get(`${path}?q=${encodeURIComponent(q)}`)).body.data.map((each: any) => each.title);
    expect(await titles('RIVER')).toEqual(['Rivers', 'Old rivers']);
    expect(await titles('%')).toEqual(['100% water']);
    expect(await titles('_')).toEqual([]);
  });

  it('page their messages from either end (S9)', async () => {
    const { id } = await begin();
    await send(id, 'first');
    await send(id, 'second');
    const all = (await messagesOf(id)).map((message) => message.id);
    const walk = async (order: string): Promise<string[]> => {
      const seen: string[] = [];
      for (let cursor: string | null = ''; cursor !== null;) {
        const path: string = `/v1/conversations/${id}/messages?limit=3&order=${order}${cursor === '' ? '' : `&cursor=${cursor}`}`;
        const page: any = (await ada.get(path)).body;
        seen.push(...page.data.map((each: any) => each.id));
        cursor = page.nextCursor;
      }
      return seen;
    };
    expect(await walk('asc')).toEqual(all);
    expect(await walk('desc')).toEqual(all.toReversed());
  });

  it('stay intact when the engine is away, and go on when it is back (S12)', async () => {
    const { id } = await begin();
    api.fake.failNext({ kind: 'respond', status: 503, body: 'starting' });
    const refused = await send(id, 'first');
    expectProblem(refused, 503);
    expect(refused.headers.get('retry-after')).not.toBeNull();
    await eventually(async () => (await send(id, 'second')).status === 200);
    const messages = await messagesOf(id);
    expect(messages.slice(0, 2)).toMatchObject([
      { role: 'user', status: 'complete', content: 'first' },
      { role: 'assistant', status: 'failed', content: '', runId: refused.body.runId },
    ]);
    expect(messages.at(-1)).toMatchObject({ status: 'complete' });
  });

  it('keep the part of an answer that was said before it was cancelled', async () => {
    api.fake.settings.delayPerChunkMs = 100;
    const { id } = await begin();
    const response = await stream(id, 'one two three four five six');
    const [question] = await messagesOf(id);
    expect(question).toMatchObject({ role: 'user', status: 'complete' });
    const begun = await eventsUntil(response, 'text_delta');
    await ada.post(`/v1/runs/${begun[0]!.data.runId}/cancel`);
    const [, answer] = await messagesOf(id);
    expect(answer).toMatchObject({ status: 'partial', runId: begun[0]!.data.runId });
    expect(answer.content.startsWith(textOf(begun))).toBe(true);
  });

  it('take feedback on answers, as often as it is sent (S10)', async () => {
    const { id } = await begin();
    const { userMessage, assistantMessage } = (await send(id, 'x')).body;
    const path = `/v1/conversations/${id}/messages/${assistantMessage.id}/feedback`;
    expect((await ada.put(path, { value: 'positive' })).body.feedback).toBe('positive');
    expect((await ada.put(path, { value: 'positive' })).body.feedback).toBe('positive');
    expect((await ada.put(path, { value: 'negative' })).body.feedback).toBe('negative');
    expect((await ada.delete(path)).status).toBe(204);
    expect((await ada.delete(path)).status).toBe(204);
    expect((await messagesOf(id))[1].feedback).toBeNull();
    expect(await auditOf(api, assistantMessage.id)).toEqual([
      'message.rated',
      'message.rated',
      'message.rated',
    ]);
    const own = await ada.put(`/v1/conversations/${id}/messages/${userMessage.id}/feedback`, {
      value: 'positive',
    });
    expectProblem(own, 422);
    expect(own.body.code).toBe('feedback_not_allowed');
    expectProblem(await ada.put(path, { value: 'great' }), 422);
  });

  it('keep what was said at first when a message is edited (S10)', async () => {
    const { id } = await begin();
    const { userMessage, assistantMessage } = (await send(id, 'original')).body;
    const path = `/v1/conversations/${id}/messages/${userMessage.id}`;
    await ada.patch(path, { content: 'second' });
    const edited = await ada.patch(path, { content: 'third' });
    expect(edited.body).toMatchObject({ content: 'third', originalContent: 'original', edited: true });
    expect(await auditOf(api, userMessage.id)).toEqual(['message.edited', 'message.edited']);
    const answer = await ada.patch(`/v1/conversations/${id}/messages/${assistantMessage.id}`, {
      content: 'x',
    });
    expectProblem(answer, 422);
    expect(answer.body.code).toBe('edit_not_allowed');
  });

  it('are gone at once when deleted, and then from the engine and from the database (S9)', async () => {
    const { id } = await begin();
    const { run } = (await send(id, 'to be forgotten')).body;
    expect(api.fake.messages.history(workflowId, id)).not.toEqual([]);
    expect((await ada.delete(`/v1/conversations/${id}`)).status).toBe(204);
    expectProblem(await ada.get(`/v1/conversations/${id}`), 404);
    expectProblem(await ada.get(`/v1/conversations/${id}/messages`), 404);
    expectProblem(await send(id, 'x'), 404);
    expectProblem(await ada.delete(`/v1/conversations/${id}`), 404);
    await eventually(
      async () => (await api.database.query('select 1 from conversations where id = $1', [id])).length === 0,
    );
    expect(await api.database.query('select 1 from messages where conversation_id = $1', [id])).toEqual([]);
    expect(api.fake.messages.history(workflowId, id)).toEqual([]);
    expect((await ada.get(`/v1/runs/${run.id}`)).body).toMatchObject({
      status: 'succeeded',
      conversationId: null,
    });
    expect(await auditOf(api, id)).toEqual(['conversation.created', 'conversation.deleted']);
  });

  it('wait with their removal for an engine that is away, and lose nothing (S9)', async () => {
    const { id } = await begin();
    await send(id, 'x');
    await api.fake.stop();
    await ada.delete(`/v1/conversations/${id}`);
    await delay(4_000);
    expect(await api.database.query('select 1 from conversations where id = $1', [id])).toHaveLength(1);
    await api.fake.start();
    await eventually(
      async () => (await api.database.query('select 1 from conversations where id = $1', [id])).length === 0,
    );
    expect(api.fake.messages.history(workflowId, id)).toEqual([]);
  });

  it('are nobody else’s (F10, F81, R27)', async () => {
    const { id } = await begin();
    const { assistantMessage, userMessage } = (await send(id, 'secret plan')).body;
    const requests: [string, string, object?][] = [
      ['GET', `/v1/conversations/${id}`],
      ['PATCH', `/v1/conversations/${id}`, { title: 'mine' }],
      ['DELETE', `/v1/conversations/${id}`],
      ['GET', `/v1/conversations/${id}/messages`],
      ['POST', `/v1/conversations/${id}/messages`, { content: 'x' }],
      ['PATCH', `/v1/conversations/${id}/messages/${userMessage.id}`, { content: 'x' }],
      ['PUT', `/v1/conversations/${id}/messages/${assistantMessage.id}/feedback`, { value: 'negative' }],
      ['DELETE', `/v1/conversations/${id}/messages/${assistantMessage.id}/feedback`],
      ['GET', `/v1/workflows/${workflowId}/conversations`],
      ['POST', `/v1/workflows/${workflowId}/conversations`, {}],
    ];
    for (const [method, path, body] of requests)
      expectProblem(await eve.request(method, path, { body }), 404);
    const own = await created(eve, { name: 'Echo', flowData: echo() });
    const stolen = await eve.post(`/v1/workflows/${own.id}/runs`, {
      input: 'what was said?',
      conversationId: id,
    });
    expectProblem(stolen, 404);
    expect(sessionsOf(id)).toBe(1);
    expect(await messagesOf(id)).toEqual([userMessage, assistantMessage]);
  });

  it('belong to one workflow', async () => {
    const { id } = await begin();
    const other = await created(ada, { name: 'Echo', flowData: echo() });
    expectProblem(await ada.post(`/v1/workflows/${other.id}/runs`, { input: 'x', conversationId: id }), 404);
    const run = await ada.post(`/v1/workflows/${workflowId}/runs`, { input: 'x', conversationId: id });
    expect(run.body).toMatchObject({ status: 'succeeded', conversationId: id });
    expect(await messagesOf(id)).toMatchObject([{ content: 'x' }, { runId: run.body.id }]);
    expectProblem(await ada.post(`/v1/workflows/${newId()}/conversations`, {}), 404);
  });

  it.each([
    [{}, '/content'],
    [{ content: '' }, '/content'],
    [{ content: 'x', role: 'assistant' }, '/role'],
    [{ content: 'x', mode: 'async' }, '/mode'],
  ])('refuse the message %j with a pointer', async (body, pointer) => {
    const { id } = await begin();
    const response = await ada.post(`/v1/conversations/${id}/messages`, body);
    expectProblem(response, 422);
    expect(response.body.errors[0].pointer).toBe(pointer);
    expect(await messagesOf(id)).toEqual([]);
  });
});

async function auditOf(api: EngineApp, objectId: string): Promise<string[]> {
  const rows = await api.database.query('select action from audit_events where object_id = $1 order by id', [
    objectId,
  ]);
  return rows.map(({ action }) => action as string);
}

async function eventually(isSo: () => boolean | Promise<boolean>, withinMs = 15_000): Promise<void> {
  const until = Date.now() + withinMs;
  while (!(await isSo())) {
    if (Date.now() > until) throw new Error(`not so within ${withinMs} ms: ${isSo.toString()}`);
    await delay(50);
  }
}
