import { generateKeyText } from '@weir/crypto';
import { ManualClock } from '@weir/kernel';
import { ApiClient, PASSWORD } from '../support/api-client';
import { startTestApp, type TestApp } from '../support/test-app';

const DAY_MS = 24 * 60 * 60 * 1000;
/** The promise of docs/security.md: what ended anywhere is refused everywhere within this time (R22). */
const BOUND_MS = 5_000;

const refresh = (api: TestApp, refreshToken: string) =>
  api.anonymous().post('/v1/auth/refresh', { refreshToken });

async function logInAgain(api: TestApp, person: ApiClient): Promise<ApiClient> {
  const login = await api
    .anonymous()
    .post('/v1/auth/login', { email: person.me.user.email, password: PASSWORD });
  return new ApiClient(api.url, login.body);
}

/** How long a token went on working, in milliseconds. */
async function refusedAfter(client: ApiClient): Promise<number> {
  const start = performance.now();
  while (performance.now() - start < 2 * BOUND_MS) {
    if ((await client.get('/v1/me')).status === 401) return performance.now() - start;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return Infinity;
}

describe('Refresh tokens', () => {
  let api: TestApp;

  beforeAll(async () => {
    api = await startTestApp();
  });

  afterAll(() => api.stop());

  it('work once; the second use ends the session and its newest token too (R20, F21)', async () => {
    const person = await api.signUp();
    const first = await refresh(api, person.me.refreshToken);
    expect(first.status).toBe(200);
    expect(first.body).toEqual({
      accessToken: expect.any(String),
      refreshToken: expect.any(String),
      expiresIn: 900,
    });
    const reused = await refresh(api, person.me.refreshToken);
    expect({ status: reused.status, code: reused.body.code }).toEqual({
      status: 401,
      code: 'refresh_refused',
    });
    expect((await refresh(api, first.body.refreshToken)).status).toBe(401);
    expect(
      (await api.anonymous().get('/v1/me', { authorization: `Bearer ${first.body.accessToken}` })).status,
    ).toBe(401);
  });

  it('used twice leave one line in the audit trail of the person whose token it was (R12, R20)', async () => {
    const person = await api.signUp();
    await refresh(api, person.me.refreshToken);
    for (let index = 0; index < 3; index += 1) await refresh(api, person.me.refreshToken);
    const rows = await api.database.query(
      "select user_id, via from audit_events where organization_id = $1 and action = 'session.token_reused'",
      [person.me.organization.id],
    );
    expect(rows).toEqual([{ user_id: person.me.user.id, via: 'system' }]);
  });

  it('used 20 times at once succeed exactly once (R20)', async () => {
    const person = await api.signUp();
    const responses = await Promise.all(
      Array.from({ length: 20 }, () => refresh(api, person.me.refreshToken)),
    );
    expect(responses.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(responses.filter(({ status }) => status === 401)).toHaveLength(19);
  });

  it('of one session say nothing about another of the same person (R20)', async () => {
    const person = await api.signUp();
    const other = await logInAgain(api, person);
    await refresh(api, person.me.refreshToken);
    await refresh(api, person.me.refreshToken);
    expect((await other.get('/v1/me')).status).toBe(200);
    expect((await refresh(api, other.me.refreshToken)).status).toBe(200);
  });

  it('are stored as hashes only (R09)', async () => {
    const person = await api.signUp();
    const rows = await api.database.query<{ row: string }>('select t::text as row from refresh_tokens t');
    const stored = rows.map(({ row }) => row).join('\n');
    expect(stored).not.toContain(person.me.refreshToken);
    expect(stored).not.toContain(Buffer.from(person.me.refreshToken).toString('hex'));
    expect(stored).not.toContain(Buffer.from(person.me.refreshToken, 'base64url').toString('hex'));
  });

  it.each(['', ' ', 'x'.repeat(200), "' or 1=1 --", 'null'])(
    'that never were are refused alike: %p',
    async (token) => {
      const response = await refresh(api, token);
      expect([401, 422]).toContain(response.status);
    },
  );
});

describe('The lifetime of a session', () => {
  let api: TestApp;
  let clock: ManualClock;

  beforeEach(async () => {
    clock = new ManualClock();
    api = await startTestApp({ clock });
  });

  afterEach(() => api.stop());

  it('ends when it was idle for 7 days (R21)', async () => {
    const person = await api.signUp();
    const other = await logInAgain(api, person);
    clock.advance(7 * DAY_MS - 1000);
    const inTime = await refresh(api, other.me.refreshToken);
    expect(inTime.status).toBe(200);
    clock.advance(2000);
    expect((await refresh(api, person.me.refreshToken)).status).toBe(401);
    expect((await refresh(api, inTime.body.refreshToken)).status).toBe(200);
  });

  it('ends after 30 days, however busy it is (R21)', async () => {
    const person = await api.signUp();
    let token = person.me.refreshToken;
    for (let day = 6; day < 30; day += 6) {
      clock.advance(6 * DAY_MS);
      const response = await refresh(api, token);
      expect(response.status).toBe(200);
      token = response.body.refreshToken;
    }
    const last = await refresh(api, token);
    expect(last.status).toBe(200);
    clock.advance(6 * DAY_MS + 1000);
    expect((await refresh(api, last.body.refreshToken)).status).toBe(401);
    const current = { authorization: `Bearer ${last.body.accessToken}` };
    expect((await api.anonymous().get('/v1/me', current)).status).toBe(401);
  });

  it('of an access token is 15 minutes and the allowed skew of a minute', async () => {
    const person = await api.signUp();
    clock.advance(15 * 60_000 + 58_000);
    expect((await person.get('/v1/me')).status).toBe(200);
    clock.advance(3000);
    expect((await person.get('/v1/me')).status).toBe(401);
  });
});

describe('Ending sessions on two processes', () => {
  let here: TestApp;
  let there: TestApp;

  beforeAll(async () => {
    const env = { JWT_KEYS: `k1:${generateKeyText()}`, MASTER_KEYS: `1:${generateKeyText()}` };
    here = await startTestApp({ env });
    there = await startTestApp({ env, database: here.database });
  });

  afterAll(async () => {
    await there.stop();
    await here.stop();
  });

  /** A person who is signed in and known to the other process, whose cache is warm. */
  async function signedInOnBoth(): Promise<{ person: ApiClient; elsewhere: ApiClient }> {
    const person = await here.signUp();
    const elsewhere = new ApiClient(there.url, person.me);
    expect((await elsewhere.get('/v1/me')).status).toBe(200);
    return { person, elsewhere };
  }

  const set = (table: string, change: string, id: string) =>
    here.database.query(`update ${table} set ${change} where id = $1`, [id]);

  it.each<[string, (person: ApiClient) => Promise<unknown>]>([
    ['signing out', (person) => person.post('/v1/auth/logout')],
    ['signing out everywhere', (person) => person.post('/v1/auth/logout-all')],
    ['deleting the account', (person) => person.delete('/v1/me')],
    [
      'an operator who disables the account',
      (person) => set('users', 'disabled_at = now()', person.me.user.id),
    ],
    [
      'an operator who deletes the organization',
      (person) => set('organizations', 'deleted_at = now()', person.me.organization.id),
    ],
    [
      'removal from the organization',
      (person) => here.database.query('delete from memberships where user_id = $1', [person.me.user.id]),
    ],
  ])('%s is obeyed everywhere within 5 s, and no refresh brings it back (R22)', async (_name, end) => {
    const { person, elsewhere } = await signedInOnBoth();
    await end(person);
    const [atHome, away] = await Promise.all([refusedAfter(person), refusedAfter(elsewhere)]);
    expect(atHome).toBeLessThan(BOUND_MS);
    expect(away).toBeLessThan(BOUND_MS);
    expect((await refresh(there, person.me.refreshToken)).status).toBe(401);
  });

  it('a changed role is obeyed everywhere within 5 s (R22, R37)', async () => {
    const { person, elsewhere } = await signedInOnBoth();
    const createProject = async (name: string): Promise<number> =>
      (await elsewhere.post('/v1/projects', { name })).status;
    expect(await createProject('before')).toBe(201);
    await here.database.query("update memberships set role = 'viewer' where user_id = $1", [
      person.me.user.id,
    ]);
    const start = performance.now();
    while (
      (await createProject(`at ${performance.now()}`)) !== 403 &&
      performance.now() - start < 2 * BOUND_MS
    ) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    expect(performance.now() - start).toBeLessThan(BOUND_MS);
    expect((await elsewhere.get('/v1/projects')).status).toBe(200);
  });
});

describe('The list of sessions', () => {
  let api: TestApp;

  beforeAll(async () => {
    api = await startTestApp();
  });

  afterAll(() => api.stop());

  it('shows where somebody is signed in, and nothing that could be used (R23)', async () => {
    const person = await api.signUp();
    const phone = await api
      .anonymous()
      .post(
        '/v1/auth/login',
        { email: person.me.user.email, password: PASSWORD },
        { 'user-agent': 'Phone 1.0' },
      );
    const { status, body, text } = await person.get('/v1/auth/sessions');
    expect(status).toBe(200);
    expect(body.data).toHaveLength(2);
    const listed = body.data.map(({ current, ip, userAgent }: Record<string, unknown>) => ({
      current,
      ip,
      userAgent,
    }));
    expect(listed[0]).toEqual({ current: false, ip: '127.0.0.1', userAgent: 'Phone 1.0' });
    expect(listed[1]).toMatchObject({ current: true, ip: '127.0.0.1' });
    for (const token of [person.me.refreshToken, person.me.accessToken, phone.body.refreshToken])
      expect(text).not.toContain(token);
    expect(Object.keys(body.data[0]).toSorted()).toEqual(
      ['createdAt', 'current', 'expiresAt', 'id', 'ip', 'lastUsedAt', 'userAgent'].toSorted(),
    );
  });

  it('ends one and leaves the others alive (R23)', async () => {
    const person = await api.signUp();
    const other = await logInAgain(api, person);
    const sessions = (await person.get('/v1/auth/sessions')).body.data as { id: string; current: boolean }[];
    const target = sessions.find(({ current }) => !current);
    expect((await person.delete(`/v1/auth/sessions/${target?.id}`)).status).toBe(204);
    expect((await other.get('/v1/me')).status).toBe(401);
    expect((await person.get('/v1/me')).status).toBe(200);
    expect((await person.delete(`/v1/auth/sessions/${target?.id}`)).status).toBe(404);
    expect((await person.get('/v1/auth/sessions')).body.data).toHaveLength(1);
  });
});

describe('Events of sign-in', () => {
  let api: TestApp;

  beforeAll(async () => {
    api = await startTestApp();
  });

  afterAll(() => api.stop());

  it('each leave one line with who, where and when (R12, F119, F126)', async () => {
    const person = await api.signUp();
    const { email, id } = person.me.user;
    const newPassword = 'seven quiet boats drift';
    await api.anonymous().post('/v1/auth/login', { email, password: 'a wrong guess' });
    const login = await api.anonymous().post('/v1/auth/login', { email, password: PASSWORD });
    const second = new ApiClient(api.url, login.body);
    await second.post('/v1/auth/password', { currentPassword: 'a wrong guess', newPassword });
    await second.patch('/v1/me', { name: 'Ada' });
    await second.post('/v1/auth/password', { currentPassword: PASSWORD, newPassword });
    const logout = await second.post('/v1/auth/logout', undefined, {
      'x-request-id': 'request-of-the-logout',
    });
    expect(logout.status).toBe(204);
    const third = new ApiClient(
      api.url,
      (await api.anonymous().post('/v1/auth/login', { email, password: newPassword })).body,
    );
    await third.post('/v1/auth/logout-all');
    const fourth = new ApiClient(
      api.url,
      (await api.anonymous().post('/v1/auth/login', { email, password: newPassword })).body,
    );
    await fourth.delete('/v1/me');

    const rows = await api.database.query(
      'select action, user_id, ip, request_id, created_at from audit_events where organization_id = $1 order by id',
      [person.me.organization.id],
    );
    expect(rows.map(({ action }) => String(action))).toEqual([
      'account.registered',
      'session.refused',
      'session.started',
      'password.refused',
      'account.updated',
      'password.changed',
      'session.ended',
      'session.started',
      'session.all_ended',
      'session.started',
      'account.deleted',
    ]);
    for (const row of rows) {
      expect(row).toMatchObject({ user_id: id, ip: '127.0.0.1' });
      expect(String(row['request_id']).length).toBeGreaterThan(8);
      expect(Date.now() - (row['created_at'] as Date).getTime()).toBeLessThan(60_000);
    }
    expect(rows[6]).toMatchObject({ request_id: 'request-of-the-logout' });
    expect(JSON.stringify(rows)).not.toMatch(/wrong guess|quiet boats|quiet river/);
  });
});
