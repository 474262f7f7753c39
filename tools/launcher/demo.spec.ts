import { createServer, type Server } from 'node:http';
import { curlLines } from './demo-curl.mts';
import { runDemo } from './demo.mts';
import { Progress } from './progress.mts';

type Answers = Record<string, (body: string) => readonly [status: number, body: unknown]>;

/** An API of a few fixed answers, which notes what it was asked. */
async function serve(answers: Answers): Promise<{ server: Server; url: string; requests: string[] }> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      const key = `${request.method} ${request.url}`;
      requests.push(key);
      const [status, answer] = answers[key]?.(body) ?? [404, { title: 'Not found' }];
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return { server, url: `http://127.0.0.1:${(address as { port: number }).port}`, requests };
}

async function demo(answers: Answers): Promise<{ lines: string; requests: string[] }> {
  const { server, url, requests } = await serve(answers);
  const lines: string[] = [];
  await runDemo({
    apiUrl: url,
    password: 'demo-password',
    passwordFile: '/data/secrets/demo-password',
    progress: new Progress((line) => lines.push(line)),
    signal: new AbortController().signal,
  });
  server.close();
  return { lines: lines.join('\n'), requests };
}

const run = { output: { text: 'Hello from Weir' }, executionMode: 'langflow' };

describe('the demo', () => {
  it('registers, creates the workflow, runs it and prints the answer and the commands', async () => {
    const { lines } = await demo({
      'GET /readyz': () => [200, {}],
      'POST /v1/auth/login': () => [401, { title: 'Unauthorized' }],
      'POST /v1/auth/register': (body) => [
        JSON.parse(body).password === 'demo-password' ? 201 : 400,
        { accessToken: 't' },
      ],
      'GET /v1/workflows?q=Echo': () => [200, { data: [] }],
      'GET /v1/projects': () => [200, { data: [{ id: 'p1' }] }],
      'POST /v1/projects/p1/workflows': (body) => [
        JSON.parse(body).starter === 'echo' ? 201 : 400,
        { id: 'w1' },
      ],
      'POST /v1/workflows/w1/runs': () => [200, run],
    });
    expect(lines).toContain('"Hello from Weir" → "Hello from Weir" (langflow)');
    expect(lines.match(/curl -s/g)).toHaveLength(3);
    expect(lines).toContain('/v1/workflows/w1/runs');
    expect(lines).not.toContain('demo-password"');
  });

  it('uses what an earlier start made', async () => {
    const { requests } = await demo({
      'GET /readyz': () => [200, {}],
      'POST /v1/auth/login': () => [200, { accessToken: 't' }],
      'GET /v1/workflows?q=Echo': () => [200, { data: [{ id: 'w7', name: 'Echo' }] }],
      'POST /v1/workflows/w7/runs': () => [200, run],
    });
    expect(requests.at(-1)).toBe('POST /v1/workflows/w7/runs');
    expect(
      requests.filter((request) => request.includes('register') || request.includes('projects')),
    ).toEqual([]);
  });

  it('says why it did not succeed, in the words of the API', async () => {
    const { lines } = await demo({
      'GET /readyz': () => [200, {}],
      'POST /v1/auth/login': () => [401, {}],
      'POST /v1/auth/register': () => [403, { title: 'Sign-up is closed', detail: 'Ask an administrator.' }],
    });
    expect(lines).toContain(
      'did not succeed: POST /v1/auth/register answered 403: Sign-up is closed: Ask an administrator.',
    );
  });
});

describe('curlLines', () => {
  it('reads the password from its file instead of showing it', () => {
    const text = curlLines({
      apiUrl: 'http://127.0.0.1:3000',
      email: 'demo@weir.example',
      passwordFile: '/data/secrets/demo-password',
      workflowId: 'w1',
      input: "It's me",
    });
    expect(text).toContain("$(cat '/data/secrets/demo-password')");
    expect(text).toContain(String.raw`-d '{"input":"It'\''s me","mode":"sync"}'`);
  });
});
