// npm run bench: what Weir costs, as ratios and differences against a floor measured in the same run, in turns.
// Prints a Markdown table; docs/performance.md holds the last one that was measured on purpose.
import { readFileSync } from 'node:fs';
import pg from 'pg';
import { atRate, flatOut, median, summarize, type Latencies, type Target } from './load.mts';
import { setStage, type Stage } from './stage.mts';

const ROUNDS = 3;
const RATE = 50;
const SECONDS = 8;
const MEMORY_REQUESTS = 100_000;

interface Row {
  readonly what: string;
  readonly measured: string;
  readonly bar: string;
  readonly met: boolean;
}

interface Account {
  readonly token: string;
  readonly organizationId: string;
  readonly userId: string;
  readonly workflowId: string;
}

async function call(stage: Stage, method: string, path: string, body: unknown, token?: string): Promise<any> {
  const response = await fetch(stage.api + path, {
    method,
    headers: {
      'content-type': 'application/json',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  return response.json();
}

async function makeAccount(stage: Stage): Promise<Account> {
  const account = { email: 'bench@example.com', password: 'a quiet river at dusk', name: 'Bench' };
  const login = await call(stage, 'POST', '/v1/auth/register', account);
  const token: string = login.accessToken;
  let projectId = '';
  for (let index = 0; index < 20; index += 1) {
    const project = await call(stage, 'POST', '/v1/projects', { name: `Project ${index}` }, token);
    projectId = project.id;
  }
  const workflow = await call(
    stage,
    'POST',
    `/v1/projects/${projectId}/workflows`,
    { name: 'Echo', starter: 'echo' },
    token,
  );
  await call(stage, 'POST', `/v1/workflows/${workflow.id}/runs`, { input: 'warm up', mode: 'sync' }, token);
  return { token, organizationId: login.organization.id, userId: login.user.id, workflowId: workflow.id };
}

async function addedToSyncRun(viaWeir: Target, direct: Target): Promise<Row[]> {
  const weir: Latencies[] = [];
  const floor: Latencies[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    floor.push(await atRate(direct, RATE, SECONDS));
    weir.push(await atRate(viaWeir, RATE, SECONDS));
  }
  const added = (pick: keyof Latencies): number =>
    median(weir.map((l) => l[pick])) - median(floor.map((l) => l[pick]));
  const rate = await flatOut(viaWeir, 16, SECONDS);
  return [
    row('added to a sync run at 50/s, p50', `${added('p50').toFixed(1)} ms`, '≤ 4 ms', added('p50') <= 4),
    row('added to a sync run at 50/s, p95', `${added('p95').toFixed(1)} ms`, '≤ 10 ms', added('p95') <= 10),
    row('metered sync runs, one process', `${rate.toFixed(0)}/s`, '≥ 150/s', rate >= 150),
  ];
}

async function listAgainstFloor(stage: Stage, account: Account): Promise<Row[]> {
  const list = get(stage.api, '/v1/projects?limit=20', account.token);
  const bareUrl = await stage.startScript('bare-server.mts', {
    DATABASE_URL: stage.superuserUrl,
    LIST_SQL: readFileSync('test/bench/list-projects.sql', 'utf8'),
    LIST_VALUES: JSON.stringify([account.organizationId, account.userId, 21]),
  });
  const bare = get(bareUrl, '/', '');
  const admin = new pg.Client({ connectionString: stage.superuserUrl });
  await admin.connect();
  const results = { weir: [] as number[], bare: [] as number[], unprotected: [] as number[] };
  for (let round = 0; round < ROUNDS; round += 1) {
    results.bare.push(await flatOut(bare, 32, 5));
    results.weir.push(await flatOut(list, 32, 5));
    await setRowSecurity(admin, 'disable');
    results.unprotected.push(await flatOut(list, 32, 5));
    await setRowSecurity(admin, 'enable');
  }
  await admin.end();
  const share = median(results.weir) / median(results.bare);
  const protection = median(results.weir) / median(results.unprotected);
  const rates = `${median(results.weir).toFixed(0)}/s against ${median(results.bare).toFixed(0)}/s`;
  return [
    row('list of 20 projects ÷ bare Fastify + pg', `${share.toFixed(2)} (${rates})`, '≥ 0.25', share >= 0.25),
    row('row-level security on ÷ off', protection.toFixed(2), '≥ 0.75', protection >= 0.75),
  ];
}

async function setRowSecurity(admin: pg.Client, state: 'enable' | 'disable'): Promise<void> {
  const tables = await admin.query<{ tablename: string }>(
    `select tablename from pg_tables where schemaname = 'public' and rowsecurity = $1`,
    [state === 'disable'],
  );
  // Only those that the list reads: the rest stays protected.
  for (const { tablename } of tables.rows.filter(({ tablename: name }) => LIST_TABLES.has(name))) {
    await admin.query(`alter table ${tablename} ${state} row level security`);
  }
}
const LIST_TABLES = new Set(['projects', 'workflows', 'conversations']);

async function firstToken(stage: Stage, account: Account): Promise<Row> {
  const timeTo = async (
    url: string,
    headers: Record<string, string>,
    body: unknown,
    mark: string,
  ): Promise<number> => {
    const started = performance.now();
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
    let text = '';
    let at = 0;
    for await (const chunk of response.body ?? []) {
      text += Buffer.from(chunk).toString('utf8');
      if (at === 0 && text.includes(mark)) at = performance.now() - started;
    }
    if (at === 0) throw new Error(`no ${mark} in ${text}`);
    return at;
  };
  const weir: number[] = [];
  const floor: number[] = [];
  for (let index = 0; index < 200; index += 1) {
    floor.push(await timeTo(`${stage.engine}/api/v1/run/x?stream=true`, {}, {}, '"token"'));
    weir.push(
      await timeTo(
        `${stage.api}/v1/workflows/${account.workflowId}/runs`,
        { authorization: `Bearer ${account.token}` },
        { input: 'ping', mode: 'stream' },
        'text_delta',
      ),
    );
  }
  const added = summarize(weir).p50 - summarize(floor).p50;
  return row('first token of a stream, added, p50', `${added.toFixed(1)} ms`, '< 5 ms', added < 5);
}

async function memoryAfterManyRequests(stage: Stage, account: Account, runs: Target): Promise<Row> {
  const list = get(stage.api, '/v1/projects?limit=20', account.token);
  let requests = 0;
  const started = performance.now();
  while (requests < MEMORY_REQUESTS) {
    requests += (await flatOut(list, 32, 10)) * 10;
    requests += (await flatOut(runs, 16, 2)) * 2;
    if (performance.now() - started > 15 * 60_000) break;
  }
  const status = readFileSync(`/proc/${stage.apiPid}/status`, 'utf8');
  const megabytes = Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024;
  return row(
    `resident memory after ${Math.round(requests / 1000)},000 requests`,
    `${megabytes.toFixed(0)} MB`,
    '< 220 MB',
    megabytes < 220,
  );
}

function get(origin: string, path: string, token: string): Target {
  return { origin, path, method: 'GET', headers: token === '' ? {} : { authorization: `Bearer ${token}` } };
}

function row(what: string, measured: string, bar: string, met: boolean): Row {
  process.stderr.write(`${met ? 'met   ' : 'MISSED'} ${what}: ${measured} (${bar})\n`);
  return { what, measured, bar, met };
}

const stage = await setStage();
try {
  const account = await makeAccount(stage);
  const json = { 'content-type': 'application/json' };
  const viaWeir: Target = {
    origin: stage.api,
    path: `/v1/workflows/${account.workflowId}/runs`,
    method: 'POST',
    headers: { ...json, authorization: `Bearer ${account.token}` },
    body: JSON.stringify({ input: 'ping', mode: 'sync' }),
  };
  const direct: Target = {
    origin: stage.engine,
    path: `/api/v1/run/${account.workflowId}?stream=false`,
    method: 'POST',
    headers: { ...json, 'x-api-key': 'sk-stub' },
    body: JSON.stringify({ input_value: 'ping', input_type: 'chat', output_type: 'chat', session_id: 's' }),
  };
  const rows = [
    ...(await addedToSyncRun(viaWeir, direct)),
    ...(await listAgainstFloor(stage, account)),
    await firstToken(stage, account),
    await memoryAfterManyRequests(stage, account, viaWeir),
  ];
  process.stdout.write('| what | measured | bar | met |\n|---|---|---|---|\n');
  for (const { what, measured, bar, met } of rows)
    process.stdout.write(`| ${what} | ${measured} | ${bar} | ${met ? 'yes' : 'no'} |\n`);
  process.exitCode = rows.every(({ met }) => met) ? 0 : 1;
} finally {
  await stage.stop();
}
