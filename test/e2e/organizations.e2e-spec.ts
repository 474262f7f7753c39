import { newId } from '@weir/kernel';
import { OrganizationOperations } from '../../apps/api/src/modules/organizations/organization-operations.service';
import type { ApiClient } from '../support/api-client';
import { expectProblem } from '../support/expect-problem';
import { startTestApp, type TestApp } from '../support/test-app';
import { addMember, createTeam, newSlug, switchTo } from '../support/teams';

describe('Organizations', () => {
  let api: TestApp;
  let ada: ApiClient;
  let stranger: ApiClient;

  beforeAll(async () => {
    api = await startTestApp();
    [ada, stranger] = [await api.signUp('Ada'), await api.signUp('Stranger')];
  });

  afterAll(() => api.stop());

  const create = (person: ApiClient, slug: string) =>
    person.post('/v1/organizations', { name: 'Acme', slug });

  it('are created with a name and a slug, by their owner, ready for work (F1)', async () => {
    const slug = newSlug();
    const response = await create(ada, slug);
    expect(response.status).toBe(201);
    expect(response.body).toEqual({
      id: expect.any(String),
      kind: 'team',
      name: 'Acme',
      slug,
      role: 'owner',
      suspended: false,
      suspendedReason: null,
      joinedAt: expect.any(String),
    });
    const owner = await switchTo(ada, response.body.id);
    expect((await owner.get('/v1/projects')).body.data).toHaveLength(1);
    expect(
      await api.database.query(
        'select action, user_id from audit_events where organization_id = $1 order by id',
        [response.body.id],
      ),
    ).toEqual(
      ['organization.created', 'session.switched'].map((action) => ({ action, user_id: ada.me.user.id })),
    );
  });

  it('have a slug that nobody else has, whoever asks and however often at once (F1)', async () => {
    const slug = newSlug();
    const answers = await Promise.all([create(ada, slug), create(stranger, slug), create(ada, slug)]);
    expect(answers.map(({ status }) => String(status)).toSorted()).toEqual(['201', '409', '409']);
    for (const answer of answers.filter(({ status }) => status === 409)) {
      expectProblem(answer, 409);
      expect(answer.body).toMatchObject({ code: 'slug_taken', errors: [{ pointer: '/slug' }] });
    }
    // The refused ones left nothing behind.
    expect(await api.database.query('select 1 from organizations where slug = $1', [slug])).toHaveLength(1);
    expect(
      await api.database.query("select 1 from organizations where kind = 'team' and slug is null"),
    ).toEqual([]);
  });

  it.each(['%', 'acm_', '-a', 'a-', 'ab', 'Acme', 'admin', 'api', 'www', 'tenant', 'me', 'v1', 'docs', ''])(
    'refuse the slug %p (F2)',
    async (slug) => {
      const response = await create(ada, slug);
      expectProblem(response, 422);
      expect(response.body.errors[0].pointer).toBe('/slug');
    },
  );

  it('are found by their slug exactly, by their members only (F2)', async () => {
    const slug = newSlug();
    const { body } = await create(ada, slug);
    const find = (person: ApiClient, text: string) =>
      person.get(`/v1/organizations/by-slug/${encodeURIComponent(text)}`);
    expect((await find(ada, slug)).body.id).toBe(body.id);
    const missing = await find(stranger, 'never-was');
    const foreign = await find(stranger, slug);
    expectProblem(foreign, 404);
    expect(foreign.body.detail.replace(slug, '')).toBe(missing.body.detail.replace('never-was', ''));
    for (const like of [`${slug.slice(0, -1)}_`, `${slug.slice(0, 4)}%`, slug.toUpperCase(), '%', '\u0000'])
      expectProblem(await find(ada, like), 404);
  });

  it('keep an old slug as a way to them that nobody else can take', async () => {
    const [old, fresh] = [newSlug(), newSlug()];
    const { body } = await create(ada, old);
    const renamed = await ada.patch(`/v1/organizations/${body.id}`, { slug: fresh, name: 'New name' });
    expect(renamed.body).toMatchObject({ slug: fresh, name: 'New name' });
    expect((await ada.get(`/v1/organizations/by-slug/${old}`)).body).toMatchObject({
      id: body.id,
      slug: fresh,
    });
    expectProblem(await create(stranger, old), 409);
    // Its own organization may take it back.
    expect((await ada.patch(`/v1/organizations/${body.id}`, { slug: old })).body.slug).toBe(old);
    expectProblem(await ada.patch(`/v1/organizations/${body.id}`, { slug: 'admin' }), 422);
    expect((await ada.get(`/v1/organizations/${body.id}`)).body.slug).toBe(old);
  });

  it('are listed for each person with the role in each, page by page (F13)', async () => {
    const person = await api.signUp('Bob');
    const team = await createTeam(person);
    const invited = await team.post('/v1/invitations', { email: stranger.me.user.email, role: 'viewer' });
    expect(
      (await stranger.post('/v1/invitations/accept', { token: invited.body.token })).body.organization.id,
    ).toBe(team.me.organization.id);
    const mine = (await stranger.get('/v1/organizations')).body.data as { kind: string; role: string }[];
    expect(mine.map(({ kind, role }) => [kind, role])).toEqual(
      expect.arrayContaining([
        ['personal', 'owner'],
        ['team', 'viewer'],
      ]),
    );
    const first = (await person.get('/v1/organizations?limit=1')).body;
    const second = (await person.get(`/v1/organizations?limit=1&cursor=${first.nextCursor}`)).body;
    expect([first.data[0].kind, second.data[0].kind, second.nextCursor]).toEqual(['personal', 'team', null]);
  });

  it('do not exist for a stranger, in any route', async () => {
    const team = await createTeam(ada);
    const path = `/v1/organizations/${team.me.organization.id}`;
    const missing = `/v1/organizations/${newId()}`;
    for (const [mine, nothing] of [
      [await stranger.get(path), await stranger.get(missing)],
      [await stranger.patch(path, { name: 'Mine' }), await stranger.patch(missing, { name: 'Mine' })],
      [await stranger.delete(path), await stranger.delete(missing)],
      [
        await stranger.post('/v1/auth/switch', { organizationId: team.me.organization.id }),
        await stranger.post('/v1/auth/switch', { organizationId: newId() }),
      ],
    ] as const) {
      expectProblem(mine, 404);
      expect(mine.body.code).toBe(nothing.body.code);
    }
    expect((await ada.get(path)).body.name).toMatch(/^Team /);
  });

  it('count the role in the organization that is named, not in the one of the token (F13)', async () => {
    const team = await createTeam(ada);
    const viewer = await addMember(api, team, 'viewer');
    const path = `/v1/organizations/${team.me.organization.id}`;
    // An owner at home, a viewer there.
    const home = (await viewer.get('/v1/organizations')).body.data[0];
    expect(home.kind).toBe('personal');
    const atHome = await switchTo(viewer, home.id);
    expect((await atHome.post('/v1/projects', { name: 'At home' })).status).toBe(201);
    expectProblem(await viewer.post('/v1/projects', { name: 'There' }), 403);
    for (const client of [viewer, atHome]) {
      expectProblem(await client.patch(path, { name: 'Taken over' }), 403);
      expectProblem(await client.delete(path), 403);
    }
    const admin = await addMember(api, team, 'admin');
    expect((await admin.patch(path, { name: 'By an admin' })).status).toBe(200);
    expectProblem(await admin.delete(path), 403);
  });

  it('switch into a session with its own tokens, and leave the other one alive (F13)', async () => {
    const team = await createTeam(ada);
    expect(team.me.user.id).toBe(ada.me.user.id);
    expect(team.me.accessToken).not.toBe(ada.me.accessToken);
    expect((await team.get('/v1/me')).body.organization.kind).toBe('team');
    expect((await ada.get('/v1/me')).body.organization.kind).toBe('personal');
    const refreshed = await api.anonymous().post('/v1/auth/refresh', { refreshToken: team.me.refreshToken });
    expect(refreshed.status).toBe(200);
    expectProblem(await ada.post('/v1/auth/switch', { organizationId: 'x' }), 422);
  });
});

