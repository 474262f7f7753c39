import { generateKeyText } from '@weir/crypto';
import { testConfig } from '@weir/testing';
import { hashSync } from 'bcrypt';
import { ApiClient, PASSWORD } from '../support/api-client';
import { startTestApp, type TestApp } from '../support/test-app';

let people = 0;
const newEmail = (): string => `reader${(people += 1)}@example.com`;

describe('Passwords', () => {
  let api: TestApp;

  beforeAll(async () => {
    api = await startTestApp();
  });

  afterAll(() => api.stop());

  const register = (password: string, email = newEmail()) =>
    api.anonymous().post('/v1/auth/register', { email, password, name: 'Reader' });
  const logIn = (email: string, password: string) =>
    api.anonymous().post('/v1/auth/login', { email, password });

  it('takes 12 characters and refuses 11, naming the length (R01)', async () => {
    const short = await register('wq8-Lm2z pX');
    expect(short.status).toBe(422);
    expect(short.body).toMatchObject({
      code: 'password_refused',
      errors: [{ pointer: '/password', detail: 'The password has 11 characters; use at least 12.' }],
    });
    expect((await register('wq8-Lm2z pXv')).status).toBe(201);
  });

  it('counts characters as people do, not bytes or code units (R01)', async () => {
    expect((await register('🦉🐸🌵🚲🪁🎷🧭🪐🫖🧶🛶')).status).toBe(422);
    expect((await register('🦉🐸🌵🚲🪁🎷🧭🪐🫖🧶🛶🏺')).status).toBe(201);
  });

  it.each([
    ['64 bytes of lower case', 'the heron waits beside the slow canal until the evening train go'],
    ['words with spaces', 'seven quiet boats drift'],
    ['another alphabet', 'тихая река на закате'],
  ])('asks for no mixture of characters: %s (R02)', async (_kind, password) => {
    expect((await register(password)).status).toBe(201);
  });

  it('takes the same text typed on another system for the same password (R02)', async () => {
    const email = newEmail();
    expect((await register('un café très calme'.normalize('NFC'), email)).status).toBe(201);
    expect((await logIn(email, 'un café très calme'.normalize('NFD'))).status).toBe(200);
  });

  it('refuses more than 72 bytes with the reason instead of cutting (R03)', async () => {
    const base = 'the heron waits beside the slow canal until the evening train goes home,';
    expect(Buffer.byteLength(base)).toBe(72);
    const email = newEmail();
    expect((await register(base, email)).status).toBe(201);
    const long = await register(`${base}!`);
    expect(long.status).toBe(422);
    expect(long.body.detail).toContain('at most 72');
    expect((await logIn(email, `${base}!`)).status).toBe(401);
  });

  it('keeps spaces at the ends and the case of letters (R03)', async () => {
    const email = newEmail();
    expect((await register('  Winter Herons fly ', email)).status).toBe(201);
    expect((await logIn(email, 'Winter Herons fly')).status).toBe(401);
    expect((await logIn(email, '  winter herons fly ')).status).toBe(401);
    expect((await logIn(email, '  Winter Herons fly ')).status).toBe(200);
  });

  it.each(['password1234', 'qwertyuiop123', '123456789012', 'weirweirweir', 'Weir-weir-2026'])(
    'refuses %p, which an attacker would try first, with a reason (R04)',
    async (password) => {
      const response = await register(password);
      expect(response.status).toBe(422);
      expect(response.body.code).toBe('password_refused');
      expect(response.body.errors[0].detail.length).toBeGreaterThan(20);
      expect(response.text).not.toContain(password);
    },
  );

  it('refuses the own e-mail address, at sign-up and at a change (R04)', async () => {
    const email = `margarethe.holm${(people += 1)}@example.com`;
    expect((await register(email, email)).status).toBe(422);
    const signedUp = await register(PASSWORD, email);
    const person = new ApiClient(api.url, signedUp.body);
    const change = { currentPassword: PASSWORD, newPassword: email };
    const response = await person.post('/v1/auth/password', change);
    expect(response.status).toBe(422);
    expect(response.body.errors[0].pointer).toBe('/newPassword');
  });

  it('changes a password only with the current one, and ends the other sessions (R06, R22)', async () => {
    const person = await api.signUp();
    const { email } = person.me.user;
    const elsewhere = new ApiClient(api.url, (await logIn(email, PASSWORD)).body);
    const newPassword = 'seven quiet boats drift';
    const missing = await person.post('/v1/auth/password', { newPassword });
    const wrong = await person.post('/v1/auth/password', { currentPassword: 'not this one', newPassword });
    expect([missing.status, wrong.status]).toEqual([422, 403]);
    expect(wrong.body.code).toBe('current_password_wrong');
    expect((await elsewhere.get('/v1/me')).status).toBe(200);

    const changed = await person.post('/v1/auth/password', { currentPassword: PASSWORD, newPassword });
    expect(changed.status).toBe(204);
    expect((await elsewhere.get('/v1/me')).status).toBe(401);
    const refreshed = await api
      .anonymous()
      .post('/v1/auth/refresh', { refreshToken: elsewhere.me.refreshToken });
    expect(refreshed.status).toBe(401);
    expect((await person.get('/v1/me')).status).toBe(200);
    expect((await logIn(email, PASSWORD)).status).toBe(401);
    expect((await logIn(email, newPassword)).status).toBe(200);
  });

  it('limits guesses of the current password by somebody who holds a token (R07)', async () => {
    const person = await api.signUp();
    const guess = () =>
      person.post('/v1/auth/password', {
        currentPassword: 'a guess',
        newPassword: 'seven quiet boats drift',
      });
    const statuses: number[] = [];
    for (let index = 0; index < 6; index += 1) statuses.push((await guess()).status);
    expect(statuses).toEqual([403, 403, 403, 403, 403, 429]);
  });
});

