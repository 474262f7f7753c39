import { generateKeyText } from '@weir/crypto';
import { newId } from '@weir/kernel';
import { ApiClient, PASSWORD } from '../support/api-client';
import { expectProblem } from '../support/expect-problem';
import { startTestApp, type TestApp } from '../support/test-app';
import { addMember, createTeam, switchTo } from '../support/teams';

describe('Members', () => {
  let api: TestApp;
  let owner: ApiClient;
  let foreigner: ApiClient;

  beforeAll(async () => {
    api = await startTestApp();
    owner = await createTeam(await api.signUp('Ada'));
    foreigner = await createTeam(await api.signUp('Foreigner'));
  });

  afterAll(() => api.stop());

  const path = (person: ApiClient): string => `/v1/members/${person.me.user.id}`;
  const changeRole = (client: ApiClient, person: ApiClient, role: string) =>
    client.patch(path(person), { role });
  const rolesOf = async (client: ApiClient): Promise<Record<string, string>> => {
    const { data } = (await client.get('/v1/members')).body as { data: { userId: string; role: string }[] };
    return Object.fromEntries(data.map(({ userId, role }) => [userId, role]));
  };

  it('are listed to every member with name, address and role, and to nobody else (F26)', async () => {
    const team = await createTeam(await api.signUp('Grace'));
    const viewer = await addMember(api, team, 'viewer');
    const list = await viewer.get('/v1/members');
    expect(list.body).toEqual({
      data: [
        {
          id: expect.any(String),
          userId: team.me.user.id,
          name: 'Grace',
          email: team.me.user.email,
          role: 'owner',
          joinedAt: expect.any(String),
        },
        expect.objectContaining({ userId: viewer.me.user.id, name: 'New viewer', role: 'viewer' }),
      ],
      nextCursor: null,
    });
    const first = (await viewer.get('/v1/members?limit=1')).body;
    const second = (await viewer.get(`/v1/members?limit=1&cursor=${first.nextCursor}`)).body;
    expect([...first.data, ...second.data]).toEqual(list.body.data);
    expect(await rolesOf(foreigner)).toEqual({ [foreigner.me.user.id]: 'owner' });
  });

  it('get another role from an admin, which applies to the token they have (F26, R22, R37)', async () => {
    const admin = await addMember(api, owner, 'admin');
    const person = await addMember(api, owner, 'viewer');
    expectProblem(await person.post('/v1/projects', { name: 'Mine' }), 403);
    const changed = await changeRole(admin, person, 'builder');
    expect(changed.body).toMatchObject({ userId: person.me.user.id, role: 'builder' });
    expect((await person.post('/v1/projects', { name: 'Mine' })).status).toBe(201);
    expect((await changeRole(admin, person, 'viewer')).status).toBe(200);
    expectProblem(await person.post('/v1/projects', { name: 'Mine too' }), 403);
    const audit = await api.database.query(
      "select user_id, changes from audit_events where action = 'member.role_changed' and object_id = $1 order by id",
      [person.me.user.id],
    );
    expect(audit).toEqual([
      { user_id: admin.me.user.id, changes: { role: { from: 'viewer', to: 'builder' } } },
      { user_id: admin.me.user.id, changes: { role: { from: 'builder', to: 'viewer' } } },
    ]);
  });

  it('are removed with their sessions at once; what they made stays, and is there again when they come back (R22)', async () => {
    const person = await addMember(api, owner, 'builder');
    const project = (await person.post('/v1/projects', { name: 'Of the removed' })).body.id as string;
    expect((await owner.delete(path(person))).status).toBe(204);
    expectProblem(await person.get('/v1/me'), 401);
    expectProblem(
      await api.anonymous().post('/v1/auth/refresh', { refreshToken: person.me.refreshToken }),
      401,
    );
    expect(Object.keys(await rolesOf(owner))).not.toContain(person.me.user.id);
    expectProblem(await owner.delete(path(person)), 404);
    const login = await api.anonymous().post('/v1/auth/login', {
      email: person.me.user.email,
      password: PASSWORD,
    });
    expect(login.body.organization.kind).toBe('personal');
    const home = { authorization: `Bearer ${login.body.accessToken}` };
    expectProblem(
      await api.anonymous().post('/v1/auth/switch', { organizationId: owner.me.organization.id }, home),
      404,
    );
    expect(await api.database.query('select 1 from projects where id = $1', [project])).toHaveLength(1);
    const { token } = (await owner.post('/v1/invitations', { email: person.me.user.email, role: 'viewer' }))
      .body;
    const back = await api.anonymous().post('/v1/invitations/accept', { token }, home);
    expect(back.status).toBe(200);
    const there = { authorization: `Bearer ${back.body.accessToken}` };
    expect((await api.anonymous().get(`/v1/projects/${project}`, there)).status).toBe(200);
    // As what they were invited now, not as what they were.
    expect((await rolesOf(owner))[person.me.user.id]).toBe('viewer');
  });

  it('of another organization do not exist (F26)', async () => {
    const missing = `/v1/members/${newId()}`;
    for (const [about, nothing] of [
      [await changeRole(foreigner, owner, 'viewer'), await foreigner.patch(missing, { role: 'viewer' })],
      [await foreigner.delete(path(owner)), await foreigner.delete(missing)],
    ] as const) {
      expectProblem(about, 404);
      expect(about.body.detail.replace(owner.me.user.id, '')).toBe(
        nothing.body.detail.replace(missing.slice(12), ''),
      );
    }
    expect((await rolesOf(owner))[owner.me.user.id]).toBe('owner');
  });

  it('always include an owner: the last one is neither demoted nor removed (F27)', async () => {
    const team = await createTeam(await api.signUp());
    const admin = await addMember(api, team, 'admin');
    for (const refused of [
      await changeRole(team, team, 'admin'),
      await team.delete(path(team)),
      await team.post('/v1/members/leave'),
      await changeRole(admin, team, 'viewer'),
      await admin.delete(path(team)),
    ]) {
      expectProblem(refused, 409);
      expect(refused.body.code).toBe('last_owner');
    }
    expect((await rolesOf(team))[team.me.user.id]).toBe('owner');
    // With a second one the first may go.
    expect((await changeRole(team, admin, 'owner')).status).toBe(200);
    expect((await team.post('/v1/members/leave')).status).toBe(204);
    expectProblem(await team.get('/v1/me'), 401);
    expect(await rolesOf(admin)).toEqual({ [admin.me.user.id]: 'owner' });
  });

  it('always include an owner, also when two owners demote each other at the same moment (F27)', async () => {
    for (let round = 0; round < 5; round++) {
      const one = await createTeam(await api.signUp());
      const two = await addMember(api, one, 'owner');
      const answers = await Promise.all([changeRole(one, two, 'viewer'), changeRole(two, one, 'viewer')]);
      const statuses = answers.map(({ status }) => String(status)).toSorted();
      expect([statuses, answers.map(({ body }) => String(body.code ?? 'done')).toSorted()]).toEqual([
        ['200', '409'],
        ['done', 'last_owner'],
      ]);
      expect(Object.values(await rolesOf(one)).toSorted()).toEqual(['owner', 'viewer']);
    }
  });

  it('give nobody more power than they have, and touch nobody above them (F28)', async () => {
    const second = await addMember(api, owner, 'owner');
    const admin = await addMember(api, owner, 'admin');
    const builder = await addMember(api, owner, 'builder');
    for (const refused of [
      await changeRole(admin, builder, 'owner'),
      await changeRole(admin, second, 'viewer'),
      await admin.delete(path(second)),
      await admin.post('/v1/invitations', { email: `${newId()}@example.com`, role: 'owner' }),
    ]) {
      expectProblem(refused, 403);
      expect(refused.body.code).toBe('role_above_own');
    }
    expect(await rolesOf(owner)).toMatchObject({
      [second.me.user.id]: 'owner',
      [builder.me.user.id]: 'builder',
    });
  });

  it('never change their own role (F28)', async () => {
    const second = await addMember(api, owner, 'owner');
    const admin = await addMember(api, owner, 'admin');
    for (const client of [second, admin]) {
      for (const role of ['owner', 'viewer']) {
        const refused = await changeRole(client, client, role);
        expectProblem(refused, 403);
        expect(refused.body.code).toBe('own_role');
      }
    }
  });

  it.each(['builder', 'operator', 'viewer'] as const)('are not managed by a %s (F25)', async (role) => {
    const person = await addMember(api, owner, role);
    const other = await addMember(api, owner, 'viewer');
    for (const refused of [
      await changeRole(person, other, 'viewer'),
      await person.delete(path(other)),
      await person.post('/v1/invitations', { email: 'a@example.com', role: 'viewer' }),
      await person.get('/v1/invitations'),
    ])
      expectProblem(refused, 403);
    expect((await person.post('/v1/members/leave')).status).toBe(204);
  });

  it('have one of the known roles, and are named by an id', async () => {
    const person = await addMember(api, owner, 'viewer');
    for (const body of [{ role: 'root' }, { role: 'OWNER' }, { role: null }, {}, { role: 'viewer', id: 1 }])
      expectProblem(await owner.patch(path(person), body), 422);
    expectProblem(await owner.patch('/v1/members/%25', { role: 'viewer' }), 404);
    expect((await rolesOf(owner))[person.me.user.id]).toBe('viewer');
  });

  it('lose a changed password’s sessions in every organization (R06)', async () => {
    const person = await api.signUp();
    const team = await createTeam(person);
    const other = await switchTo(person, team.me.organization.id);
    const changed = await person.post('/v1/auth/password', {
      currentPassword: PASSWORD,
      newPassword: 'seven quiet boats drift',
    });
    expect(changed.status).toBe(204);
    expect((await person.get('/v1/me')).status).toBe(200);
    for (const client of [team, other]) expectProblem(await client.get('/v1/me'), 401);
  });
});

