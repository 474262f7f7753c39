import { newId } from '@weir/kernel';
import { echoFlow, modelFlow, startEngineFixture } from '@weir/testing';
import type { EngineFixture, FakeFault } from '@weir/testing';
import type { EngineEvent } from './engine-events';
import type { LangflowClient } from './langflow-client';

const flowId = newId();
const request = { inputValue: 'hi', sessionId: 's' };
let engine: EngineFixture;
let apiKey: string;
let impatient: LangflowClient;

beforeAll(async () => {
  engine = await startEngineFixture();
  ({ apiKey } = await engine.userWithFlow('faults', flowId, echoFlow()));
  const timeouts = { connectMs: 200, firstByteMs: 200, idleMs: 200, totalMs: 1_800 };
  impatient = engine.clientWith({ timeouts, maxResponseBytes: 100_000, maxEventBytes: 50_000 });
});
afterAll(() => engine.stop());
beforeEach(() => engine.fake.reset());

async function lastEvent(client: LangflowClient): Promise<EngineEvent | undefined> {
  let last: EngineEvent | undefined;
  for await (const event of client.runStream(apiKey, flowId, request)) last = event;
  return last;
}

describe('an engine that misbehaves is contained (R59)', () => {
  const cases: readonly (readonly [string, FakeFault, object, object])[] = [
    ['hangs', { kind: 'hang' }, { kind: 'timeout' }, { kind: 'timeout', timeoutPhase: 'first_byte' }],
    ['closes before answering', { kind: 'reset' }, { kind: 'unreachable' }, { kind: 'unreachable' }],
    [
      'closes in the middle',
      { kind: 'reset', after: 'first_byte' },
      { kind: 'unreachable' },
      { kind: 'unreachable' },
    ],
    [
      'drips',
      { kind: 'drip', intervalMs: 20 },
      { kind: 'timeout', timeoutPhase: 'total' },
      { kind: 'timeout', timeoutPhase: 'total' },
    ],
    ['sends wrong types', { kind: 'wrong_types' }, { kind: 'protocol' }, { kind: 'protocol' }],
    [
      'never stops sending',
      { kind: 'huge', bytes: 50_000_000 },
      { kind: 'too_large' },
      { kind: 'too_large' },
    ],
    [
      'answers with a web page',
      { kind: 'respond', status: 200, body: '<html></html>', contentType: 'text/html' },
      { kind: 'protocol', status: 200 },
      { kind: 'protocol' },
    ],
    [
      'is lost behind a proxy',
      { kind: 'respond', status: 502, body: 'bad gateway' },
      { kind: 'unreachable', status: 502 },
      { kind: 'unreachable', status: 502 },
    ],
  ];

  it.each(cases)('%s', async (_, fault, expected, expectedStreamed) => {
    engine.fake.failNext(fault, { times: 2 });
    const started = Date.now();
    await expect(impatient.run(apiKey, flowId, request)).rejects.toMatchObject({
      retrySafe: false,
      ...expected,
    });
    expect(await lastEvent(impatient)).toMatchObject({
      type: 'error',
      error: { retrySafe: false, ...expectedStreamed },
    });
    expect(Date.now() - started).toBeLessThan(8_000);
    // Nothing was sent twice on its own.
    expect(engine.fake.runRequests).toHaveLength(2);
  });

  it('is usable again afterwards', async () => {
    engine.fake.failNext({ kind: 'reset' });
    await expect(engine.client.run(apiKey, flowId, request)).rejects.toMatchObject({ kind: 'unreachable' });
    expect((await engine.client.run(apiKey, flowId, request)).text).toBe('hi');
  });

  it('delivers what came before the connection broke', async () => {
    engine.fake.failNext({ kind: 'reset', after: 'first_byte' });
    const events: EngineEvent[] = [];
    for await (const event of engine.client.runStream(apiKey, flowId, request)) events.push(event);
    expect(events).toMatchObject([
      { type: 'token', text: 'half ' },
      { type: 'error', error: { kind: 'unreachable' } },
    ]);
  });
});

describe('a failure is safe to retry only when nothing can have run', () => {
  it('because nothing listens', async () => {
    const nowhere = engine.clientWith({ baseUrl: 'http://127.0.0.1:9' });
    await expect(nowhere.run(apiKey, flowId, request)).rejects.toMatchObject({
      kind: 'unreachable',
      retrySafe: true,
    });
    expect(await lastEvent(nowhere)).toMatchObject({
      type: 'error',
      error: { kind: 'unreachable', retrySafe: true },
    });
  });

  it('because the name does not resolve', async () => {
    const nowhere = engine.clientWith({ baseUrl: 'http://engine.invalid' });
    await expect(nowhere.run(apiKey, flowId, request)).rejects.toMatchObject({
      kind: 'unreachable',
      retrySafe: true,
    });
  });

  it('because the engine turned it away with 503', async () => {
    engine.fake.failNext({ kind: 'respond', status: 503, body: { detail: 'starting' } });
    await expect(engine.client.run(apiKey, flowId, request)).rejects.toMatchObject({
      kind: 'unreachable',
      retrySafe: true,
    });
  });
});

describe('a deadline of the call', () => {
  it('shortens the total time of one run', async () => {
    engine.fake.failNext({ kind: 'hang' });
    const started = Date.now();
    const run = engine.client.run(apiKey, flowId, request, { totalMs: 150 });
    await expect(run).rejects.toMatchObject({ kind: 'timeout' });
    expect(Date.now() - started).toBeLessThan(2_000);
  });

  it('lets a run that is not streamed think longer than the first-byte bound', async () => {
    const local = await startEngineFixture();
    const own = await local.userWithFlow('slow', flowId, modelFlow());
    const client = local.clientWith({
      timeouts: { connectMs: 200, firstByteMs: 100, idleMs: 1_000, totalMs: 3_000 },
    });
    local.fake.failNext({ kind: 'delay', ms: 400 });
    const headers = { 'X-LANGFLOW-GLOBAL-VAR-OPENAI_API_KEY': 'sk-good' };
    expect((await client.run(own.apiKey, flowId, { ...request, headers })).text).toBe('[model] hi');
    await local.stop();
  });
});
