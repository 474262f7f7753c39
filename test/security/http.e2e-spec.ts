import { newId } from '@weir/kernel';
import type { ApiClient } from '../support/api-client';
import { expectProblem, expectProblemBody } from '../support/expect-problem';
import { sendRaw, type RawAnswer } from '../support/raw-http';
import { startTestApp, type TestApp } from '../support/test-app';

const ORIGIN = 'https://console.example.com';

describe('HTTP', () => {
  let api: TestApp;
  let person: ApiClient;

  beforeAll(async () => {
    api = await startTestApp({ env: { CORS_ORIGINS: ORIGIN } });
    person = await api.signUp();
  });

  afterAll(() => api.stop());

  function expectRawProblem(answer: RawAnswer, status: number): void {
    expect(answer.head).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(answer.head.toLowerCase()).toContain('content-type: application/problem+json');
    expectProblemBody(JSON.parse(answer.body) as Record<string, unknown>, status);
  }

  describe('Methods (R49)', () => {
    it.each([
      ['GET', '/v1/auth/login', 'POST'],
      ['PUT', '/v1/auth/login', 'POST'],
      ['PROPFIND', '/v1/me', 'DELETE, GET, HEAD, PATCH'],
      ['POST', '/v1/me', 'DELETE, GET, HEAD, PATCH'],
      ['PATCH', `/v1/auth/sessions/${newId()}`, 'DELETE'],
    ])('%s on %s is 405 with Allow', async (method, path, allow) => {
      const response = await person.request(method, path, method === 'GET' ? {} : { body: {} });
      expectProblem(response, 405);
      expect(response.headers.get('allow')).toBe(allow);
    });

    it('HEAD mirrors GET without a body', async () => {
      const [head, get] = [await person.request('HEAD', '/v1/me'), await person.get('/v1/me')];
      expect(head.status).toBe(200);
      expect(head.text).toBe('');
      for (const name of ['content-type', 'content-length', 'cache-control']) {
        expect(head.headers.get(name)).toBe(get.headers.get(name));
      }
      expect((await api.anonymous().request('HEAD', '/v1/me')).status).toBe(401);
    });

    it('TRACE is refused and repeats nothing', async () => {
      const answer = await sendRaw(api.url, [
        'TRACE /v1/me HTTP/1.1\r\nHost: x\r\nX-Canary: canary-1\r\nConnection: close\r\n\r\n',
      ]);
      expectRawProblem(answer, 405);
      expect(answer.body).not.toContain('canary-1');
    });

    it('CONNECT is refused', async () => {
      const answer = await sendRaw(api.url, ['CONNECT 127.0.0.1:22 HTTP/1.1\r\nHost: 127.0.0.1:22\r\n\r\n']);
      expect(answer.status === 0 || answer.status >= 400).toBe(true);
      expect(answer.ms).toBeLessThan(1500);
    });

    it('cannot be changed by a header or a parameter', async () => {
      const response = await person.request('GET', '/v1/me?_method=DELETE', {
        headers: { 'x-http-method-override': 'DELETE', 'x-method-override': 'DELETE' },
      });
      expect(response.status).toBe(200);
      expect((await person.get('/v1/me')).status).toBe(200);
    });
  });

  describe('Addresses', () => {
    it.each([
      ['/v1/nothing', 404],
      ['/v1/%ff', 400],
      ['/v1/auth/sessions/%E0%A4%A', 400],
      [`/v1/auth/sessions/${'a'.repeat(300)}`, 414],
      ['/v1/me/', 404],
      ['//v1/me', 404],
      ['/V1/ME', 404],
      ['/v1/..%2fv1/me', 404],
      ['/v1/auth/../../livez', 404],
      ['/.env', 404],
      ['/.git/config', 404],
      ['/metrics', 404],
      ['/docs/..%2f..%2fpackage.json', 404],
    ])('%s is answered with a problem', async (path, status) => {
      const answer = await sendRaw(api.url, [
        `DELETE ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`,
      ]);
      expectRawProblem(answer, status);
    });
  });

  describe('What is no proper HTTP (R50, R53, R58)', () => {
    it.each<[string, string, number]>([
      ['garbage', 'hello\r\n\r\n', 400],
      ['an unknown method', 'FOO /v1/me HTTP/1.1\r\nHost: x\r\n\r\n', 400],
      ['64 kB of headers', `GET /v1/me HTTP/1.1\r\nHost: x\r\nX-Big: ${'a'.repeat(65_536)}\r\n\r\n`, 431],
      ['64 kB of address', `GET /v1/me?${'a'.repeat(65_536)} HTTP/1.1\r\nHost: x\r\n\r\n`, 431],
      [
        'length and chunks at once',
        'POST /v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
        400,
      ],
      [
        'two lengths',
        'POST /v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\n{}',
        400,
      ],
      ['a folded header', 'GET /livez HTTP/1.1\r\nHost: x\r\nX-A: b\r\n c\r\n\r\n', 400],
      ['bare line feeds', 'GET /livez HTTP/1.1\nHost: x\n\n', 400],
      ['a space before the colon', 'GET /livez HTTP/1.1\r\nHost : x\r\n\r\n', 400],
      ['a NUL in a header', 'GET /livez HTTP/1.1\r\nHost: x\r\nX-A: a\u0000b\r\n\r\n', 400],
      ['no Host', 'GET /livez HTTP/1.1\r\nConnection: close\r\n\r\n', 400],
    ])('%s is refused with a problem and the connection is closed', async (_name, bytes, status) => {
      const answer = await sendRaw(api.url, [bytes]);
      expectRawProblem(answer, status);
      expect(answer.ms).toBeLessThan(1500);
    });

    it('slow headers and slow bodies are cut, and others are served meanwhile (R53)', async () => {
      const server = api.app.getHttpServer();
      expect(server.headersTimeout).toBeLessThanOrEqual(15_000);
      expect(server.requestTimeout).toBeLessThanOrEqual(60_000);
      const configured = [server.headersTimeout, server.requestTimeout] as const;
      [server.headersTimeout, server.requestTimeout] = [300, 600];
      try {
        const drip = Array.from({ length: 100 }, (_, index) => `X-${index}: a\r\n`);
        const body = [
          'POST /v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n',
        ];
        const [headers, bodies, others] = await Promise.all([
          sendRaw(api.url, ['GET /v1/me HTTP/1.1\r\nHost: x\r\n', ...drip], { pauseMs: 100, waitMs: 12_000 }),
          sendRaw(api.url, [...body, ...Array.from({ length: 100 }, () => '{')], {
            pauseMs: 100,
            waitMs: 12_000,
          }),
          Promise.all(Array.from({ length: 50 }, () => api.anonymous().get('/livez'))),
        ]);
        expectRawProblem(headers, 408);
        expectRawProblem(bodies, 408);
        expect(Math.max(headers.ms, bodies.ms)).toBeLessThan(8_000);
        expect(others.every(({ status }) => status === 200)).toBe(true);
      } finally {
        [server.headersTimeout, server.requestTimeout] = configured;
      }
    });
  });

  describe('Browser headers (R55)', () => {
    it('are on every answer, errors included', async () => {
      for (const response of [
        await person.get('/v1/me'),
        await person.get('/v1/nothing'),
        await api.anonymous().get('/v1/me'),
      ]) {
        const header = (name: string): string => response.headers.get(name) ?? '';
        expect(Number(/max-age=(\d+)/.exec(header('strict-transport-security'))?.[1])).toBeGreaterThanOrEqual(
          31_536_000,
        );
        expect(header('x-content-type-options')).toBe('nosniff');
        expect(header('content-security-policy')).toContain("frame-ancestors 'none'");
        expect(header('content-security-policy')).toContain("default-src 'none'");
        expect(header('x-frame-options')).toBe('DENY');
        expect(header('cache-control')).toBe('no-store');
        expect(header('referrer-policy')).toBe('no-referrer');
        expect(response.headers.has('server')).toBe(false);
        expect(response.headers.has('x-powered-by')).toBe(false);
        expect(response.headers.has('set-cookie')).toBe(false);
        expect(header('x-request-id').length).toBeGreaterThan(8);
        expect(header('server-timing')).toMatch(/^total;dur=[\d.]+, engine;dur=[\d.]+, weir;dur=[\d.]+$/);
      }
    });

    it('let a listed origin in, exactly, and never with credentials for everybody', async () => {
      const allowed = await person.get('/v1/me', { origin: ORIGIN });
      expect(allowed.headers.get('access-control-allow-origin')).toBe(ORIGIN);
      expect(allowed.headers.get('vary')).toMatch(/origin/i);
      expect(allowed.headers.has('access-control-allow-credentials')).toBe(false);
      const preflight = await api.anonymous().request('OPTIONS', '/v1/me', {
        headers: {
          origin: ORIGIN,
          'access-control-request-method': 'PATCH',
          'access-control-request-headers': 'authorization',
        },
      });
      expect(preflight.status).toBe(204);
      expect(preflight.headers.get('access-control-allow-origin')).toBe(ORIGIN);
    });

    it.each([
      'https://evil.example',
      'null',
      `${ORIGIN}.evil.example`,
      'http://console.example.com',
      `${ORIGIN}:8443`,
      'https://evilconsole.example.com',
    ])('keep the origin %s out', async (origin) => {
      const preflight = { origin, 'access-control-request-method': 'GET' };
      for (const response of [
        await person.get('/v1/me', { origin }),
        await api.anonymous().request('OPTIONS', '/v1/me', { headers: preflight }),
      ]) {
        expect(response.headers.get('access-control-allow-origin')).toBeNull();
      }
    });

    it('an OPTIONS request that is no preflight gets no text of a library', async () => {
      const response = await api.anonymous().request('OPTIONS', '/v1/me');
      expect({ status: response.status, text: response.text }).toEqual({ status: 204, text: '' });
    });
  });

  describe('Who somebody says to be (R28, R30, F12)', () => {
    it('in headers, in the address or in the body changes nothing', async () => {
      const other = await api.signUp();
      const claims = {
        'x-tenant-id': other.me.organization.id,
        'x-organization-id': other.me.organization.id,
        'x-user-id': other.me.user.id,
        'x-forwarded-user': other.me.user.id,
        'x-original-url': '/v1/auth/sessions',
        'x-role': 'owner',
        forwarded: 'for=10.0.0.1;host=evil',
        'x-forwarded-host': 'evil.example',
        cookie: `organizationId=${other.me.organization.id}; userId=${other.me.user.id}`,
      };
      const query = `organizationId=${other.me.organization.id}&userId=${other.me.user.id}&role=owner`;
      const response = await person.get(`/v1/me?${query}`, claims);
      expect(response.status).toBe(200);
      expect(response.body).toEqual((await person.get('/v1/me')).body);
      expect((await person.get(`/v1/auth/sessions?${query}`, claims)).body.data).toHaveLength(1);
      expect((await api.anonymous().get('/v1/me', claims)).status).toBe(401);
      const patched = await person.request('PATCH', `/v1/me?${query}`, {
        body: { name: 'Grace' },
        headers: claims,
      });
      expect(patched.body.user.id).toBe(person.me.user.id);
      expect((await other.get('/v1/me')).body.user.name).not.toBe('Grace');
    });

    it('is not believed about addresses unless it comes from a trusted proxy', async () => {
      const email = `proxied-${newId()}@example.com`;
      const claims = { 'x-forwarded-for': '203.0.113.9', 'x-real-ip': '203.0.113.9' };
      const { body } = await api
        .anonymous()
        .post('/v1/auth/register', { email, password: 'a quiet river at dusk', name: 'P' }, claims);
      const rows = await api.database.query('select ip from sessions where user_id = $1', [body.user.id]);
      expect(rows).toEqual([{ ip: '127.0.0.1' }]);
    });

    it.each([
      'id',
      'userId',
      'organizationId',
      'role',
      'platformAdmin',
      'platform_admin',
      'email',
      'passwordHash',
      'disabledAt',
      'createdAt',
      'status',
      'quota',
    ])('the field %s cannot be set along (R29)', async (field) => {
      const before = await api.database.query('select * from users where id = $1', [person.me.user.id]);
      const response = await person.patch('/v1/me', {
        name: 'Mallory',
        [field]: field === 'platformAdmin' ? true : newId(),
      });
      expectProblem(response, 422);
      expect(response.body.errors).toContainEqual({ pointer: `/${field}`, detail: 'is not a known field' });
      expect(await api.database.query('select * from users where id = $1', [person.me.user.id])).toEqual(
        before,
      );
      const signUp = {
        email: `${newId()}@example.com`,
        password: 'a quiet river at dusk',
        name: 'M',
        ...(field === 'email' ? { roles: [] } : { [field]: 'owner' }),
      };
      expectProblem(await api.anonymous().post('/v1/auth/register', signUp), 422);
    });
  });
});
