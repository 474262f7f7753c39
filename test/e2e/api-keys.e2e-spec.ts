import { ManualClock, type Role } from '@weir/kernel';
import type { ApiClient } from '../support/api-client';
import { keyClient, makeKey, requestKey, withKey } from '../support/api-keys';
import { expectProblem } from '../support/expect-problem';
import { joinOrganization, weaken } from '../support/isolation/identities';
import { makeVictim } from '../support/isolation/matrix';
import { listRoutes, send } from '../support/isolation/send';
import { startTestApp, type TestApp } from '../support/test-app';
import { created, echo } from './workflow-fixtures';

const MINUTE = 60_000;

describe('API keys', () => {
  let api: TestApp;
  let ada: ApiClient;
  let echoId: string;
  const clock = new ManualClock(new Date());

  beforeAll(async () => {
    api = await startTestApp({ clock });
    ada = await api.signUp('Ada');
    echoId = (await created(ada, { name: 'Echo', flowData: echo() })).id;
  });

  afterAll(() => api.stop());

  const bearer = (key: string) => ({ authorization: `Bearer ${key}` });
  const run = (client: ApiClient, id = echoId) => client.post(`/v1/workflows/${id}/runs`, { input: 'Hello' });
  const rowOf = async (id: string): Promise<any> =>
    (await api.database.query('select * from api_keys where id = $1', [id]))[0];

  describe('when they are made', () => {
    it('are shown once and kept as a hash (F36)', async () => {
      const { key, ...shown } = await makeKey(ada, { workflowIds: [echoId], ipList: ['127.0.0.0/8'] });
      expect(key).toMatch(/^wk_[0-9a-f]{32}_[A-Za-z0-9_-]{43}$/);
      expect(shown).toMatchObject({ prefix: key.slice(0, 35), lastFour: key.slice(-4), lastUsedAt: null });
      const { body, text } = await ada.get('/v1/api-keys');
      expect(body.data[0]).toEqual(shown);
      expect(text).not.toContain(key);
      const stored = await api.database.query(
        `select t::text as row from api_keys t union all select t::text from audit_events t
         union all select t::text from idempotency_keys t`,
      );
      expect(JSON.stringify(stored)).toContain(shown.id);
      expect(JSON.stringify(stored)).not.toContain(key.slice(36));
      expect((await rowOf(shown.id)).secret_hash).toHaveLength(32);
      expect(api.logs.join('')).not.toContain(key.slice(36));
    });

    it('leave one audit row for each change (R12)', async () => {
      const { id } = await makeKey(ada);
      const rotated = (await ada.post(`/v1/api-keys/${id}/rotate`, {})).body;
      await ada.delete(`/v1/api-keys/${rotated.id}`);
      const events = await api.database.query(
        `select action, object_id from audit_events where object_id in ($1, $2) order by created_at, id`,
        [id, rotated.id],
      );
      expect(events).toEqual([
        { action: 'api_key.created', object_id: id },
        { action: 'api_key.rotated', object_id: rotated.id },
        { action: 'api_key.revoked', object_id: rotated.id },
      ]);
    });

    it.each<[string, object, string]>([
      ['a scope that no key can have', { scopes: ['members:read'] }, '/scopes'],
      ['a scope that does not exist', { scopes: ['everything'] }, '/scopes'],
      ['no scope', { scopes: [] }, '/scopes'],
      ['an empty name', { name: ' ' }, '/name'],
      ['an address that is none', { ipList: ['localhost'] }, '/ipList'],
      ['an empty list of addresses', { ipList: [] }, '/ipList'],
      ['an empty list of workflows', { workflowIds: [] }, '/workflowIds'],
      [
        'a workflow that is not there',
        { workflowIds: ['01938b5e-7c1a-7d52-b3a4-2f9f6d1c8e10'] },
        '/workflowIds',
      ],
      ['an expiry in the past', { expiresAt: '2020-01-01T00:00:00Z' }, '/expiresAt'],
      ['a limit of nothing', { requestsPerMinute: 0 }, '/requestsPerMinute'],
      ['a field that is not known', { role: 'owner' }, '/role'],
    ])('cannot have %s', async (_what, input, pointer) => {
      const response = await requestKey(ada, input);
      expectProblem(response, 422);
      expect(response.body.errors[0].pointer).toBe(pointer);
    });

    it('cannot be limited to the workflow of somebody else', async () => {
      const eve = await api.signUp('Eve');
      expectProblem(await requestKey(eve, { workflowIds: [echoId] }), 422);
    });

    it.each<[Role, number]>([
      ['builder', 201],
      ['operator', 403],
      ['viewer', 403],
    ])('are for builders: a %s gets %i', async (role, status) => {
      const person = await joinOrganization(api, ada, role);
      expect((await requestKey(person)).status).toBe(status);
    });

    it('are their maker’s alone to see, rotate and revoke', async () => {
      const { id } = await makeKey(ada);
      for (const other of [await api.signUp('Eve'), await joinOrganization(api, ada, 'owner')]) {
        expect((await other.get('/v1/api-keys')).body.data).toEqual([]);
        expectProblem(await other.post(`/v1/api-keys/${id}/rotate`, {}), 404);
        expectProblem(await other.delete(`/v1/api-keys/${id}`), 404);
      }
    });
  });

  describe('when they are used', () => {
    it('act as their maker, as bearer token or as x-api-key', async () => {
      const { key } = await makeKey(ada);
      for (const headers of [bearer(key), { 'x-api-key': key }, { authorization: `bearer ${key}` }]) {
        const { status, body } = await api.anonymous().get(`/v1/workflows/${echoId}`, headers);
        expect([status, body.id]).toEqual([200, echoId]);
      }
    });

    it('leave their id and their organization in the run (F34)', async () => {
      const { id, key } = await makeKey(ada);
      const { status, body } = await run(withKey(ada, key));
      expect([status, body.apiKeyId]).toEqual([200, id]);
      const rows = await api.database.query('select organization_id, api_key_id from runs where id = $1', [
        body.id,
      ]);
      expect(rows).toEqual([{ organization_id: ada.me.organization.id, api_key_id: id }]);
      const events = await api.database.query('select via from audit_events where object_id = $1', [body.id]);
      expect(events).toEqual([{ via: 'api_key' }]);
    });

    it('reach nothing of another organization, with the body of what does not exist (F34)', async () => {
      const key = await keyClient(await api.signUp('Eve'));
      const foreign = await key.get(`/v1/workflows/${echoId}`);
      const missing = await key.get('/v1/workflows/01938b5e-7c1a-7d52-b3a4-2f9f6d1c8e10');
      expectProblem(foreign, 404);
      expect({ ...foreign.body, requestId: '', detail: '' }).toEqual({
        ...missing.body,
        requestId: '',
        detail: '',
      });
      expectProblem(await run(key), 404);
    });

    it('are refused what their scopes do not name (F35)', async () => {
      const key = await keyClient(ada, { scopes: ['runs:write'] });
      expect((await run(key)).status).toBe(200);
      for (const path of ['/v1/runs', '/v1/workflows', '/v1/projects', '/v1/secrets', '/v1/settings']) {
        const response = await key.get(path);
        expectProblem(response, 403);
        expect(response.body.detail).toContain('scope');
      }
    });

    it('are refused accounts, sessions, members, keys and everything that builds, with every scope (F35, R28)', async () => {
      const key = await keyClient(ada);
      const refused = [
        ['GET', '/v1/me'],
        ['DELETE', '/v1/me'],
        ['GET', '/v1/auth/sessions'],
        ['POST', '/v1/auth/logout-all'],
        ['GET', '/v1/api-keys'],
        ['POST', '/v1/api-keys'],
        ['DELETE', `/v1/workflows/${echoId}`],
        ['POST', '/v1/projects'],
        ['PUT', '/v1/secrets/NAME'],
      ] as const;
      for (const [method, path] of refused) expectProblem(await key.request(method, path), 403);
    });

    it('are refused on every route of the service but those of their scope (F11, F35, R28)', async () => {
      const { client, objects } = await makeVictim(api);
      const key = await keyClient(client, { scopes: ['secrets:read'] });
      const routes = listRoutes(api.routes.list()).routes.filter(({ row }) => row.access !== 'public');
      const answered: string[] = [];
      for (const route of routes)
        if ((await send(key, route, objects)).status !== 403) answered.push(route.name);
      expect(answered.toSorted()).toEqual([
        'GET /v1/secrets',
        'GET /v1/secrets/providers',
        'HEAD /v1/secrets',
        'HEAD /v1/secrets/providers',
      ]);
    });

    it('lose what their maker loses (R37)', async () => {
      const bob = await api.signUp('Bob');
      const key = await keyClient(bob, { scopes: ['runs:write', 'runs:read'] });
      const workflow = await created(bob, { name: 'Echo', flowData: echo() });
      expect((await run(key, workflow.id)).status).toBe(200);
      await weaken(api, bob, 'viewer');
      clock.advance(3_000);
      expectProblem(await run(key, workflow.id), 403);
      expect((await key.get('/v1/runs')).status).toBe(200);
      await api.database.query('update users set disabled_at = now() where id = $1', [bob.me.user.id]);
      clock.advance(3_000);
      expectProblem(await key.get('/v1/runs'), 401);
    });

    it('stop to change things while the organization is suspended', async () => {
      const bob = await api.signUp('Bob');
      const key = await keyClient(bob);
      const workflow = await created(bob, { name: 'Echo', flowData: echo() });
      await api.database.query(
        "update organizations set suspended_at = now(), suspended_reason = 'unpaid' where id = $1",
        [bob.me.organization.id],
      );
      clock.advance(3_000);
      const refused = await run(key, workflow.id);
      expectProblem(refused, 403);
      expect(refused.body.code).toBe('organization_suspended');
      expect((await key.get('/v1/runs')).status).toBe(200);
    });

    it('are not taken from the address (R24), nor anything else for one (R17)', async () => {
      const { key } = await makeKey(ada);
      const client = api.anonymous();
      const fake = `${key.slice(0, -1)}${key.endsWith('A') ? 'B' : 'A'}`;
      const { accessToken, refreshToken } = ada.me;
      const refused = [
        await client.get(`/v1/runs?api_key=${key}`),
        await client.get(`/v1/runs?access_token=${key}`),
        await client.get('/v1/runs', bearer(fake)),
        await client.get('/v1/runs', { 'x-api-key': fake }),
        await client.get('/v1/runs', { 'x-api-key': accessToken }),
        await client.get('/v1/runs', { 'x-api-key': refreshToken }),
        await client.get('/v1/runs', { 'x-api-key': '' }),
        await client.get('/v1/runs', { authorization: key }),
        await client.get('/v1/runs', { authorization: `Basic ${key}` }),
        await client.get('/v1/runs', bearer('wk_')),
      ];
      for (const response of refused) {
        expectProblem(response, 401);
        expect(response.body.code).toBe('unauthenticated');
      }
      expectProblem(await client.post('/v1/auth/refresh', { refreshToken: key }), 401);
    });

    it('work from their addresses only', async () => {
      const { key } = await makeKey(ada, { ipList: ['203.0.113.0/24', '2001:db8::1'] });
      const refused = await withKey(ada, key).get('/v1/runs');
      expect([refused.status, refused.body.code]).toEqual([403, 'address_not_allowed']);
      const allowed = await keyClient(ada, { ipList: ['203.0.113.0/24', '127.0.0.1'] });
      expect((await allowed.get('/v1/runs')).status).toBe(200);
    });

    it('are stamped with time and address, at most once a minute (F39)', async () => {
      const { id, key } = await makeKey(ada);
      const first = clock.now();
      await withKey(ada, key).get('/v1/runs');
      const stamped = async () => {
        const { last_used_at: at, last_used_ip: ip } = await rowOf(id);
        return [at?.getTime(), ip];
      };
      await eventually(async () => expect(await stamped()).toEqual([first.getTime(), '127.0.0.1']));
      clock.advance(MINUTE - 1_000);
      await withKey(ada, key).get('/v1/runs');
      await withKey(ada, key).get('/v1/runs');
      expect(await stamped()).toEqual([first.getTime(), '127.0.0.1']);
      clock.advance(1_000);
      await withKey(ada, key).get('/v1/runs');
      await eventually(async () => expect(await stamped()).toEqual([first.getTime() + MINUTE, '127.0.0.1']));
    });
  });
});

/** What happens behind an answer has happened soon after it. */
async function eventually(check: () => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await check();
    } catch (error) {
      if (attempt === 100) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}
