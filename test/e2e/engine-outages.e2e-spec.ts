import { setTimeout as delay } from 'node:timers/promises';
import { echoFlow, modelFlow } from '@weir/testing';
import { EngineBench, eventually, failure, textOf } from '../support/engine-bench';

let bench: EngineBench;
afterEach(() => bench.app.stop());

describe('The engine, when it is away', () => {
  it('answers 503 with the time to try again, loses nothing, and goes on when the engine is back', async () => {
    bench = await EngineBench.start({ engineDown: true });
    const ada = await bench.person();
    const workflow = await bench.plant(ada, echoFlow());
    await bench.as(ada, () => bench.copies.requestCopy(ada, workflow.id, 1));
    const error = await failure(bench.run(ada, workflow));
    expect(error).toMatchObject({ code: 'engine_unavailable', status: 503, retryAfterSeconds: 5 });
    expect(error.detail).not.toContain('127.0.0.1');
    expect(await bench.copyRows()).toMatchObject([{ state: 'pending', attempts: 0 }]);

    await bench.app.fake.start();
    await eventually(async () => (await bench.copyRows())[0]?.['state'] === 'ready', 15_000);
    expect((await bench.run(ada, workflow)).text).toBe('good morning');

    await bench.app.fake.stop();
    expect(await failure(bench.run(ada, workflow))).toMatchObject({ code: 'engine_unavailable' });
    const begin = performance.now();
    expect(await failure(bench.run(ada, workflow))).toMatchObject({ code: 'engine_unavailable' });
    expect(performance.now() - begin).toBeLessThan(200);
    await bench.as(ada, () => bench.copies.requestDeletion(ada, workflow.id));
    await bench.app.fake.start();
    await eventually(async () => (await bench.copyRows()).length === 0, 15_000);
    expect(bench.app.fake.flows.all).toEqual([]);
  });

  it('simulates only when the configuration says so, and says that it does (S17)', async () => {
    bench = await EngineBench.start({ engineDown: true, env: { ENGINE_FALLBACK: 'simulated' } });
    const ada = await bench.person();
    const workflow = await bench.plant(ada, echoFlow());
    expect(await bench.run(ada, workflow)).toMatchObject({
      text: 'Simulated answer to: good morning',
      executionMode: 'simulated',
      usage: null,
    });
    await bench.app.fake.start();
    await delay(1_100);
    expect(await bench.run(ada, workflow)).toMatchObject({ text: 'good morning', executionMode: 'engine' });
  });
});

describe('An engine that is not safe (N12)', () => {
  it.each([
    ['of another version', { version: '1.7.3' }, /Langflow 1\.7\.3 is not supported/],
    ['of a pre-release', { version: '1.14.0rc1' }, /not supported/],
    ['that signs everybody in', { autoLogin: true }, /Auto-login is not off/],
    ['that runs foreign code', { customComponents: true }, /Custom components are allowed/],
    [
      'whose environment flows can read',
      { environment: new Map([['PATH', '/bin']]) },
      /environment of the engine/,
    ],
  ])('is refused with its reason: one %s', async (_, settings, reason) => {
    bench = await EngineBench.start({ engineDown: true });
    Object.assign(bench.app.fake.settings, settings);
    await bench.app.fake.start();
    const ada = await bench.person();
    const workflow = await bench.plant(ada, echoFlow());
    await delay(1_100);
    const error = await failure(bench.run(ada, workflow));
    expect(error).toMatchObject({ code: 'engine_unsafe', status: 503 });
    expect(error.detail).not.toMatch(reason);
    expect(JSON.stringify(bench.app.fake.runRequests)).not.toContain('good morning');
    const ready = await bench.app.anonymous().get('/readyz');
    expect(ready.status).toBe(503);
    expect(ready.body.checks.engine).toMatchObject({
      status: 'failing',
      detail: expect.stringMatching(reason),
    });
  });
});

describe('Without an engine (S17)', () => {
  it('answers in simulation, word by word when streamed, and says so', async () => {
    bench = await EngineBench.start({ engineDown: true, env: { ENGINE_DRIVER: 'simulated' } });
    const ada = await bench.person();
    const workflow = await bench.plant(ada, modelFlow());
    const events = await bench.stream(ada, workflow);
    expect(events[0]).toEqual({ type: 'started', executionMode: 'simulated' });
    expect(textOf(events)).toBe('Simulated answer to: good morning');
    expect(events.at(-1)).toMatchObject({
      type: 'answer',
      answer: { executionMode: 'simulated', engineMs: 0 },
    });
    await bench.as(ada, () => bench.copies.requestCopy(ada, workflow.id, 1));
    expect(await bench.as(ada, () => bench.copies.describe(ada, workflow.id))).toBeNull();
    expect((await bench.app.anonymous().get('/readyz')).body).toMatchObject({
      status: 'ok',
      checks: { engine: { status: 'ok' } },
    });
  });
});