describe('Password hashes', () => {
  let api: TestApp;

  beforeAll(async () => {
    api = await startTestApp({ env: { BCRYPT_COST: '12' } });
  });

  afterAll(() => api.stop());

  const storedHash = async (userId: string): Promise<string> => {
    const [row] = await api.database.query<{ password_hash: string }>(
      'select password_hash from users where id = $1',
      [userId],
    );
    return row?.password_hash ?? '';
  };

  it('are bcrypt at cost 12, the least that production takes (R05)', async () => {
    const person = await api.signUp();
    expect(await storedHash(person.me.user.id)).toMatch(/^\$2b\$12\$/);
    expect(() =>
      testConfig({ NODE_ENV: 'production', DATABASE_URL: api.database.appUrl, BCRYPT_COST: '11' }),
    ).toThrow(/BCRYPT_COST must be 12 or more/);
  });

  it('are made again at the higher cost when their owner signs in (R05)', async () => {
    const person = await api.signUp();
    const { id, email } = person.me.user;
    await api.database.query('update users set password_hash = $2 where id = $1', [
      id,
      hashSync(PASSWORD, 10),
    ]);
    expect((await api.anonymous().post('/v1/auth/login', { email, password: PASSWORD })).status).toBe(200);
    expect(await storedHash(id)).toMatch(/^\$2b\$12\$/);
    expect((await api.anonymous().post('/v1/auth/login', { email, password: PASSWORD })).status).toBe(200);
  });
});

describe('A fresh installation', () => {
  let api: TestApp;

  beforeAll(async () => {
    api = await startTestApp({ env: { JWT_KEYS: `k1:${generateKeyText()}` } });
  });

  afterAll(() => api.stop());

  it('has no account that anybody could guess (R10)', async () => {
    expect(await api.database.query('select 1 from users')).toEqual([]);
    for (const email of ['admin', 'admin@example.com', 'langflow', 'weir', 'postgres']) {
      const response = await api.anonymous().post('/v1/auth/login', { email, password: email });
      expect(response.status).toBe(401);
    }
  });
});
