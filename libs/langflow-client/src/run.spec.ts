import { setTimeout as delay } from 'node:timers/promises';
import { newId } from '@weir/kernel';
import {
  CHAT_OUTPUT_ID,
  MODEL_ID,
  ModelServer,
  agentFlow,
  customCodeFlow,
  echoFlow,
  modelFlow,
  startEngineFixture,
} from '@weir/testing';
import type { EngineFixture } from '@weir/testing';
import type { EngineEvent } from './engine-events';
import type { EngineError } from './engine-error';
import type { LangflowClient } from './langflow-client';
import { injectSecrets } from './secret-injection';
import type { RunRequest } from './types';

const model = new ModelServer();
let engine: EngineFixture;
beforeAll(async () => {
  await model.start();
  engine = await startEngineFixture({ modelBaseUrl: model.openAiBaseUrl });
});
afterAll(async () => {
  await engine.stop();
  await model.stop();
});
beforeEach(() => {
  engine.fake.reset();
  model.requests.length = 0;
});

const keyBinding = {
  nodeId: MODEL_ID,
  field: 'api_key',
  secretName: 'OPENAI_API_KEY',
  delivery: 'reference',
} as const;

function withKey(key: string, sessionId = newId()): RunRequest {
  return {
    inputValue: 'grüß dich',
    sessionId,
    ...injectSecrets([keyBinding], new Map([['OPENAI_API_KEY', key]])),
  };
}

async function collect(events: AsyncIterable<EngineEvent>): Promise<EngineEvent[]> {
  const list: EngineEvent[] = [];
  for await (const event of events) list.push(event);
  return list;
}

async function prepare(data: ReturnType<typeof echoFlow>): Promise<{ flowId: string; apiKey: string }> {
  const flowId = newId();
  const { apiKey } = await engine.userWithFlow(`user-${flowId}`, flowId, data);
  return { flowId, apiKey };
}

describe('run', () => {
  it('answers text, outputs, usage and session', async () => {
    const { flowId, apiKey } = await prepare(modelFlow());
    const result = await engine.client.run(apiKey, flowId, withKey('sk-good-1', 'session-1'));
    expect(result).toEqual({
      text: 'You said: grüß dich (1 messages)',
      items: [
        {
          componentId: CHAT_OUTPUT_ID,
          componentName: 'Chat Output',
          text: 'You said: grüß dich (1 messages)',
          data: null,
        },
      ],
      usage: { inputTokens: 2, outputTokens: 6, totalTokens: 8 },
      sessionId: 'session-1',
    });
  });

  it('has no usage when no model ran', async () => {
    const { flowId, apiKey } = await prepare(echoFlow());
    const result = await engine.client.run(apiKey, flowId, { inputValue: 'hello', sessionId: 's' });
    expect(result).toMatchObject({ text: 'hello', usage: null });
  });

  it('brings the secret to the model and nowhere else', async () => {
    const { flowId, apiKey } = await prepare(modelFlow());
    const result = await engine.client.run(apiKey, flowId, withKey('sk-good-only-here'));
    expect(model.keysSeen).toEqual(['sk-good-only-here']);
    expect(JSON.stringify(result)).not.toContain('sk-good-only-here');
    expect(JSON.stringify(engine.fake.runRequests[0]?.body)).not.toContain('sk-good-only-here');
  });

  it('brings a secret that no header can carry as a tweak', async () => {
    const local = await startEngineFixture();
    const flowId = newId();
    const { apiKey } = await local.userWithFlow('tweaks', flowId, modelFlow());
    const request = withKey('sk-good-with\nline break');
    expect(request.headers).toEqual({});
    expect((await local.client.run(apiKey, flowId, request)).text).toBe('[model] grüß dich');
    await local.stop();
  });

  it('gives agents the memory of their session, and of no other session or flow (F81)', async () => {
    const first = await prepare(agentFlow());
    const second = await prepare(agentFlow());
    const secrets = injectSecrets(
      [{ ...keyBinding, nodeId: 'any' }],
      new Map([['OPENAI_API_KEY', 'sk-good']]),
    );
    const say = (flow: typeof first, sessionId: string) =>
      engine.client.run(flow.apiKey, flow.flowId, { inputValue: 'hi', sessionId, ...secrets });
    expect((await say(first, 'one')).text).toContain('(1 messages)');
    expect((await say(first, 'one')).text).toContain('(3 messages)');
    expect((await say(first, 'two')).text).toContain('(1 messages)');
    expect((await say(second, 'one')).text).toContain('(1 messages)');
  });

  it.each([
    [
      'a wrong key',
      modelFlow(),
      withKey('sk-wrong-1'),
      { kind: 'provider_rejected_key', component: 'Language Model' },
    ],
    [
      'a limited key',
      modelFlow(),
      withKey('sk-limited-1'),
      { kind: 'provider_rate_limited', component: 'Language Model' },
    ],
    [
      'no key',
      modelFlow(),
      { inputValue: 'x', sessionId: 's' },
      { kind: 'secret_missing', component: 'Language Model', secretName: 'OPENAI_API_KEY' },
    ],
    [
      'a blank key field',
      modelFlow({ secretName: null }),
      withKey('sk-good'),
      { kind: 'secret_missing', secretName: 'OPENAI_API_KEY' },
    ],
    [
      'custom code',
      customCodeFlow(),
      { inputValue: 'x', sessionId: 's' },
      { kind: 'flow_refused', component: null },
    ],
  ])('fails alike at once and streamed with %s', async (_, data, request, expected) => {
    const { flowId, apiKey } = await prepare(data);
    await expect(engine.client.run(apiKey, flowId, request)).rejects.toMatchObject({
      retrySafe: false,
      ...expected,
    });
    const events = await collect(engine.client.runStream(apiKey, flowId, request));
    expect(events.at(-1)).toMatchObject({ type: 'error', error: { retrySafe: false, ...expected } });
  });

  it('keeps what a provider echoed out of the message and out of JSON of the error (S12)', async () => {
    const { flowId, apiKey } = await prepare(modelFlow());
    const error: EngineError = await engine.client.run(apiKey, flowId, withKey('sk-wrong-echo')).then(
      () => Promise.reject(new Error('must fail')),
      (reason: EngineError) => reason,
    );
    expect(error.providerMessage).toContain('sk-wrong-echo');
    expect(`${error.message} ${JSON.stringify(error)} ${String(error)}`).not.toContain('sk-wrong-echo');
  });

  it('refuses a tweak of code as the engine does', async () => {
    const { flowId, apiKey } = await prepare(echoFlow());
    const request = { inputValue: 'x', sessionId: 's', tweaks: { [CHAT_OUTPUT_ID]: { code: 'import os' } } };
    await expect(engine.client.run(apiKey, flowId, request)).rejects.toMatchObject({
      kind: 'flow_refused',
      status: 422,
    });
    const events = await collect(engine.client.runStream(apiKey, flowId, request));
    expect(events).toMatchObject([{ type: 'error', error: { kind: 'flow_refused', status: 422 } }]);
  });
});

