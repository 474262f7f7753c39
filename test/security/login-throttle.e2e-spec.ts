import { ApiClient, PASSWORD, type ApiResponse } from '../support/api-client';
import { startTestApp, type TestApp } from '../support/test-app';
import { probabilityOfSuperiority } from '../support/rank-test';

const WRONG = 'not the password at all';
let strangers = 0;
/** Another address for each call, from networks that are reserved for documentation and tests. */
const stranger = (): string => `198.18.${(strangers += 1) >> 8}.${strangers & 255}`;

/** Forgets what was counted, as if the window had passed: the counters live in the database, whose clock cannot be moved. */
async function passWindow(api: TestApp, seconds: number): Promise<void> {
  await api.database.query('update rate_limits set expire = expire - $1 where expire is not null', [
    seconds * 1000,
  ]);
}

describe('Guessing passwords', () => {
  let api: TestApp;

  beforeAll(async () => {
    // The proxy is this test: it says from which address a request came.
    api = await startTestApp({ env: { TRUST_PROXY: '127.0.0.1' } });
  });

  afterAll(() => api.stop());

  const logIn = (email: string, password: string, from: string): Promise<ApiResponse> =>
    api.anonymous().post('/v1/auth/login', { email, password }, { 'x-forwarded-for': from });

  it('is stopped at the sixth failure in a minute, with the time to wait (F33, R07)', async () => {
    const person = await api.signUp();
    const statuses: number[] = [];
    const from = stranger();
    for (let index = 0; index < 5; index += 1)
      statuses.push((await logIn(person.me.user.email, WRONG, from)).status);
    expect(statuses).toEqual([401, 401, 401, 401, 401]);
    const refused = await logIn(person.me.user.email, WRONG, from);
    expect(refused.status).toBe(429);
    expect(refused.body.code).toBe('rate_limited');
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(Number(refused.headers.get('retry-after'))).toBeLessThanOrEqual(60);
  });

  it('is counted for the account when it comes from many addresses (R07)', async () => {
    const { email } = (await api.signUp()).me.user;
    const statuses: number[] = [];
    for (let index = 0; index < 20; index += 1) statuses.push((await logIn(email, WRONG, stranger())).status);
    expect(statuses.filter((status) => status === 401)).toHaveLength(5);
    expect(statuses.filter((status) => status === 429)).toHaveLength(15);
  });

  it('is not faster when many guesses are sent at once (R07)', async () => {
    const { email } = (await api.signUp()).me.user;
    const responses = await Promise.all(Array.from({ length: 40 }, () => logIn(email, WRONG, stranger())));
    expect(responses.filter(({ status }) => status === 401)).toHaveLength(5);
    expect(responses.filter(({ status }) => status === 429)).toHaveLength(35);
  });

  it('is counted for the address when it goes through many accounts (R07)', async () => {
    const from = stranger();
    const responses = await Promise.all(
      Array.from({ length: 40 }, (_, index) => logIn(`nobody${index}@example.com`, WRONG, from)),
    );
    expect(responses.filter(({ status }) => status === 429)).toHaveLength(10);
  });

  it('counts one customer of an IPv6 network once, whatever address of it is used (R07)', async () => {
    const responses: ApiResponse[] = [];
    for (let index = 0; index < 31; index += 1) {
      responses.push(await logIn(`guest${index}@example.com`, WRONG, `2001:db8:7:9::${index.toString(16)}`));
    }
    expect(responses.map(({ status }) => status)).toEqual([...Array.from({ length: 30 }, () => 401), 429]);
    expect((await logIn('guest@example.com', WRONG, '2001:db8:7:a::1')).status).toBe(401);
  });

  it('does not lock the owner out, who comes from an address known to the account (R07)', async () => {
    const home = stranger();
    const signUp = { email: 'owner-at-home@example.com', password: PASSWORD, name: 'Owner' };
    await api.anonymous().post('/v1/auth/register', signUp, { 'x-forwarded-for': home });
    for (let index = 0; index < 8; index += 1) await logIn(signUp.email, WRONG, stranger());
    expect((await logIn(signUp.email, PASSWORD, stranger())).status).toBe(429);
    expect((await logIn(signUp.email, PASSWORD, home)).status).toBe(200);
  });

  it('leaves the right password working again when the window has passed (R07)', async () => {
    const { email } = (await api.signUp()).me.user;
    const from = stranger();
    for (let index = 0; index < 6; index += 1) await logIn(email, WRONG, from);
    expect((await logIn(email, PASSWORD, from)).status).toBe(429);
    await passWindow(api, 61);
    expect((await logIn(email, PASSWORD, from)).status).toBe(200);
  });

  it('gets no more than 100 guesses at an account a day, however patient it is (R07)', async () => {
    const { email } = (await api.signUp()).me.user;
    let guesses = 0;
    for (let window = 0; window < 30; window += 1) {
      const responses = await Promise.all(Array.from({ length: 6 }, () => logIn(email, WRONG, stranger())));
      guesses += responses.filter(({ status }) => status === 401).length;
      await api.database.query(
        "update rate_limits set expire = 0 where key like 'login-account-minute%' or key like 'login-account-hour%'",
      );
    }
    expect(guesses).toBe(100);
  });

  it('does not count a sign-in that succeeds (R07)', async () => {
    const { email } = (await api.signUp()).me.user;
    const from = stranger();
    for (let index = 0; index < 35; index += 1) expect((await logIn(email, PASSWORD, from)).status).toBe(200);
  });

  it('keeps no address and no account name in its counters (R08)', async () => {
    await logIn('somebody-private@example.com', WRONG, '203.0.113.77');
    const rows = await api.database.query<{ key: string }>('select key from rate_limits');
    expect(JSON.stringify(rows)).not.toMatch(/somebody-private|203\.0\.113\.77/);
  });
});

