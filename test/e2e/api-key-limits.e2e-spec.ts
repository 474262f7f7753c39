import { ManualClock } from '@weir/kernel';
import type { ApiClient } from '../support/api-client';
import { keyClient, makeKey, withKey } from '../support/api-keys';
import { expectProblem } from '../support/expect-problem';
import { logInAgain } from '../support/isolation/identities';
import { startTestApp, type TestApp } from '../support/test-app';
import { created, echo } from './workflow-fixtures';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

describe('The limits of API keys', () => {
  let api: TestApp;
  let ada: ApiClient;
  let echoId: string;
  let otherId: string;
  const clock = new ManualClock(new Date());

  beforeAll(async () => {
    api = await startTestApp({ clock });
    ada = await api.signUp('Ada');
    echoId = (await created(ada, { name: 'Echo', flowData: echo() })).id;
    otherId = (await created(ada, { name: 'Other', flowData: echo() })).id;
  });

  afterAll(() => api.stop());

  const run = (client: ApiClient, id = echoId) => client.post(`/v1/workflows/${id}/runs`, { input: 'Hello' });
  describe('limited to one workflow', () => {
    it('know of no other one, in lists, runs and conversations (F35)', async () => {
      const unlimited = await keyClient(ada);
      const limited = await keyClient(ada, { workflowIds: [echoId] });
      const foreignRun = (await run(unlimited, otherId)).body.id;
      const ownRun = (await run(limited)).body.id;
      const talk = async (id: string) =>
        (await ada.post(`/v1/workflows/${id}/conversations`, { title: 'Talk' })).body.id;
      const [ownTalk, foreignTalk] = [await talk(echoId), await talk(otherId)];

      const listed = (await limited.get('/v1/workflows')).body.data.map(({ id }: any) => id);
      expect(listed).toEqual([echoId]);
      const runs = (await limited.get('/v1/runs?limit=100')).body.data.map(({ id }: any) => id);
      expect(runs).toContain(ownRun);
      expect(runs).not.toContain(foreignRun);
      expect((await limited.get(`/v1/runs?workflowId=${otherId}`)).body.data).toEqual([]);
      expect((await limited.get(`/v1/runs/${ownRun}`)).status).toBe(200);
      expect((await limited.get(`/v1/conversations/${ownTalk}`)).status).toBe(200);
      expect((await limited.post(`/v1/conversations/${ownTalk}/messages`, { content: 'Hi' })).status).toBe(
        200,
      );

      const hidden: [string, string, object?][] = [
        ['GET', `/v1/workflows/${otherId}`],
        ['GET', `/v1/workflows/${otherId}/flow`],
        ['GET', `/v1/workflows/${otherId}/export`],
        ['GET', `/v1/workflows/${otherId}/bindings`],
        ['GET', `/v1/workflows/${otherId}/versions`],
        ['GET', `/v1/workflows/${otherId}/versions/1`],
        ['GET', `/v1/workflows/${otherId}/conversations`],
        ['POST', `/v1/workflows/${otherId}/conversations`, { title: 'Talk' }],
        ['POST', `/v1/workflows/${otherId}/runs`, { input: 'Hello' }],
        ['GET', `/v1/runs/${foreignRun}`],
        ['GET', `/v1/runs/${foreignRun}/events`],
        ['POST', `/v1/runs/${foreignRun}/cancel`],
        ['GET', `/v1/conversations/${foreignTalk}`],
        ['PATCH', `/v1/conversations/${foreignTalk}`, { title: 'Mine' }],
        ['DELETE', `/v1/conversations/${foreignTalk}`],
        ['GET', `/v1/conversations/${foreignTalk}/messages`],
        ['POST', `/v1/conversations/${foreignTalk}/messages`, { content: 'Hi' }],
      ];
      for (const [method, path, body] of hidden) {
        const { status } = await limited.request(method, path, body === undefined ? {} : { body });
        expect(`${method} ${path} ${status}`).toBe(`${method} ${path} 404`);
      }
    });
  });

  describe('when they end', () => {
    // These tests move the clock past the lifetime of an access token.
    beforeEach(async () => {
      ada = await logInAgain(api, ada);
    });

    it('are refused after their expiry, and the refusal says so (F37)', async () => {
      const soon = new Date(clock.now().getTime() + MINUTE).toISOString();
      const key = await keyClient(ada, { expiresAt: soon });
      expect((await key.get('/v1/runs')).status).toBe(200);
      clock.advance(MINUTE);
      const refused = await key.get('/v1/runs');
      expectProblem(refused, 401);
      expect(refused.body.code).toBe('key_expired');
    });

    it('are refused at once after their revocation, and are not listed any more (F38)', async () => {
      const { id, key } = await makeKey(ada);
      expect((await withKey(ada, key).get('/v1/runs')).status).toBe(200);
      expect((await ada.delete(`/v1/api-keys/${id}`)).status).toBe(204);
      expectProblem(await withKey(ada, key).get('/v1/runs'), 401);
      const { body } = await ada.get('/v1/api-keys?limit=100');
      expect(body.data.some((listed: { id: string }) => listed.id === id)).toBe(false);
      expectProblem(await ada.delete(`/v1/api-keys/${id}`), 404);
    });

    it('are refused within five seconds on another process (R22)', async () => {
      const { id, key } = await makeKey(ada);
      expect((await withKey(ada, key).get('/v1/runs')).status).toBe(200);
      await api.database.query('update api_keys set revoked_at = now() where id = $1', [id]);
      clock.advance(2_000);
      expectProblem(await withKey(ada, key).get('/v1/runs'), 401);
    });

    it('work beside their successor until the overlap ends (F38)', async () => {
      const old = await makeKey(ada, { scopes: ['runs:read'], requestsPerMinute: 1000 });
      const { status, body: next } = await ada.post(`/v1/api-keys/${old.id}/rotate`, {
        overlapSeconds: 3600,
      });
      expect(status).toBe(201);
      expect(next).toMatchObject({ scopes: ['runs:read'], requestsPerMinute: 1000, rotatedFrom: old.id });
      const both = async () => [
        (await withKey(ada, old.key).get('/v1/runs')).status,
        (await withKey(ada, next.key).get('/v1/runs')).status,
      ];
      expect(await both()).toEqual([200, 200]);
      clock.advance(3600_000);
      expect(await both()).toEqual([401, 200]);
    });

    it('are rotated once: the second rotation names the reason', async () => {
      const { id } = await makeKey(ada);
      const both = await Promise.all([
        ada.post(`/v1/api-keys/${id}/rotate`, { overlapSeconds: 60 }),
        ada.post(`/v1/api-keys/${id}/rotate`, { overlapSeconds: 60 }),
      ]);
      expect(new Set(both.map(({ status }) => status))).toEqual(new Set([201, 409]));
      const rows = await api.database.query('select 1 from api_keys where rotated_from = $1', [id]);
      expect(rows).toHaveLength(1);
      expectProblem(await ada.post(`/v1/api-keys/${id}/rotate`, { overlapSeconds: 604_801 }), 422);
    });
  });

  describe('with limits', () => {
    beforeEach(async () => {
      ada = await logInAgain(api, ada);
    });

    it('are refused one request too many, with the time to wait (F40)', async () => {
      const { id, key } = await makeKey(ada, { requestsPerMinute: 3 });
      const statuses: number[] = [];
      for (let request = 1; request <= 3; request++)
        statuses.push((await withKey(ada, key).get('/v1/runs')).status);
      const refused = await withKey(ada, key).get('/v1/runs');
      expect([...statuses, refused.status, refused.body.code]).toEqual([200, 200, 200, 429, 'rate_limited']);
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
      expect(refused.headers.get('ratelimit-limit')).toBe('3');
      expect(refused.headers.get('ratelimit-remaining')).toBe('0');
      expect(refused.headers.get('ratelimit-reset')).toBe(refused.headers.get('retry-after'));
      // A rotation is no way around it.
      const next = (await ada.post(`/v1/api-keys/${id}/rotate`, {})).body.key;
      expect((await withKey(ada, next).get('/v1/runs')).status).toBe(429);
    });

    it('start exactly as many runs a month as they may, also when all are started at once (F40)', async () => {
      const { key, id } = await makeKey(ada, { runsPerMonth: 5 });
      const answers = await Promise.all(Array.from({ length: 12 }, () => run(withKey(ada, key))));
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(5);
      const refused = answers.filter(({ status }) => status === 429);
      expect(refused).toHaveLength(7);
      for (const response of refused) {
        expectProblem(response, 429);
        expect(response.body).toMatchObject({
          code: 'quota_exceeded',
          resetAt: expect.stringMatching(/-01T00:00:00.000Z$/),
        });
        expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
      }
      expect(await api.database.query('select 1 from runs where api_key_id = $1', [id])).toHaveLength(5);
      // In a conversation the run is made another way.
      const talk = (await ada.post(`/v1/workflows/${echoId}/conversations`, {})).body.id;
      const message = await withKey(ada, key).post(`/v1/conversations/${talk}/messages`, { content: 'Hi' });
      expect([message.status, message.body.code]).toEqual([429, 'quota_exceeded']);
      // A rotation is no way around it, the next month is.
      const next = (await ada.post(`/v1/api-keys/${id}/rotate`, { overlapSeconds: 604_800 })).body.key;
      expect((await run(withKey(ada, next))).status).toBe(429);
      clock.advance(31 * DAY);
      expect((await run(withKey(ada, next))).status).toBe(200);
    });
  });
});
