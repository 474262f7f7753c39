import { setTimeout as delay } from 'node:timers/promises';
import { newId, type Actor } from '@weir/kernel';
import {
  agentFlow,
  CHAT_INPUT_ID,
  customCodeFlow,
  echoFlow,
  MODEL_ID,
  ModelServer,
  modelFlow,
} from '@weir/testing';
import { EngineBench, eventually, failure, textOf } from '../support/engine-bench';

describe('Runs on the engine', () => {
  const model = new ModelServer();
  let bench: EngineBench;
  let ada: Actor;

  beforeAll(async () => {
    await model.start();
    bench = await EngineBench.start({ engine: { modelBaseUrl: model.openAiBaseUrl } });
    ada = await bench.person();
  });
  afterAll(async () => {
    await bench.app.stop();
    await model.stop();
  });
  beforeEach(() => bench.app.fake.reset());

  it('runs a workflow that it had to push first, and counts its time (F59)', async () => {
    const workflow = await bench.plant(ada, modelFlow());
    const answer = await bench.run(ada, workflow, {
      secretValues: new Map([['OPENAI_API_KEY', 'sk-good-1']]),
    });
    expect(answer).toMatchObject({
      text: 'You said: good morning (1 messages)',
      usage: { inputTokens: 2, outputTokens: 6, totalTokens: 8 },
      executionMode: 'engine',
    });
    expect(answer.engineMs).toBeGreaterThan(0);
    expect(model.keysSeen).toContain('sk-good-1');
    expect(
      await bench.app.database.query(
        'select state, version_number from engine_flows where workflow_id = $1',
        [workflow.id],
      ),
    ).toEqual([{ state: 'ready', version_number: 1 }]);
  });

  it('streams the answer in pieces, with the mode first and the whole answer last (F62)', async () => {
    const workflow = await bench.plant(ada, modelFlow());
    const events = await bench.stream(ada, workflow, {
      secretValues: new Map([['OPENAI_API_KEY', 'sk-good-1']]),
    });
    expect(events[0]).toEqual({ type: 'started', executionMode: 'engine' });
    expect(textOf(events)).toBe('You said: good morning (1 messages)');
    expect(events.filter(({ type }) => type === 'token').length).toBeGreaterThan(2);
    expect(events.at(-1)).toMatchObject({
      type: 'answer',
      answer: { text: 'You said: good morning (1 messages)', executionMode: 'engine' },
    });
  });

  it('never gives two people one flow in the engine, nor one memory under the same session id (F81)', async () => {
    const grace = await bench.person();
    const secretValues = new Map([['OPENAI_API_KEY', 'sk-good-1']]);
    const sessionId = newId();
    const [ofAda, ofGrace] = [await bench.plant(ada, agentFlow()), await bench.plant(grace, agentFlow())];
    await bench.run(ada, ofAda, { secretValues, sessionId });
    expect((await bench.run(ada, ofAda, { secretValues, sessionId })).text).toContain('(3 messages)');
    expect((await bench.run(grace, ofGrace, { secretValues, sessionId })).text).toContain('(1 messages)');
  });

  it('removes a chat from the memory of the engine', async () => {
    const workflow = await bench.plant(ada, agentFlow());
    const secretValues = new Map([['OPENAI_API_KEY', 'sk-good-1']]);
    const sessionId = newId();
    await bench.run(ada, workflow, { secretValues, sessionId });
    await bench.as(ada, () => bench.engine.deleteSession(ada, workflow.id, sessionId));
    expect((await bench.run(ada, workflow, { secretValues, sessionId })).text).toContain('(1 messages)');
  });

  describe('keeps secrets out of what comes back (F86)', () => {
    it('in the error of a provider that echoes the key, at once and streamed (S12)', async () => {
      const workflow = await bench.plant(ada, modelFlow());
      const secretValues = new Map([['OPENAI_API_KEY', 'sk-wrong-echoed-key-4711']]);
      for (const work of [
        () => bench.run(ada, workflow, { secretValues }),
        () => bench.stream(ada, workflow, { secretValues }),
      ]) {
        const error = await failure(work());
        expect(error).toMatchObject({
          code: 'provider_rejected_key',
          status: 502,
          extensions: { secretNames: ['OPENAI_API_KEY'], component: 'Language Model' },
        });
        expect(error.detail).toContain("'OPENAI_API_KEY'");
        expect(error.extensions?.['message']).toContain('***');
        expect(JSON.stringify([error.detail, error.extensions])).not.toContain('sk-wrong-echoed-key-4711');
      }
    });

    it('in answers and pieces of answers, also when the secret is cut in two', async () => {
      const workflow = await bench.plant(ada, modelFlow());
      const secretValues = new Map([
        ['OPENAI_API_KEY', 'sk-good-1'],
        ['PASSPHRASE', 'correct horse battery staple'],
      ]);
      const input = 'it is correct horse battery staple, or sk-good-1';
      const answer = await bench.run(ada, workflow, { secretValues, input });
      expect(answer.text).toBe('You said: it is ***, or *** (1 messages)');
      const events = await bench.stream(ada, workflow, { secretValues, input });
      expect(textOf(events)).toBe('You said: it is ***, or *** (1 messages)');
      expect(JSON.stringify([answer, events])).not.toMatch(/horse|sk-good-1/);
    });
  });

  it('keeps the words of the provider from people who may only run (F77)', async () => {
    const workflow = await bench.plant(ada, modelFlow());
    const operator: Actor = { ...ada, role: 'operator' };
    const error = await failure(
      bench.run(operator, workflow, { secretValues: new Map([['OPENAI_API_KEY', 'sk-wrong-1']]) }),
    );
    expect(error.extensions).toEqual({ secretNames: ['OPENAI_API_KEY'], component: 'Language Model' });
  });

  it.each([
    ['a provider that limits', modelFlow(), 'sk-limited-1', { code: 'provider_rate_limited', status: 502 }],
    ['a secret that is missing', modelFlow(), null, { code: 'secrets_missing', status: 422 }],
    ['code of its own', customCodeFlow(), null, { code: 'flow_refused', status: 422 }],
  ])('explains %s', async (_, data, key, expected) => {
    const workflow = await bench.plant(ada, data);
    const secretValues = new Map(key === null ? [] : [['OPENAI_API_KEY', key] as const]);
    expect(await failure(bench.run(ada, workflow, { secretValues }))).toMatchObject(expected);
  });

  it.each([
    [
      'an answer that is no answer',
      { kind: 'respond', status: 200, body: 'hello' } as const,
      { code: 'engine_protocol', status: 502 },
    ],
    ['wrong types', { kind: 'wrong_types' } as const, { code: 'engine_protocol', status: 502 }],
    ['silence until the deadline', { kind: 'hang' } as const, { code: 'engine_timeout', status: 504 }],
    ['a connection that breaks', { kind: 'reset' } as const, { code: 'engine_unavailable', status: 503 }],
  ])('contains %s (R59)', async (_, fault, expected) => {
    const workflow = await bench.plant(ada, echoFlow());
    await bench.run(ada, workflow);
    bench.app.fake.failNext(fault);
    expect(await failure(bench.run(ada, workflow, { timeoutMs: 500 }))).toMatchObject(expected);
    await delay(1_100);
    expect((await bench.run(ada, workflow)).text).toBe('good morning');
  });

  it('stops in the engine when the run is aborted (F64)', async () => {
    const workflow = await bench.plant(ada, modelFlow());
    const controller = new AbortController();
    bench.app.fake.settings.delayPerChunkMs = 200;
    const running = bench.stream(ada, workflow, {
      secretValues: new Map([['OPENAI_API_KEY', 'sk-good-1']]),
      signal: controller.signal,
    });
    setTimeout(() => controller.abort(), 300);
    expect(await failure(running)).toMatchObject({ code: 'run_aborted' });
    bench.app.fake.settings.delayPerChunkMs = 0;
    await eventually(() => bench.app.fake.abortedRuns === 1, 2_000);
  });

  it('lets a run change plain fields and nothing that holds a secret or code (R57)', async () => {
    const workflow = await bench.plant(ada, modelFlow());
    const secretValues = new Map([['OPENAI_API_KEY', 'sk-good-1']]);
    const answer = await bench.run(ada, workflow, {
      secretValues,
      tweaks: { [MODEL_ID]: { system_message: 'be brief' } },
    });
    expect(answer.text).toBe('You said: good morning (2 messages)');
    bench.app.fake.reset();
    const tweaks = {
      [MODEL_ID]: {
        api_key: 'sk-mine',
        code: 'import os',
        input_value: { load_from_db: true, value: 'OPENAI_API_KEY' },
      },
      nowhere: { a: 1 },
    };
    const error = await failure(bench.run(ada, workflow, { secretValues, tweaks }));
    expect(error).toMatchObject({ code: 'tweak_refused', status: 422 });
    expect(error.errors?.map(({ pointer }) => pointer)).toEqual([
      `/tweaks/${MODEL_ID}/api_key`,
      `/tweaks/${MODEL_ID}/code`,
      `/tweaks/${MODEL_ID}/input_value`,
      '/tweaks/nowhere',
    ]);
    expect(bench.app.fake.runRequests).toEqual([]);
  });

  it('brings a secret that no header can carry to its field', async () => {
    const workflow = await bench.plant(ada, modelFlow());
    await bench
      .run(ada, workflow, {
        secretValues: new Map([['OPENAI_API_KEY', 'sk-good-späť']]),
        tweaks: { [CHAT_INPUT_ID]: {} },
      })
      .catch(() => undefined);
    const body = bench.app.fake.runRequests.at(-1)?.body as { tweaks: unknown };
    expect(body.tweaks).toEqual({ [CHAT_INPUT_ID]: {}, [MODEL_ID]: { api_key: 'sk-good-späť' } });
  });
});
