import { decode } from 'jsonwebtoken';
import type { Actor } from '@weir/kernel';
import { echoFlow } from '@weir/testing';
import { EngineBench, eventually, failure, textOf } from '../support/engine-bench';

describe('Identities in the engine', () => {
  let bench: EngineBench;
  let ada: Actor;

  beforeAll(async () => {
    bench = await EngineBench.start();
    ada = await bench.person();
  });
  afterAll(() => bench.app.stop());
  beforeEach(() => bench.app.fake.reset());

  it('signs each person in with a token of their own that the engine verifies, and runs with a key that no table holds in clear (N1)', async () => {
    const grace = await bench.person();
    for (const actor of [ada, grace]) await bench.run(actor, await bench.plant(actor, echoFlow()));
    const bearers = bench.app.fake.requests.flatMap(({ headers }) =>
      headers.authorization === undefined ? [] : [String(headers.authorization).slice(7)],
    );
    const claims = bearers.map((token) => decode(token) as Record<string, unknown>);
    const subjects = new Set(claims.map(({ sub }) => sub));
    expect([...subjects]).toEqual(
      [ada, grace].map((actor) => `weir-${actor.organizationId}-${actor.userId}`),
    );
    for (const claim of claims) {
      expect(claim).toMatchObject({ iss: 'weir', aud: 'langflow' });
      expect(Number(claim['exp']) - Number(claim['iat'])).toBeLessThanOrEqual(300);
    }
    const apiKeys = [...bench.app.fake.identities.apiKeys.values()].map(({ key }) => key);
    const dump = await bench.dump();
    expect(apiKeys.length).toBeGreaterThanOrEqual(2);
    for (const credential of [...apiKeys, ...bearers]) expect(dump).not.toContain(credential);
    const logs = bench.app.logs.join('');
    for (const credential of [...apiKeys, ...bearers]) expect(logs).not.toContain(credential);
  });

  it('mints one key and pushes once for ten first runs at a time', async () => {
    const grace = await bench.person();
    const workflow = await bench.plant(grace, echoFlow());
    const answers = await Promise.all(Array.from({ length: 10 }, () => bench.run(grace, workflow)));
    expect(answers.map(({ text }) => text)).toEqual(Array.from({ length: 10 }, () => 'good morning'));
    const writes = bench.app.fake.requests.filter(
      ({ method, path }) => method !== 'GET' && !path.startsWith('/api/v1/run/'),
    );
    expect(writes.map(({ method, path }) => `${method} ${path.split('/').slice(0, 4).join('/')}`)).toEqual([
      'PUT /api/v1/flows',
      'POST /api/v1/api_key',
    ]);
  });

  it('replaces an API key that the engine no longer knows, once, and goes on', async () => {
    const grace = await bench.person();
    const workflow = await bench.plant(grace, echoFlow());
    await bench.run(grace, workflow);
    bench.app.fake.identities.apiKeys.clear();
    expect((await bench.run(grace, workflow)).text).toBe('good morning');
    bench.app.fake.identities.apiKeys.clear();
    expect(textOf(await bench.stream(grace, workflow)) || 'no tokens').toBe('no tokens');
    const rows = await bench.app.database.query('select version from engine_credentials where user_id = $1', [
      grace.userId,
    ]);
    expect(rows).toEqual([{ version: 3 }]);
  });

  it('gives up after one replacement when the engine rejects every key', async () => {
    const workflow = await bench.plant(ada, echoFlow());
    await bench.run(ada, workflow);
    bench.app.fake.failNext(
      { kind: 'respond', status: 403, body: { detail: 'Invalid or missing API key' } },
      { times: 2 },
    );
    const error = await failure(bench.run(ada, workflow));
    expect(error).toMatchObject({ code: 'engine_unavailable', status: 503 });
  });
});

describe('Copies in the engine', () => {
  let bench: EngineBench;
  let ada: Actor;

  beforeAll(async () => {
    bench = await EngineBench.start();
    ada = await bench.person();
  });
  afterAll(() => bench.app.stop());
  beforeEach(() => bench.app.fake.reset());

  it('pushes a workflow again that is missing in the engine (S13)', async () => {
    const workflow = await bench.plant(ada, echoFlow());
    await bench.run(ada, workflow);
    for (const { id, userId } of bench.app.fake.flows.all) bench.app.fake.flows.delete(userId, id);
    expect((await bench.run(ada, workflow)).text).toBe('good morning');
    for (const { id, userId } of bench.app.fake.flows.all) bench.app.fake.flows.delete(userId, id);
    expect((await bench.stream(ada, workflow)).at(-1)).toMatchObject({
      type: 'answer',
      answer: { text: 'good morning' },
    });
  });

  it('pushes what was recorded, in the background, and deletes it there when asked to', async () => {
    const workflow = await bench.plant(ada, echoFlow());
    await bench.as(ada, () => bench.copies.requestCopy(ada, workflow.id, 1));
    expect(await bench.as(ada, () => bench.copies.describe(ada, workflow.id))).toEqual({
      state: 'pending',
      error: null,
    });
    await eventually(
      async () => (await bench.as(ada, () => bench.copies.describe(ada, workflow.id)))?.state === 'ready',
    );
    const pushed = bench.app.fake.flows.all.find(({ id }) => id === workflow.id);
    expect(pushed).toMatchObject({
      name: `Planted · ${workflow.id.slice(-6)}`,
      accessType: 'PRIVATE',
      mcpEnabled: false,
    });

    await bench.as(ada, () => bench.copies.requestDeletion(ada, workflow.id));
    await eventually(
      async () => (await bench.as(ada, () => bench.copies.describe(ada, workflow.id))) === null,
    );
    expect(bench.app.fake.flows.all.some(({ id }) => id === workflow.id)).toBe(false);
  });

  it('shows nobody the copies of somebody else', async () => {
    const grace = await bench.person();
    const workflow = await bench.plant(ada, echoFlow());
    await bench.as(ada, () => bench.copies.requestCopy(ada, workflow.id, 1));
    expect(await bench.as(grace, () => bench.copies.describe(grace, workflow.id))).toBeNull();
    await bench.as(grace, () => bench.copies.requestDeletion(grace, workflow.id));
    expect(
      (await bench.as(ada, () => bench.copies.describeMany(ada, [workflow.id]))).get(workflow.id)?.state,
    ).not.toBe('deleting');
    await eventually(
      async () => (await bench.as(ada, () => bench.copies.describe(ada, workflow.id)))?.state === 'ready',
    );
  });

  it('names the reason when the engine refuses a workflow', async () => {
    const workflow = await bench.plant(ada, echoFlow());
    bench.app.fake.failNext(
      { kind: 'respond', status: 422, body: { detail: 'Nodes must have ids' } },
      { path: '/api/v1/flows/' },
    );
    await bench.as(ada, () => bench.copies.requestCopy(ada, workflow.id, 1));
    await eventually(
      async () => (await bench.as(ada, () => bench.copies.describe(ada, workflow.id)))?.state === 'failed',
    );
    expect((await bench.as(ada, () => bench.copies.describe(ada, workflow.id)))?.error).toBe(
      'The engine refuses to run this flow. It says: Nodes must have ids',
    );
    expect((await bench.run(ada, workflow)).text).toBe('good morning');
  });
});