describe('Members on another replica', () => {
  it('lose the rights that were taken from them within five seconds (R22, R37)', async () => {
    const env = { JWT_KEYS: `k1:${generateKeyText()}`, MASTER_KEYS: `1:${generateKeyText()}` };
    const here = await startTestApp({ env });
    const stops = [() => here.stop()];
    try {
      const there = await startTestApp({ database: here.database, env });
      stops.unshift(() => there.stop());
      const owner = await createTeam(await here.signUp());
      const person = await addMember(here, owner, 'builder');
      const elsewhere = new ApiClient(there.url, person.me);
      expect((await elsewhere.post('/v1/projects', { name: 'One' })).status).toBe(201);
      await owner.patch(`/v1/members/${person.me.user.id}`, { role: 'viewer' });
      expect(await refusedAfter(403, () => elsewhere.post('/v1/projects', { name: newId() }))).toBeLessThan(
        5_000,
      );
      await owner.delete(`/v1/members/${person.me.user.id}`);
      expect(await refusedAfter(401, () => elsewhere.get('/v1/projects'))).toBeLessThan(5_000);
    } finally {
      for (const stop of stops) await stop();
    }
  });

  async function refusedAfter(status: number, ask: () => Promise<{ status: number }>): Promise<number> {
    const start = performance.now();
    while (performance.now() - start < 10_000) {
      if ((await ask()).status === status) return performance.now() - start;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return Infinity;
  }
});
