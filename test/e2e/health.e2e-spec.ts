import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { startEngineApp } from '../support/engine-app';
import { startTestApp } from '../support/test-app';

const OK = { status: 'ok', detail: expect.any(String) };

async function eventually<T>(read: () => Promise<T>, isWanted: (value: T) => boolean): Promise<T> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const value = await read();
    if (isWanted(value)) return value;
    await delay(100);
  }
  throw new Error('did not happen in time');
}

describe('Health', () => {
  it('is alive and ready when everything is there (F123)', async () => {
    const api = await startEngineApp();
    const client = api.anonymous();
    expect(await client.get('/livez')).toMatchObject({ status: 200, body: { status: 'ok' } });
    const ready = await eventually(
      () => client.get('/readyz'),
      ({ status }) => status === 200,
    );
    expect(ready.body).toEqual({
      status: 'ok',
      checks: { database: OK, migrations: OK, engine: OK, keyRing: OK },
    });
    await api.stop();
  });

  it('stays alive and names the check when the database is gone, without a secret (F123)', async () => {
    const api = await startTestApp();
    const client = api.anonymous();
    expect((await client.get('/readyz')).status).toBe(200);
    // Holds for weir_app and not for the superuser, who looks on.
    await api.database.query(`alter database ${api.database.name} connection limit 0`);
    await api.database.query(
      'select pg_terminate_backend(pid) from pg_stat_activity where usename = $1 and datname = $2',
      ['weir_app', api.database.name],
    );
    const ready = await client.get('/readyz');
    expect(ready.status).toBe(503);
    expect(ready.headers.get('content-type')).toContain('application/problem+json');
    expect(ready.body).toMatchObject({
      code: 'not_ready',
      status: 503,
      requestId: expect.any(String),
      readiness: 'failing',
      checks: { database: { status: 'failing' }, migrations: { status: 'failing' }, keyRing: OK },
    });
    expect(ready.body.detail).toContain('database');
    const secrets = [new URL(api.config.database.url).password, api.config.keys.jwt, api.database.name];
    for (const secret of secrets) expect(ready.text).not.toContain(secret);
    expect((await client.get('/livez')).status).toBe(200);
    await api.stop();
  });

  it('names a migration that is missing', async () => {
    const api = await startTestApp();
    await api.database.query('update _prisma_migrations set finished_at = null');
    const ready = await api.anonymous().get('/readyz');
    expect(ready.status).toBe(503);
    expect(ready.body.checks.migrations).toEqual({
      status: 'failing',
      detail: expect.stringMatching(/Not applied: \d+_\w+.*weir migrate/),
    });
    await api.stop();
  });

  it('is not ready while the engine is away, serves everything else, and never tells where the engine is (F18)', async () => {
    const api = await startEngineApp({ engineDown: true });
    const client = api.anonymous();
    const ready = await eventually(
      () => client.get('/readyz'),
      ({ body }) => body.checks.engine.status === 'failing',
    );
    expect(ready.status).toBe(503);
    expect(ready.text).not.toContain(
      String(api.config.engine.driver === 'langflow' && new URL(api.config.engine.url).port),
    );
    expect((await (await api.signUp()).get('/v1/me')).status).toBe(200);
    await api.fake.start();
    await eventually(
      () => client.get('/readyz'),
      ({ status }) => status === 200,
    );
    await api.stop();
  });

  it.each([
    [
      { phase: 'installing', detail: 'downloading 40 of 180 packages' },
      'starting',
      'installing: downloading 40 of 180 packages',
    ],
    [
      { phase: 'starting', detail: 'waiting for http://127.0.0.1:7860/health in /root/secret/place' },
      'starting',
      'starting: waiting for … in …',
    ],
    [
      { phase: 'unavailable', detail: 'Python is missing. Install 3.10 to 3.13, or set ENGINE_URL.' },
      'failing',
      'unavailable: Python is missing. Install 3.10 to 3.13, or set ENGINE_URL.',
    ],
  ])('tells how far the launcher of an embedded engine is: %j', async (report, status, detail) => {
    const folder = mkdtempSync(join(tmpdir(), 'weir-health-'));
    const stateFile = join(folder, 'engine-state.json');
    writeFileSync(stateFile, JSON.stringify({ ...report, updatedAt: '2026-11-21T10:00:00.000Z' }));
    const api = await startEngineApp({ engineDown: true, env: { ENGINE_STATE_FILE: stateFile } });
    expect((await api.anonymous().get('/readyz')).body.checks.engine).toEqual({ status, detail });
    await api.stop();
    rmSync(folder, { recursive: true });
  });
});

describe('The internal listener', () => {
  it('serves the public keys of engine identities and metrics, and nothing else', async () => {
    const api = await startEngineApp();
    const ada = await api.signUp();
    await ada.get('/v1/me');
    const keys = (await (await fetch(`${api.internalUrl}/.well-known/jwks.json`)).json()) as {
      keys: object[];
    };
    expect(keys.keys).toEqual([
      { kty: 'RSA', n: expect.any(String), e: 'AQAB', kid: expect.any(String), use: 'sig', alg: 'RS256' },
    ]);

    await eventually(
      () => api.anonymous().get('/readyz'),
      ({ status }) => status === 200,
    );
    const metrics = await (await fetch(`${api.internalUrl}/metrics`)).text();
    expect(metrics).toContain('weir_http_requests_total{method="GET",route="/v1/me",status="2xx"} 1');
    expect(metrics).toMatch(/^weir_engine_up 1$/m);
    expect(metrics).toMatch(/^weir_engine_runs_active 0$/m);
    expect(metrics).toMatch(/^weir_database_connections \d+$/m);
    expect(metrics).toContain('weir_background_failures{loop="engine-copies"} 0');
    expect(metrics).toContain('process_cpu_seconds_total');
    for (const id of [ada.me.organization.id, ada.me.user.id, ada.me.user.email])
      expect(metrics).not.toContain(id);

    for (const path of ['/', '/livez', '/v1/me', '/docs', '/openapi.json', '/metrics/x']) {
      expect((await fetch(`${api.internalUrl}${path}`)).status).toBe(404);
    }
    expect((await fetch(`${api.internalUrl}/metrics`, { method: 'POST' })).status).toBe(405);
    await api.stop();
    await expect(fetch(`${api.internalUrl}/metrics`)).rejects.toThrow();
  });

  it('is not reachable through the public one (R60)', async () => {
    const api = await startTestApp();
    for (const path of ['/metrics', '/.well-known/jwks.json'])
      expect((await api.anonymous().get(path)).status).toBe(404);
    await api.stop();
  });

  it('says which setting to change when its port is taken', async () => {
    const first = await startEngineApp();
    const port = new URL(first.internalUrl).port;
    await expect(startTestApp({ env: { INTERNAL_PORT: port } })).rejects.toThrow(/INTERNAL_PORT/);
    await first.stop();
  });
});
