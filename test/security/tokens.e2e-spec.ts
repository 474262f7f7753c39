import { createSign, generateKeyPairSync } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { generateKeyText } from '@weir/crypto';
import { SystemClock, newId } from '@weir/kernel';
import { createLogger } from '@weir/logging';
import { createTestDatabase, testConfig, type TestDatabase } from '@weir/testing';
import { createApi } from '../../apps/api/src/create-app';
import { ApiClient, PASSWORD, type ApiResponse } from '../support/api-client';
import { hmac, TokenForge, type Forgery } from '../support/forge-token';
import { startTestApp, type TestApp } from '../support/test-app';

const MAXIMUM_SKEW = 60;
const now = (): number => Math.floor(Date.now() / 1000);

describe('Access tokens', () => {
  let api: TestApp;
  let person: ApiClient;
  let forge: TokenForge;

  beforeAll(async () => {
    api = await startTestApp();
    person = await api.signUp();
    forge = new TokenForge(api, person.me.accessToken);
  });

  afterAll(() => api.stop());

  const present = (token: string): Promise<ApiResponse> =>
    api.anonymous().get('/v1/me', { authorization: `Bearer ${token}` });
  const presentForged = (forgery: Forgery): Promise<ApiResponse> => present(forge.make(forgery));

  async function expectRefused(response: Promise<ApiResponse>): Promise<void> {
    const { status, body, headers } = await response;
    expect({ status, code: body.code }).toEqual({ status: 401, code: 'unauthenticated' });
    expect(headers.get('www-authenticate')).toBe('Bearer realm="weir"');
  }

  it('work when nothing about them was changed', async () => {
    expect((await present(forge.genuine)).status).toBe(200);
    expect((await presentForged({})).status).toBe(200);
  });

  describe('with another algorithm (R13)', () => {
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const ec = generateKeyPairSync('ec', { namedCurve: 'P-521' });
    const signWith = (key: typeof rsa.privateKey) => (input: string) =>
      createSign('sha256').update(input).sign({ key, dsaEncoding: 'ieee-p1363' }, 'base64url');
    const publicPem = rsa.publicKey.export({ type: 'spki', format: 'pem' }).toString();

    it.each<[string, () => Forgery]>([
      ['none', () => ({ header: { alg: 'none' }, sign: () => '' })],
      ['None', () => ({ header: { alg: 'None' }, sign: () => '' })],
      ['NONE with a genuine signature', () => ({ header: { alg: 'NONE' } })],
      ['no algorithm at all', () => ({ header: { alg: undefined } })],
      ['an algorithm that is no text', () => ({ header: { alg: ['HS256'] } })],
      ['HS256 with the public key of somebody', () => ({ sign: hmac(publicPem) })],
      ['HS256 with an empty key', () => ({ sign: hmac('') })],
      [
        'HS384 with the right key',
        () => ({ header: { alg: 'HS384' }, sign: hmac(forge.key.secret, 'sha384') }),
      ],
      [
        'HS512 with the right key',
        () => ({ header: { alg: 'HS512' }, sign: hmac(forge.key.secret, 'sha512') }),
      ],
      ['RS256', () => ({ header: { alg: 'RS256' }, sign: signWith(rsa.privateKey) })],
      ['ES256 on the wrong curve', () => ({ header: { alg: 'ES256' }, sign: signWith(ec.privateKey) })],
      ['an empty signature', () => ({ sign: () => '' })],
      [
        'a signature of half the length',
        () => ({ sign: (input) => hmac(forge.key.secret)(input).slice(0, 21) }),
      ],
      [
        'the signature of another token',
        () => ({ payload: { jti: newId() }, sign: () => forge.genuine.split('.')[2] ?? '' }),
      ],
    ])('%s is refused', (_name, forgery) => expectRefused(presentForged(forgery())));
  });

  describe('with a key of their own (R14)', () => {
    let listener: Server;
    let visits: number;
    let address: string;

    beforeAll(async () => {
      visits = 0;
      listener = createServer((_request, response) => {
        visits += 1;
        response.end(JSON.stringify({ keys: [{ kty: 'oct', kid: 'mine', k: 'AAAA' }] }));
      });
      await new Promise<void>((resolve) => void listener.listen(0, '127.0.0.1', resolve));
      address = `http://127.0.0.1:${(listener.address() as AddressInfo).port}/keys.json`;
    });

    afterAll(() => void listener.close());

    const OWN_KEY = Buffer.alloc(32, 7);

    it.each<[string, () => Forgery]>([
      [
        'jwk',
        () => ({ header: { jwk: { kty: 'oct', k: OWN_KEY.toString('base64url') } }, sign: hmac(OWN_KEY) }),
      ],
      ['jku', () => ({ header: { jku: address, kid: 'mine' }, sign: hmac(OWN_KEY) })],
      ['x5u', () => ({ header: { x5u: address }, sign: hmac(OWN_KEY) })],
      ['x5c', () => ({ header: { x5c: [OWN_KEY.toString('base64')] }, sign: hmac(OWN_KEY) })],
      ['a path as kid', () => ({ header: { kid: '../../../../dev/null' }, sign: hmac('') })],
      ['SQL as kid', () => ({ header: { kid: "x' union select '00" }, sign: hmac('00') })],
      ['the prototype as kid', () => ({ header: { kid: '__proto__' }, sign: hmac('') })],
      ['an unknown kid', () => ({ header: { kid: 'k9' } })],
      ['no kid', () => ({ header: { kid: undefined } })],
      ['a kid that is no text', () => ({ header: { kid: { toString: 'test' } } })],
      ['an extension that must be understood', () => ({ header: { crit: ['exp2'], exp2: 1 } })],
    ])('%s is refused', (_name, forgery) => expectRefused(presentForged(forgery())));

    it('make the service call nobody', () => {
      expect(visits).toBe(0);
    });
  });

  describe('with other times (R15)', () => {
    it.each<[string, () => Forgery]>([
      ['61 s after the end', () => ({ payload: { iat: now() - 961, exp: now() - MAXIMUM_SKEW - 1 } })],
      ['no end', () => ({ payload: { exp: undefined } })],
      ['an end that is text', () => ({ payload: { exp: String(now() + 900) } })],
      ['an end between two seconds', () => ({ payload: { exp: now() + 800.5 } })],
      ['an end in the far future', () => ({ payload: { exp: 1e99 } })],
      ['a life longer than ours', () => ({ payload: { exp: now() + 86_400 } })],
      ['an end that is null', () => ({ payload: { exp: null } })],
      ['no beginning', () => ({ payload: { iat: undefined } })],
      ['a beginning that is still to come', () => ({ payload: { iat: now() + 120, exp: now() + 900 } })],
      ['not before a later time', () => ({ payload: { nbf: now() + MAXIMUM_SKEW + 5 } })],
      ['a not-before that is text', () => ({ payload: { nbf: 'soon' } })],
      ['a not-before between two seconds', () => ({ payload: { nbf: now() - 0.5 } })],
    ])('%s is refused', (_name, forgery) => expectRefused(presentForged(forgery())));

    it('within a skew of a minute work', async () => {
      expect((await presentForged({ payload: { iat: now() - 900, exp: now() - 50 } })).status).toBe(200);
      expect((await presentForged({ payload: { nbf: now() + 50 } })).status).toBe(200);
    });
  });

  describe('made by or for somebody else (R16)', () => {
    it.each<[string, Forgery]>([
      ['the issuer of staging', { payload: { iss: 'weir-staging' } }],
      ['an issuer that only starts like ours', { payload: { iss: 'weir.example.com' } }],
      ['a list of issuers', { payload: { iss: ['weir'] } }],
      ['no issuer', { payload: { iss: undefined } }],
      ['a list of audiences without us', { payload: { aud: ['langflow', 'weir-canvas'] } }],
      ['an audience that only starts like ours', { payload: { aud: 'weir-api-staging' } }],
      ['an audience that ours starts with', { payload: { aud: 'weir' } }],
      ['no audience', { payload: { aud: undefined } }],
      ['an empty list of audiences', { payload: { aud: [] } }],
    ])('%s is refused', (_name, forgery) => expectRefused(presentForged(forgery)));
  });

  describe('of another kind or form (R17)', () => {
    it.each<[string, Forgery]>([
      ['type JWT', { header: { typ: 'JWT' } }],
      ['no type', { header: { typ: undefined } }],
      ['type of a launch token', { header: { typ: 'launch+jwt' } }],
      ['no session', { payload: { sid: undefined } }],
      ['a session that never was', { payload: { sid: newId() } }],
      ['a person that is no id', { payload: { sub: "' or true --" } }],
      ['another person on the same session', { payload: { sub: newId() } }],
      ['another organization on the same session', { payload: { org: newId() } }],
    ])('%s is refused', (_name, forgery) => expectRefused(presentForged(forgery)));

    it.each([
      ['garbage', 'x'],
      ['three dots', '..'],
      ['a header that is no JSON', 'AAAA.AAAA.AAAA'],
      ['a header that is a list', `${Buffer.from('[]').toString('base64url')}.e30.AAAA`],
      [
        'a payload that is no JSON',
        `${Buffer.from('{"alg":"HS256","typ":"JWT"}').toString('base64url')}.AAAA.AAAA`,
      ],
      ['an encrypted token', 'e30.e30.e30.e30.e30'],
    ])('%s is refused', (_name, token) => expectRefused(present(token)));

    it('a refresh token is no access token', () => expectRefused(present(person.me.refreshToken)));

    it('an access token does not refresh', async () => {
      const response = await api
        .anonymous()
        .post('/v1/auth/refresh', { refreshToken: person.me.accessToken });
      expect(response.status).toBeGreaterThanOrEqual(400);
      expect(response.status).toBeLessThan(500);
      const short = await api
        .anonymous()
        .post('/v1/auth/refresh', { refreshToken: person.me.accessToken.slice(0, 43) });
      expect({ status: short.status, code: short.body.code }).toEqual({
        status: 401,
        code: 'refresh_refused',
      });
    });
  });

  it('in an address or a body are not looked at (R24)', async () => {
    const token = person.me.accessToken;
    for (const name of ['access_token', 'token', 'bearer', 'jwt', 'auth_token']) {
      await expectRefused(api.anonymous().get(`/v1/me?${name}=${token}`));
    }
    await expectRefused(
      api.anonymous().request('PATCH', '/v1/me', { body: { access_token: token, name: 'x' } }),
    );
    await expectRefused(api.anonymous().get('/v1/me', { cookie: `access_token=${token}; token=${token}` }));
    expect(api.logs.join('')).not.toContain(token);
  });
});