describe('Asking who has an account', () => {
  let api: TestApp;
  const PROBES = 60;

  beforeAll(async () => {
    // A realistic hash, so that time is compared as it is in production: most of it is the hash.
    api = await startTestApp({ env: { TRUST_PROXY: '127.0.0.1', BCRYPT_COST: '9' } });
  });

  afterAll(() => api.stop());

  const probe = async (email: string): Promise<{ response: ApiResponse; ms: number }> => {
    const start = performance.now();
    const response = await new ApiClient(api.url).post(
      '/v1/auth/login',
      { email, password: WRONG },
      { 'x-forwarded-for': stranger() },
    );
    return { response, ms: performance.now() - start };
  };

  it('tells nothing by status, text, size, headers or time (R08)', async () => {
    const known = await Promise.all(
      Array.from({ length: 15 }, async () => (await api.signUp()).me.user.email),
    );
    const probes: { known: Awaited<ReturnType<typeof probe>>; unknown: Awaited<ReturnType<typeof probe>> }[] =
      [];
    for (let index = 0; index < PROBES + 5; index += 1) {
      const address = known[index % known.length] ?? '';
      await api.database.query('delete from rate_limits');
      // In turns and in both orders, so that a slow moment of the machine hits both alike.
      const unknownFirst = index % 2 === 0 ? await probe(`n${index}${address}`) : null;
      const ofKnown = await probe(address);
      probes.push({ known: ofKnown, unknown: unknownFirst ?? (await probe(`n${index}${address}`)) });
    }
    const measured = probes.slice(5);
    for (const pair of measured) {
      expect(comparable(pair.known.response)).toEqual(comparable(pair.unknown.response));
    }
    const superiority = probabilityOfSuperiority(
      measured.map((pair) => pair.known.ms),
      measured.map((pair) => pair.unknown.ms),
    );
    // 0.5 is no difference. Two groups of 60 that are alike stay within 0.5 ± 0.21 in all but 1 of 10,000 runs.
    expect(superiority).toBeGreaterThan(0.29);
    expect(superiority).toBeLessThan(0.71);
  }, 60_000);

  function comparable({ status, headers, body, text }: ApiResponse): unknown {
    const names = [...headers.keys()].filter((name) => name !== 'date').toSorted();
    return { status, names, length: text.length, body: { ...body, requestId: '' } };
  }
});
