import { createTestDatabase, type TestDatabase } from '@weir/testing';
import { PASSWORD, type ApiClient, type ApiResponse } from '../support/api-client';
import { expectProblem } from '../support/expect-problem';
import { TcpProxy } from '../support/tcp-proxy';
import { startTestApp, type TestApp } from '../support/test-app';

describe('When the database is gone', () => {
  let database: TestDatabase;
  let wire: TcpProxy;
  let api: TestApp;
  let person: ApiClient;

  beforeAll(async () => {
    database = await createTestDatabase();
    wire = await TcpProxy.to(database.appUrl);
    api = await startTestApp({ database, env: { DATABASE_URL: wire.url } });
    person = await api.signUp();
  });

  afterAll(async () => {
    await api.stop();
    await wire.cut();
    await database.drop();
  });

  function expectUnavailable(response: ApiResponse): void {
    expectProblem(response, 503);
    expect(response.body.code).toBe('database_unavailable');
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
  }

  it('routes that need it answer 503 with the time to wait and say nothing about it; then they work again (R50)', async () => {
    const login = { email: person.me.user.email, password: PASSWORD };
    await wire.cut();
    try {
      expectUnavailable(await person.get('/v1/me'));
      expectUnavailable(await person.patch('/v1/me', { name: 'Ada' }));
      expectUnavailable(await api.anonymous().post('/v1/auth/login', login));
      expectUnavailable(await api.anonymous().post('/v1/auth/refresh', { refreshToken: 'x'.repeat(43) }));
      const signUp = { ...login, email: 'new@example.com', name: 'New' };
      expectUnavailable(await api.anonymous().post('/v1/auth/register', signUp));
      expect((await api.anonymous().get('/livez')).status).toBe(200);
      expect((await api.anonymous().get('/v1/me')).status).toBe(401);
    } finally {
      await wire.mend();
    }
    expect((await person.get('/v1/me')).status).toBe(200);
    expect((await api.anonymous().post('/v1/auth/login', login)).status).toBe(200);
  });

  it('in the middle of requests, they fail with 503 at worst and the process lives on (R50)', async () => {
    for (let round = 0; round < 5; round += 1) {
      const requests = Array.from({ length: 10 }, () => person.get('/v1/auth/sessions'));
      await database.query(
        "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'weir_app' and datname = current_database()",
      );
      for (const response of await Promise.all(requests)) {
        if (response.status !== 200) expectUnavailable(response);
      }
    }
    expect((await person.get('/v1/auth/sessions')).status).toBe(200);
  });
});