describe('Signing keys', () => {
  const oldKey = `old:${generateKeyText()}`;
  const newKey = `new:${generateKeyText()}`;
  const masterKeys = `1:${generateKeyText()}`;
  const kidOf = (token: string): unknown =>
    (JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()) as { kid: unknown }).kid;

  let database: TestDatabase;

  beforeAll(async () => {
    database = await createTestDatabase();
  });

  afterAll(() => database.drop());

  /** One step of a rolling change: a process with these keys, on the database of all of them. */
  async function withKeys<T>(keys: string, work: (api: TestApp) => Promise<T>): Promise<T> {
    const api = await startTestApp({ env: { JWT_KEYS: keys, MASTER_KEYS: masterKeys }, database });
    try {
      return await work(api);
    } finally {
      await api.stop();
    }
  }

  const statusOf = async (api: TestApp, token: string): Promise<number> =>
    (await api.anonymous().get('/v1/me', { authorization: `Bearer ${token}` })).status;

  it('rotate without anybody being signed out, and end with their removal (R19)', async () => {
    const before = await withKeys(oldKey, async (api) => (await api.signUp()).me);
    expect(kidOf(before.accessToken)).toBe('old');

    const during = await withKeys(`${newKey},${oldKey}`, async (api) => {
      const statuses = await Promise.all(Array.from({ length: 20 }, () => statusOf(api, before.accessToken)));
      expect(new Set(statuses)).toEqual(new Set([200]));
      const login = { email: before.user.email, password: PASSWORD };
      return (await api.anonymous().post('/v1/auth/login', login)).body;
    });
    expect(kidOf(during.accessToken)).toBe('new');

    await withKeys(newKey, async (api) => {
      expect(await statusOf(api, before.accessToken)).toBe(401);
      expect(await statusOf(api, during.accessToken)).toBe(200);
      // Who was away during the whole change goes on with the refresh token, without the password.
      const refreshed = await api.anonymous().post('/v1/auth/refresh', { refreshToken: before.refreshToken });
      expect(refreshed.status).toBe(200);
      expect(kidOf(refreshed.body.accessToken)).toBe('new');
    });
  });

  it.each([
    ['31 bytes', `k1:${Buffer.from(generateKeyText(), 'base64').subarray(1).toString('base64')}`, /31 bytes/],
    ['zeros', `k1:${Buffer.alloc(32).toString('base64')}`, /all zero/],
    ['text', `k1:${Buffer.from('correct horse battery staple 123').toString('base64')}`, /text/],
    ['the example of the documentation', 'k1:ZXhhbXBsZS1leGFtcGxlLWV4YW1wbGUtZXhhbXBsZS0=', /JWT_KEYS/],
    ['what is no base64', 'k1:secret', /base64/],
  ])('of %s stop the start with a readable reason (R18, R10)', async (_name, keys, reason) => {
    const config = testConfig({ DATABASE_URL: 'postgresql://weir_app@127.0.0.1:1/none', JWT_KEYS: keys });
    const logger = createLogger({ level: 'silent' });
    await expect(createApi({ config, logger, clock: new SystemClock() })).rejects.toThrow(reason);
  });
});
