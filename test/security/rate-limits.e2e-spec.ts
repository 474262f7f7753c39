import { RATE_CLASSES } from '@weir/http';
import type { ApiResponse } from '../support/api-client';
import { expectProblem } from '../support/expect-problem';
import { startTestApp, type TestApp } from '../support/test-app';

describe('Rate limits', () => {
  let api: TestApp;

  beforeAll(async () => {
    api = await startTestApp({ env: { RATE_LIMITS: 'true', TRUST_PROXY: '127.0.0.1' } });
  });

  afterAll(() => api.stop());

  const limitHeaders = ({ headers }: ApiResponse): (string | null)[] =>
    ['ratelimit-limit', 'ratelimit-remaining', 'ratelimit-reset'].map((name) => headers.get(name));

  it('are told with every answer: the limit, what is left and when it starts again (F118)', async () => {
    const person = await api.signUp();
    const [first, second] = [await person.get('/v1/me'), await person.get('/v1/me')];
    const [limit, remaining, reset] = limitHeaders(first);
    expect(limit).toBe(String(RATE_CLASSES.read.points));
    expect(Number(limitHeaders(second)[1])).toBe(Number(remaining) - 1);
    expect(Number(reset)).toBeGreaterThan(0);
    expect(Number(reset)).toBeLessThanOrEqual(60);
  });

  it('refuse what comes after with 429 and Retry-After, for that address alone (F118)', async () => {
    const refresh = (from: string) =>
      api.anonymous().post('/v1/auth/refresh', { refreshToken: 'x'.repeat(43) }, { 'x-forwarded-for': from });
    const responses: ApiResponse[] = [];
    for (let index = 0; index < RATE_CLASSES.authentication.points + 5; index += 1)
      responses.push(await refresh('203.0.113.1'));
    const refused = responses.filter(({ status }) => status === 429);
    expect(refused).toHaveLength(5);
    for (const response of refused) {
      expectProblem(response, 429);
      expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
      expect(limitHeaders(response)[1]).toBe('0');
    }
    expect((await refresh('203.0.113.2')).status).toBe(401);
  });

  it('count people apart, whatever address they come from', async () => {
    const [ada, bob] = [await api.signUp(), await api.signUp()];
    await Promise.all(Array.from({ length: 50 }, () => ada.get('/v1/me')));
    expect(Number(limitHeaders(await bob.get('/v1/me'))[1])).toBe(RATE_CLASSES.read.points - 1);
    expect(Number(limitHeaders(await ada.get('/v1/me', { 'x-forwarded-for': '203.0.113.50' }))[1])).toBe(
      RATE_CLASSES.read.points - 51,
    );
  });

  it('cannot be escaped by inventing addresses in a longer X-Forwarded-For', async () => {
    const remaining: number[] = [];
    for (let index = 0; index < 5; index += 1) {
      const response = await api
        .anonymous()
        .get('/livez', { 'x-forwarded-for': `198.51.100.${index}, 203.0.113.77` });
      remaining.push(Number(limitHeaders(response)[1]));
    }
    expect(new Set(remaining).size).toBe(5);
  });
});
