import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SystemClock, newId } from '@weir/kernel';
import { createEngineTokenIssuer } from '@weir/langflow-client';
import { generateEngineKeys } from './engine-keys';
import { FakeLangflow } from './fake-langflow';
import { startEngineFixture } from './fake-langflow-fixture';
import type { EngineFixture } from './fake-langflow-fixture';
import { MODEL_ID, echoFlow, modelFlow } from './fake-langflow-flows';
import { ModelServer } from './model-server';

const flowId = newId();
let engine: EngineFixture;
let apiKey: string;
beforeAll(async () => {
  engine = await startEngineFixture();
  ({ apiKey } = await engine.userWithFlow('raw', flowId, modelFlow()));
});
afterAll(() => engine.stop());

/** Without our client: what is compared here is the wire. */
function post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(engine.fake.url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
}
const run = (body: unknown, headers: Record<string, string> = {}, query = ''): Promise<Response> =>
  post(`/api/v1/run/${flowId}${query}`, body, { 'x-api-key': apiKey, ...headers });
/** Untyped on purpose: these tests look at the wire as it is. */
const jsonOf = async (response: Response) => JSON.parse(await response.text());
const key = { 'X-Langflow-Global-Var-openai_api_key': 'sk-good' };

describe('the wire of the fake is that of Langflow 1.13', () => {
  it('streams bare objects separated by blank lines, although it says event-stream', async () => {
    const response = await run({ input_value: 'hi', session_id: 's' }, key, '?stream=true');
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    const events = (await response.text())
      .split('\n\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line));
    expect(events.map(({ event }) => event)).toEqual([
      'add_message',
      'add_message',
      'token',
      'token',
      'token',
      'add_message',
      'end',
    ]);
    expect(events[2].data.chunk).toBe('');
    expect(events[5].data.properties.usage).toEqual({ input_tokens: 1, output_tokens: 2, total_tokens: 3 });
    expect(events[6].data.result.outputs[0].outputs[0].results.message.text).toBe('[model] hi');
  });

  it('wraps the failure of a component into JSON in JSON, and tells it twice in a stream', async () => {
    const message =
      'Error running graph: Error building Component Language Model: \n\nOPENAI_API_KEY variable not found.';
    const response = await run({ input_value: 'hi', session_id: 's' });
    expect(response.status).toBe(500);
    expect(JSON.parse((await jsonOf(response)).detail)).toMatchObject({ message, traceback: null });
    const lines = (await (await run({ input_value: 'hi', session_id: 's' }, {}, '?stream=true')).text())
      .trim()
      .split('\n\n');
    const errors = lines.map((line) => JSON.parse(line)).filter(({ event }) => event === 'error');
    expect(errors[0].data).toMatchObject({
      category: 'error',
      properties: { source: { display_name: 'Language Model' } },
    });
    expect(errors[1].data.error).toMatch(/^500: \{"message":"Error running graph/);
  });

  it('upper-cases the names of header variables', async () => {
    expect((await run({ input_value: 'hi', session_id: 's' }, key)).status).toBe(200);
  });

  it('takes a body with a wrong type anywhere for an empty one: the session becomes the flow id', async () => {
    const response = await run({ input_value: 'hi', session_id: 7 }, key);
    expect((await jsonOf(response)).session_id).toBe(flowId);
  });

  it('takes a tweak that looks like a name for a name, and repeats it in the error', async () => {
    const tweaks = { [MODEL_ID]: { api_key: 'LOOKS_LIKE_A_NAME' } };
    const response = await run({ input_value: 'hi', session_id: 's', tweaks });
    expect(JSON.parse((await jsonOf(response)).detail).message).toContain(
      "The variable 'LOOKS_LIKE_A_NAME' referenced by",
    );
  });

  it.each([
    ['no credential', {}, 403, 'An API key must be passed as query or header'],
    ['a token', { authorization: 'Bearer x.y.z' }, 403, 'An API key must be passed as query or header'],
    ['an unknown key', { 'x-api-key': 'sk-x' }, 403, 'Invalid or missing API key'],
  ])('refuses a run with %s', async (_, headers, status, detail) => {
    const response = await post(`/api/v1/run/${flowId}`, {}, headers);
    expect(response.status).toBe(status);
    expect(await jsonOf(response)).toEqual({ detail });
  });

  it('answers management without a credential 403, unknown routes 404', async () => {
    expect((await fetch(`${engine.fake.url}/api/v1/users/whoami`)).status).toBe(403);
    const unknown = await fetch(`${engine.fake.url}/api/v1/nope`, { headers: { 'x-api-key': apiKey } });
    expect([unknown.status, await unknown.json()]).toEqual([404, { detail: 'Not Found' }]);
  });

  it('keeps what a PATCH leaves out, and refuses a stale If-Match', async () => {
    const url = `${engine.fake.url}/api/v1/flows/${flowId}`;
    const headers = { authorization: `Bearer ${engine.tokenOf('raw')}`, 'content-type': 'application/json' };
    const before = await jsonOf(await fetch(url, { headers }));
    const patch = (version: string): Promise<Response> =>
      fetch(url, {
        method: 'PATCH',
        headers: { ...headers, 'if-match': version },
        body: '{"description":"new"}',
      });
    expect(await (await patch(before.version_token)).json()).toMatchObject({
      name: before.name,
      description: 'new',
      data: before.data,
    });
    expect((await patch(before.version_token)).status).toBe(409);
  });
});

describe('a client that goes away', () => {
  const waitFor = async (condition: () => boolean): Promise<void> => {
    for (let tries = 0; tries < 200 && !condition(); tries++)
      await new Promise((resolve) => setTimeout(resolve, 10));
  };

  it('stops a streamed run, but not one that is not streamed', async () => {
    const model = new ModelServer({ delayMs: 200 });
    const other = await startEngineFixture({ modelBaseUrl: await model.start().then((url) => `${url}/v1`) });
    const own = await other.userWithFlow('leaving', flowId, modelFlow());
    const headers = { 'X-LANGFLOW-GLOBAL-VAR-OPENAI_API_KEY': 'sk-good' };
    const options = { totalMs: 100 };
    const answersIn = (sessionId: string): number =>
      other.fake.messages.history(flowId, sessionId).filter(({ sender }) => sender === 'Machine').length;

    const plain = other.client.run(
      own.apiKey,
      flowId,
      { inputValue: 'x', sessionId: 'plain', headers },
      options,
    );
    await expect(plain).rejects.toMatchObject({ kind: 'timeout' });
    const stream = other.client.runStream(
      own.apiKey,
      flowId,
      { inputValue: 'x', sessionId: 'streamed', headers },
      options,
    );
    for await (const event of stream) expect(event.type).not.toBe('end');

    await waitFor(() => other.fake.abortedRuns === 2 && answersIn('plain') === 1);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect([answersIn('plain'), answersIn('streamed')]).toEqual([1, 0]);
    await other.stop();
    await model.stop();
  });
});

describe('verification keys', () => {
  it('are fetched for a new kid and cached by kid', async () => {
    const issuerOf = (kid: string) =>
      createEngineTokenIssuer({
        privateKeyPem: generateEngineKeys().privateKeyPem,
        kid,
        issuer: 'weir',
        audience: 'langflow',
        lifetimeSeconds: 300,
        clock: new SystemClock(),
      });
    let current = issuerOf('one');
    const jwksServer = createServer((_, response) => response.end(JSON.stringify(current.jwks())));
    await new Promise<void>((resolve) => jwksServer.listen(0, '127.0.0.1', resolve));
    const { port } = jwksServer.address() as AddressInfo;
    const fake = new FakeLangflow({ jwksUrl: `http://127.0.0.1:${port}/jwks.json` });
    await fake.start();
    const statusOf = async (): Promise<number> => {
      const token = current.issue({ subject: 's', username: 'u' });
      return (
        await fetch(`${fake.url}/api/v1/users/whoami`, { headers: { authorization: `Bearer ${token}` } })
      ).status;
    };

    expect(await statusOf()).toBe(200);
    current = issuerOf('two');
    expect(await statusOf()).toBe(200);
    current = issuerOf('two');
    expect(await statusOf()).toBe(401);

    await fake.stop();
    await new Promise((resolve) => jwksServer.close(resolve));
  });
});

describe('stop', () => {
  it('ends connections that hang', async () => {
    const other = await startEngineFixture();
    const own = await other.userWithFlow('hanging', flowId, echoFlow());
    other.fake.failNext({ kind: 'hang' });
    const running = other.client.run(own.apiKey, flowId, { inputValue: 'x', sessionId: 's' });
    const failed = running.catch((error: unknown) => error);
    await new Promise((resolve) => setTimeout(resolve, 50));
    await other.fake.stop();
    expect(await failed).toMatchObject({ kind: 'unreachable', retrySafe: false });
    await other.client.close();
  });
});