describe('runStream', () => {
  it('gives both messages, every piece of the answer and the result, in order', async () => {
    const { flowId, apiKey } = await prepare(modelFlow());
    const events = await collect(engine.client.runStream(apiKey, flowId, withKey('sk-good-1', 'session-2')));
    expect(events.map(({ type }) => type)).toEqual([
      'message',
      'message',
      ...Array.from({ length: 6 }, () => 'token'),
      'message',
      'end',
    ]);
    expect(events[0]).toMatchObject({ sender: 'user', text: 'grüß dich', complete: true });
    expect(events[1]).toMatchObject({ sender: 'assistant', text: '', complete: false });
    const text = events.map((event) => (event.type === 'token' ? event.text : '')).join('');
    expect(text).toBe('You said: grüß dich (1 messages)');
    expect(events.at(-2)).toMatchObject({
      text,
      complete: true,
      usage: { inputTokens: 2, outputTokens: 6, totalTokens: 8 },
    });
    expect(events.at(-1)).toMatchObject({ type: 'end', result: { text, sessionId: 'session-2' } });
  });

  it('tells an engine that refuses by an error event: unknown flow, unknown key', async () => {
    const { flowId, apiKey } = await prepare(echoFlow());
    const request = { inputValue: 'x', sessionId: 's' };
    expect(await collect(engine.client.runStream(apiKey, newId(), request))).toMatchObject([
      { type: 'error', error: { kind: 'flow_not_found' } },
    ]);
    expect(await collect(engine.client.runStream('sk-unknown', flowId, request))).toMatchObject([
      { type: 'error', error: { kind: 'credential_rejected', status: 403 } },
    ]);
  });

  it('keeps the connection when the reader leaves behind the last event', async () => {
    const { flowId, apiKey } = await prepare(echoFlow());
    const lastEvent = async (): Promise<string | undefined> => {
      for await (const event of engine.client.runStream(apiKey, flowId, {
        inputValue: 'x',
        sessionId: 's',
      })) {
        if (event.type === 'end') return event.type;
      }
      return undefined;
    };
    await lastEvent();
    const before = engine.fake.acceptedConnections;
    for (let index = 0; index < 10; index += 1) {
      await delay(10);
      expect(await lastEvent()).toBe('end');
    }
    expect(engine.fake.acceptedConnections).toBe(before);
  });

  it('closes the connection when the reader stops reading', async () => {
    const { flowId, apiKey } = await prepare(modelFlow());
    engine.fake.settings.delayPerChunkMs = 50;
    for await (const event of engine.client.runStream(apiKey, flowId, withKey('sk-good'))) {
      if (event.type === 'token') break;
    }
    engine.fake.settings.delayPerChunkMs = 0;
    await waitUntil(() => engine.fake.abortedRuns > 0);
    expect(engine.fake.abortedRuns).toBe(1);
  });
});

describe('abort', () => {
  const request = { inputValue: 'x', sessionId: 's' };
  const ways: readonly (readonly [
    string,
    (...call: Parameters<LangflowClient['run']>) => Promise<unknown>,
  ])[] = [
    ['run', (...call) => engine.client.run(...call).catch((error: unknown) => error)],
    ['runStream', async (...call) => firstError(await collect(engine.client.runStream(...call)))],
  ];

  it.each(ways)('%s: ends the request at the engine at once (F64)', async (_, call) => {
    const { flowId, apiKey } = await prepare(modelFlow());
    engine.fake.failNext({ kind: 'hang' });
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 50);
    const started = Date.now();
    const error = await call(apiKey, flowId, request, { signal: controller.signal });
    expect(error).toMatchObject({ kind: 'aborted', retrySafe: false });
    expect(Date.now() - started).toBeLessThan(1_000);
  });

  it('sends nothing when the signal was aborted before', async () => {
    const { flowId, apiKey } = await prepare(echoFlow());
    const run = engine.client.run(
      apiKey,
      flowId,
      { inputValue: 'x', sessionId: 's' },
      { signal: AbortSignal.abort() },
    );
    await expect(run).rejects.toMatchObject({ kind: 'aborted' });
    expect(engine.fake.runRequests).toHaveLength(0);
  });
});

function firstError(events: readonly EngineEvent[]): EngineError | undefined {
  return events.flatMap((event) => (event.type === 'error' ? [event.error] : []))[0];
}

async function waitUntil(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 2_000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error('The condition did not come true within 2 s.');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
