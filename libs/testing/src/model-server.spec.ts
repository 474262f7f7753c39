import { ModelServer } from './model-server';

const server = new ModelServer();
beforeAll(() => server.start());
afterAll(() => server.stop());

function ask(key: string | null, body: object): Promise<Response> {
  const headers = key === null ? {} : { authorization: `Bearer ${key}` };
  return fetch(`${server.openAiBaseUrl}/chat/completions`, {
    method: 'POST',
    headers,
    body: JSON.stringify(body),
  });
}

/** Untyped on purpose: these tests look at the wire as it is. */
const jsonOf = async (response: Response) => JSON.parse(await response.text());
const messages = [
  { role: 'system', content: 'be short' },
  { role: 'user', content: [{ type: 'text', text: 'hello there' }] },
];

describe('ModelServer', () => {
  it('listens where an engine in a container does not rewrite the address', () => {
    expect(server.url).toMatch(/^http:\/\/127\.0\.0\.2:\d+$/);
  });

  it('answers what was said and how many messages there were, with usage, and records what arrived', async () => {
    const answer = await (await ask('sk-1', { model: 'gpt-4o-mini', messages })).json();
    expect(answer).toMatchObject({
      choices: [{ message: { content: 'You said: hello there (2 messages)' }, finish_reason: 'stop' }],
      usage: { prompt_tokens: 4, completion_tokens: 6, total_tokens: 10 },
    });
    expect(server.requests.at(-1)).toMatchObject({
      key: 'sk-1',
      stream: false,
      messages: [{}, { role: 'user', content: 'hello there' }],
    });
  });

  it('streams the same in pieces, with usage only when it is asked for', async () => {
    const text = await (
      await ask('sk-1', { messages, stream: true, stream_options: { include_usage: true } })
    ).text();
    const chunks = text
      .split('\n\n')
      .filter((line) => line.startsWith('data: {'))
      .map((line) => JSON.parse(line.slice(6)));
    expect(chunks.map((chunk) => chunk.choices[0]?.delta.content ?? '').join('')).toBe(
      'You said: hello there (2 messages)',
    );
    expect(chunks.at(-1).usage.total_tokens).toBe(10);
    expect(text).toMatch(/data: \[DONE\]\n\n$/);
    expect(await (await ask('sk-1', { messages, stream: true })).text()).not.toContain('total_tokens');
  });

  it.each([
    ['sk-wrong-7', 401, 'Incorrect API key provided: sk-wrong-7.'],
    ['sk-limited-7', 429, 'Rate limit reached'],
    [null, 401, "You didn't provide an API key."],
  ])('refuses the key %s with %i in the words of the provider', async (key, status, message) => {
    const response = await ask(key, { messages });
    expect(response.status).toBe(status);
    expect((await jsonOf(response)).error.message).toContain(message);
  });

  it('calls the first tool when it is told to', async () => {
    const tools = [{ type: 'function', function: { name: 'search', parameters: {} } }];
    const answer = await jsonOf(
      await ask('sk-1', { messages: [{ role: 'user', content: 'please use the tool' }], tools }),
    );
    expect(answer.choices[0]).toMatchObject({
      finish_reason: 'tool_calls',
      message: { tool_calls: [{ function: { name: 'search' } }] },
    });
  });

  it('lists its model', async () => {
    const answer = await fetch(`${server.openAiBaseUrl}/models`, {
      headers: { authorization: 'Bearer sk-1' },
    });
    expect(await answer.json()).toMatchObject({ data: [{ id: 'gpt-4o-mini' }] });
  });
});
