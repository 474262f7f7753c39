import { setTimeout as delay } from 'node:timers/promises';
import type { Progress } from './progress.mts';
import { curlLines } from './demo-curl.mts';
import { HttpError, JsonClient, textAt } from './json-client.mts';

export interface DemoOptions {
  readonly apiUrl: string;
  readonly password: string;
  readonly passwordFile: string;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

const EMAIL = 'demo@weir.example';
const WORKFLOW = 'Echo';
const INPUT = 'Hello from Weir';

/**
 * Shows that everything works together, as a client would: signs in (up, at the first start), takes the workflow `Echo`,
 * which needs no model, runs it and prints the answer and the commands that do the same.
 */
export async function runDemo(options: DemoOptions): Promise<void> {
  const { apiUrl, progress, signal } = options;
  const client = new JsonClient(apiUrl, signal);
  await waitUntilReady(client, signal);
  progress.step('demo', 'everything is ready; running a workflow through the API');
  try {
    await signIn(client, options.password);
    const workflowId = await findOrCreateWorkflow(client);
    const run = await client.post(`/v1/workflows/${workflowId}/runs`, { input: INPUT, mode: 'sync' });
    progress.step(
      'demo',
      `"${INPUT}" → "${textAt(run, 'output', 'text')}" (${textAt(run, 'executionMode')})`,
    );
    progress.plain(
      curlLines({ apiUrl, email: EMAIL, passwordFile: options.passwordFile, workflowId, input: INPUT }),
    );
  } catch (error) {
    if (signal.aborted) return;
    progress.step('demo', `did not succeed: ${error instanceof Error ? error.message : String(error)}`);
  }
}

async function waitUntilReady(client: JsonClient, signal: AbortSignal): Promise<void> {
  for (;;) {
    try {
      await client.get('/readyz');
      return;
    } catch {
      await delay(500, undefined, { signal });
    }
  }
}

async function signIn(client: JsonClient, password: string): Promise<void> {
  const session = await client.post('/v1/auth/login', { email: EMAIL, password }).catch((error: unknown) => {
    if (!(error instanceof HttpError) || error.status !== 401) throw error;
    return client.post('/v1/auth/register', { email: EMAIL, password, name: 'Demo' });
  });
  client.token = textAt(session, 'accessToken');
}

async function findOrCreateWorkflow(client: JsonClient): Promise<string> {
  const found = await client.get(`/v1/workflows?q=${WORKFLOW}`);
  const existing = listAt(found).find((workflow) => textAt(workflow, 'name') === WORKFLOW);
  if (existing !== undefined) return textAt(existing, 'id');
  const projects = await client.get('/v1/projects');
  const project = listAt(projects)[0];
  if (project === undefined) throw new Error('the demo user has no project');
  const path = `/v1/projects/${textAt(project, 'id')}/workflows`;
  return textAt(await client.post(path, { name: WORKFLOW, starter: 'echo' }), 'id');
}

function listAt(body: unknown): readonly unknown[] {
  if (typeof body !== 'object' || body === null || !('data' in body) || !Array.isArray(body.data)) {
    throw new Error('the API answered without a list');
  }
  return body.data;
}
