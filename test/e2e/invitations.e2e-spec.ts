import { createHash } from 'node:crypto';
import { generateKeyText } from '@weir/crypto';
import { ManualClock, newId } from '@weir/kernel';
import { PASSWORD, type ApiClient } from '../support/api-client';
import { expectProblem } from '../support/expect-problem';
import { startTestApp, type TestApp } from '../support/test-app';
import { createTeam } from '../support/teams';

const DAY_MS = 24 * 60 * 60 * 1000;

describe('Invitations', () => {
  let api: TestApp;
  let owner: ApiClient;
  let foreigner: ApiClient;

  beforeAll(async () => {
    api = await startTestApp({ env: { PUBLIC_URL: 'https://weir.example.com' } });
    owner = await createTeam(await api.signUp('Ada'));
    foreigner = await createTeam(await api.signUp('Foreigner'));
  });

  afterAll(() => api.stop());

  const newAddress = (): string => `${newId()}@example.com`;
  const invite = async (email = newAddress(), role = 'builder'): Promise<any> => {
    const response = await owner.post('/v1/invitations', { email, role });
    expect([response.status, response.text]).toEqual([201, expect.any(String)]);
    return response.body;
  };
  const accept = (token: string, extra: object = { name: 'Bob', password: PASSWORD }) =>
    api.anonymous().post('/v1/invitations/accept', { token, ...extra });

  it('make an account with a personal organization and a session in the team, once (F24)', async () => {
    const email = newAddress();
    const { token, link, ...invitation } = await invite(` ${email.toUpperCase()} `);
    expect(link).toBe(`https://weir.example.com/invitation#${token}`);
    expect(Buffer.from(token, 'base64url')).toHaveLength(32);
    expect(invitation).toEqual({
      id: expect.any(String),
      email,
      role: 'builder',
      state: 'open',
      invitedBy: owner.me.user.id,
      createdAt: expect.any(String),
      expiresAt: new Date(Date.parse(invitation.createdAt) + 7 * DAY_MS).toISOString(),
    });
    const accepted = await accept(token);
    expect(accepted.status).toBe(200);
    expect(accepted.body).toMatchObject({
      user: { email, name: 'Bob' },
      organization: { id: owner.me.organization.id, kind: 'team' },
      expiresIn: 900,
    });
    const session = { authorization: `Bearer ${accepted.body.accessToken}` };
    const mine = (await api.anonymous().get('/v1/organizations', session)).body.data as { kind: string }[];
    expect(mine.map(({ kind }) => kind)).toEqual(['personal', 'team']);
    expect((await api.anonymous().post('/v1/projects', { name: 'Mine' }, session)).status).toBe(201);
    const second = await accept(token);
    expectProblem(second, 404);
    const login = await api.anonymous().post('/v1/auth/login', { email, password: PASSWORD });
    expect(login.status).toBe(200);
    const state = (await owner.get('/v1/invitations')).body.data.find(
      ({ id }: { id: string }) => id === invitation.id,
    ).state;
    expect(state).toBe('accepted');
  });

  it('are stored as a hash of the token, and the link is shown to nobody afterwards', async () => {
    const { id, token } = await invite();
    const [row] = await api.database.query<{ token_hash: Buffer; row: string }>(
      'select token_hash, i::text as row from invitations i where id = $1',
      [id],
    );
    expect(row?.token_hash.equals(createHash('sha256').update(token).digest())).toBe(true);
    expect(row?.row).not.toContain(token);
    expect((await owner.get('/v1/invitations')).text).not.toContain(token);
    expect(api.logs.join('\n')).not.toContain(token);
    const audit = await api.database.query<{ row: string }>(
      'select e::text as row from audit_events e where object_id = $1',
      [id],
    );
    expect(audit).toHaveLength(1);
    expect(audit[0]?.row).not.toContain(token);
  });

  it('let in one of two who accept at the same moment (F24)', async () => {
    const { token, email } = await invite();
    const answers = await Promise.all([accept(token), accept(token), accept(token)]);
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    const people = await api.database.query(
      'select m.user_id from memberships m join users u on u.id = m.user_id where u.email = $1 and m.organization_id = $2',
      [email, owner.me.organization.id],
    );
    expect(people).toHaveLength(1);
  });

  it('get a new link when they are sent again, and the old one dies (F24)', async () => {
    const { id, token } = await invite();
    const again = await owner.post(`/v1/invitations/${id}/resend`);
    expect(again.status).toBe(200);
    expect(again.body.token).not.toBe(token);
    expectProblem(await accept(token), 404);
    expect((await accept(again.body.token)).status).toBe(200);
    const over = await owner.post(`/v1/invitations/${id}/resend`);
    expectProblem(over, 409);
    expect(over.body.code).toBe('invitation_over');
  });

  it('do not work once they are withdrawn', async () => {
    const { id, token } = await invite();
    expect((await owner.delete(`/v1/invitations/${id}`)).status).toBe(204);
    expectProblem(await accept(token), 404);
    expectProblem(await owner.delete(`/v1/invitations/${id}`), 409);
  });

  it('answer an unknown link like a used one', async () => {
    const { id, token } = await invite();
    await owner.delete(`/v1/invitations/${id}`);
    const [used, unknown] = [await accept(token), await accept('x'.repeat(43))];
    expectProblem(unknown, 404);
    expect({ ...used.body, requestId: '' }).toEqual({ ...unknown.body, requestId: '' });
    for (const bad of ['', null, 7, 'x'.repeat(201)]) expectProblem(await accept(bad as string), 422);
  });

  it('let a signed-in person of that address in, and nobody of another (F24)', async () => {
    const [bob, eve] = [await api.signUp('Bob'), await api.signUp('Eve')];
    const { token } = await invite(bob.me.user.email, 'operator');
    const wrong = await eve.post('/v1/invitations/accept', { token });
    expectProblem(wrong, 403);
    expect(wrong.body.code).toBe('invitation_for_other');
    const signedOut = await accept(token);
    expectProblem(signedOut, 409);
    expect(signedOut.body.code).toBe('sign_in_first');
    expectProblem(
      await api.anonymous().post('/v1/invitations/accept', { token }, { authorization: 'Bearer nothing' }),
      401,
    );
    const joined = await bob.post('/v1/invitations/accept', { token });
    expect(joined.body).toMatchObject({
      user: { id: bob.me.user.id },
      organization: { id: owner.me.organization.id },
    });
    expect((await bob.get('/v1/organizations')).body.data[1]).toMatchObject({ role: 'operator' });
  });

  it('need a name and a good password for a new account, and survive a bad try', async () => {
    const { token } = await invite();
    const bare = await accept(token, {});
    expectProblem(bare, 422);
    expect(bare.body.errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual([
      '/name',
      '/password',
    ]);
    expectProblem(await accept(token, { name: 'Bob', password: 'short' }), 422);
    expect((await accept(token)).status).toBe(200);
  });

  it('exist once for each address, and not for members', async () => {
    const { email } = await invite();
    const twice = await owner.post('/v1/invitations', { email, role: 'viewer' });
    expectProblem(twice, 409);
    expect(twice.body.code).toBe('invitation_open');
    const member = await owner.post('/v1/invitations', { email: owner.me.user.email, role: 'viewer' });
    expectProblem(member, 409);
    expect(member.body.code).toBe('already_member');
    for (const body of [{ email: 'nobody', role: 'viewer' }, { email, role: 'root' }, { email }, {}])
      expectProblem(await owner.post('/v1/invitations', body), 422);
    // Another organization may invite the same address.
    expect((await foreigner.post('/v1/invitations', { email, role: 'viewer' })).status).toBe(201);
  });

  it('of another organization do not exist (F26)', async () => {
    const { id, token } = await invite();
    for (const [about, nothing] of [
      [
        await foreigner.post(`/v1/invitations/${id}/resend`),
        await foreigner.post(`/v1/invitations/${newId()}/resend`),
      ],
      [await foreigner.delete(`/v1/invitations/${id}`), await foreigner.delete(`/v1/invitations/${newId()}`)],
    ] as const) {
      expectProblem(about, 404);
      expect(about.body.code).toBe(nothing.body.code);
    }
    expect((await foreigner.get('/v1/invitations')).text).not.toContain(id);
    expect((await accept(token)).status).toBe(200);
  });

  it('lead into no personal organization', async () => {
    const person = await api.signUp();
    const refused = await person.post('/v1/invitations', { email: newAddress(), role: 'viewer' });
    expectProblem(refused, 409);
    expect(refused.body.code).toBe('team_required');
  });

  it('are listed newest first, page by page', async () => {
    const team = await createTeam(await api.signUp());
    const emails = [newAddress(), newAddress(), newAddress()];
    for (const email of emails)
      expect((await team.post('/v1/invitations', { email, role: 'viewer' })).status).toBe(201);
    const first = (await team.get('/v1/invitations?limit=2')).body;
    const second = (await team.get(`/v1/invitations?limit=2&cursor=${first.nextCursor}`)).body;
    expect([...first.data, ...second.data].map(({ email }) => email)).toEqual(emails.toReversed());
  });
});

describe('Invitations in time', () => {
  const stops: (() => Promise<void>)[] = [];

  it('expire after seven days, and make room for a new one (F24)', async () => {
    const clock = new ManualClock(new Date());
    const api = await startTestApp({ clock });
    try {
      const person = await api.signUp();
      const owner = await createTeam(person);
      const email = `${newId()}@example.com`;
      const { token } = (await owner.post('/v1/invitations', { email, role: 'viewer' })).body;
      clock.advance(7 * DAY_MS);
      const expired = await api
        .anonymous()
        .post('/v1/invitations/accept', { token, name: 'Bob', password: PASSWORD });
      expectProblem(expired, 410);
      expect(expired.body.code).toBe('invitation_expired');
      expect(await api.database.query('select 1 from users where email = $1', [email])).toEqual([]);
      const login = await api
        .anonymous()
        .post('/v1/auth/login', { email: person.me.user.email, password: PASSWORD });
      const home = { authorization: `Bearer ${login.body.accessToken}` };
      const there = await api
        .anonymous()
        .post('/v1/auth/switch', { organizationId: owner.me.organization.id }, home);
      const session = { authorization: `Bearer ${there.body.accessToken}` };
      const again = await api.anonymous().post('/v1/invitations', { email, role: 'viewer' }, session);
      expect(again.status).toBe(201);
      const states = (await api.anonymous().get('/v1/invitations', session)).body.data as { state: string }[];
      expect(states.map(({ state }) => state)).toEqual(['open', 'revoked']);
    } finally {
      await api.stop();
    }
  });

  it.each([
    ['invite', 200],
    ['closed', 403],
  ])('with SIGNUP=%s answer a new person with %i', async (signup, status) => {
    const keys = { JWT_KEYS: `k1:${generateKeyText()}`, MASTER_KEYS: `1:${generateKeyText()}` };
    const open = await startTestApp({ env: keys });
    try {
      const limited = await startTestApp({ database: open.database, env: { ...keys, SIGNUP: signup } });
      stops.push(() => limited.stop());
      const owner = await createTeam(await open.signUp());
      const email = `${newId()}@example.com`;
      const { token } = (await owner.post('/v1/invitations', { email, role: 'viewer' })).body;
      const client = limited.anonymous();
      expectProblem(await client.post('/v1/auth/register', { email, name: 'Bob', password: PASSWORD }), 403);
      const answer = await client.post('/v1/invitations/accept', { token, name: 'Bob', password: PASSWORD });
      expect(answer.status).toBe(status);
    } finally {
      for (const stop of stops.splice(0)) await stop();
      await open.stop();
    }
  });
});