describe('A suspended organization', () => {
  let api: TestApp;
  let operations: OrganizationOperations;

  beforeAll(async () => {
    api = await startTestApp();
    operations = api.app.get(OrganizationOperations, { strict: false });
  });

  afterAll(() => api.stop());

  /** Standings are cached for two seconds. */
  async function until(status: number, ask: () => Promise<{ status: number }>): Promise<number> {
    const start = performance.now();
    while (performance.now() - start < 10_000) {
      if ((await ask()).status === status) return performance.now() - start;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    return Infinity;
  }

  it('lets its members sign in and read, and refuses every change and run with the reason, until it is resumed (F3)', async () => {
    const owner = await createTeam(await api.signUp());
    const id = owner.me.organization.id;
    const project = (await owner.get('/v1/projects')).body.data[0].id as string;
    await operations.suspend(id, ' unpaid since May ');
    expect(await until(403, () => owner.patch(`/v1/projects/${project}`, { name: 'x' }))).toBeLessThan(5_000);
    const workflow = newId();
    for (const refused of [
      await owner.post('/v1/projects', { name: 'New' }),
      await owner.post(`/v1/workflows/${workflow}/runs`, { input: 'hello' }),
      await owner.post(`/v1/conversations/${workflow}/messages`, { content: 'hello' }),
      await owner.post('/v1/invitations', { email: 'a@example.com', role: 'viewer' }),
      await owner.patch(`/v1/organizations/${id}`, { name: 'New' }),
    ]) {
      expectProblem(refused, 403);
      expect(refused.body).toMatchObject({
        code: 'organization_suspended',
        detail: expect.stringContaining('unpaid since May'),
      });
    }
    expect((await owner.get('/v1/projects')).status).toBe(200);
    expect((await owner.get(`/v1/organizations/${id}`)).body).toMatchObject({
      suspended: true,
      suspendedReason: 'unpaid since May',
    });
    const again = await switchTo(owner, id);
    expect((await again.get('/v1/me')).status).toBe(200);
    await operations.resume(id);
    expect(await until(201, () => owner.post('/v1/projects', { name: 'New' }))).toBeLessThan(5_000);
    const actions = await api.database.query<{ action: string }>(
      "select action from audit_events where organization_id = $1 and via = 'system' order by created_at",
      [id],
    );
    expect(actions.map(({ action }) => action)).toEqual(['organization.suspended', 'organization.resumed']);
  });

  it('is chosen by the operator by id or exact slug, with a reason', async () => {
    const slug = newSlug();
    const { id } = (await createTeam(await api.signUp(), slug)).me.organization;
    expect(await operations.findBySlug(slug)).toMatchObject({ id, suspendedReason: null });
    expect(await operations.findBySlug(`${slug.slice(0, -1)}_`)).toBeNull();
    const ids = (await operations.listAll(100)).map((row) => row.id);
    expect(ids).toContain(id);
    expect((await operations.listAll(1, ids[0])).map((row) => row.id)).toEqual(ids.slice(1, 2));
    await expect(operations.suspend(id, '  ')).rejects.toMatchObject({ code: 'validation_failed' });
    await expect(operations.suspend(newId(), 'why not')).rejects.toMatchObject({ code: 'not_found' });
  });
});

describe('A deleted organization', () => {
  let api: TestApp;

  beforeAll(async () => {
    api = await startTestApp();
  });

  afterAll(() => api.stop());

  it('is gone for all its members at once, with their sessions, and keeps every row for 30 days (F4, R22)', async () => {
    const ada = await api.signUp();
    const slug = newSlug();
    const owner = await createTeam(ada, slug);
    const member = await addMember(api, owner, 'builder');
    const id = owner.me.organization.id;
    const deleted = await ada.delete(`/v1/organizations/${id}`);
    expect(deleted.status).toBe(200);
    const days = (Date.parse(deleted.body.purgeAfter) - Date.now()) / 86_400_000;
    expect(days).toBeGreaterThan(29.9);
    expect(days).toBeLessThanOrEqual(30);
    for (const client of [owner, member]) {
      expectProblem(await client.get('/v1/me'), 401);
      expectProblem(
        await api.anonymous().post('/v1/auth/refresh', { refreshToken: client.me.refreshToken }),
        401,
      );
    }
    expectProblem(await ada.get(`/v1/organizations/${id}`), 404);
    expectProblem(await ada.get(`/v1/organizations/by-slug/${slug}`), 404);
    expectProblem(await ada.delete(`/v1/organizations/${id}`), 404);
    // Nobody takes the address over while it may still come back.
    expectProblem(await ada.post('/v1/organizations', { name: 'Other', slug }), 409);
    await api.database.query('select purge_deleted()');
    const count = async (table: string, key = 'organization_id'): Promise<number> =>
      (await api.database.query(`select 1 from ${table} where ${key} = $1`, [id])).length;
    expect(await count('organizations', 'id')).toBe(1);
    expect(await count('memberships')).toBe(2);
    await api.database.query("update organizations set purge_after = now() - interval '1 s' where id = $1", [
      id,
    ]);
    await api.database.query('select purge_deleted()');
    for (const table of [
      'memberships',
      'projects',
      'sessions',
      'invitations',
      'audit_events',
      'organization_slugs',
    ])
      expect([table, await count(table)]).toEqual([table, 0]);
    expect(await count('organizations', 'id')).toBe(0);
    expect((await ada.post('/v1/organizations', { name: 'Other', slug })).status).toBe(201);
    expect((await ada.get('/v1/me')).status).toBe(200);
  });

  it('is never a personal one, and a person with teams says first what becomes of them', async () => {
    const ada = await api.signUp();
    const personal = await ada.delete(`/v1/organizations/${ada.me.organization.id}`);
    expectProblem(personal, 409);
    expect(personal.body.code).toBe('team_required');
    const team = await createTeam(ada);
    const kept = await ada.delete('/v1/me');
    expectProblem(kept, 409);
    expect(kept.body.code).toBe('still_member');
    expect((await ada.delete(`/v1/organizations/${team.me.organization.id}`)).status).toBe(200);
    expect((await ada.delete('/v1/me')).status).toBe(204);
  });
});
