import { setTimeout as wait } from 'node:timers/promises';
import { userAdd, type UserAddOptions } from '../../apps/cli/src/commands/user-add.command';
import { userDisable, userEnable } from '../../apps/cli/src/commands/user-disable.command';
import { userList } from '../../apps/cli/src/commands/user-list.command';
import { userReset } from '../../apps/cli/src/commands/user-reset.command';
import { UsageError } from '../../apps/cli/src/exit-codes';
import { withServices } from '../../apps/cli/src/services';
import { ApiClient, PASSWORD } from '../support/api-client';
import { runCommand, type Ran } from '../support/run-command';
import { startTestApp, type TestApp } from '../support/test-app';

/** The promise of R22, with which a session ends on every process. */
const BOUND_MS = 5_000;

let api: TestApp;

beforeAll(async () => {
  api = await startTestApp({ env: { SIGNUP: 'open' } });
});

afterAll(() => api.stop());

type AccountCommand = typeof userReset;

const about = (command: AccountCommand, email: string, json = true): Promise<Ran> =>
  runCommand((output) => withServices(api.config, (services) => command(services, output, email)), json);

function add(email: string, options: UserAddOptions, stdin: readonly string[] = []): Promise<Ran> {
  const config = { ...api.config, signup: 'closed' as const };
  const input = (async function* () {
    yield* stdin;
  })();
  return runCommand(
    (output) => withServices(config, (services) => userAdd(services, output, email, options, input)),
    true,
  );
}

const list = (limit: string, after?: string, json = true): Promise<Ran> =>
  runCommand(
    (output) =>
      withServices(api.config, (services) =>
        userList(services, output, { limit, ...(after === undefined ? {} : { after }) }),
      ),
    json,
  );

const signIn = (email: string, password: string) =>
  api.anonymous().post('/v1/auth/login', { email, password });

const eventsAbout = (userId: string, action: string) =>
  api.database.query(
    `select organization_id, user_id, via, object_id, changes, request_id from audit_events
     where object_id = $1 and action = $2`,
    [userId, action],
  );

async function refusedWithin(client: ApiClient, milliseconds: number): Promise<number> {
  const started = Date.now();
  while ((await client.get('/v1/me')).status !== 401) {
    if (Date.now() - started > milliseconds) throw new Error('the session is still believed');
    await wait(100);
  }
  return Date.now() - started;
}

describe('weir user add', () => {
  it('makes an account with its own organization and default project while sign-up is closed (F131)', async () => {
    const ran = await add(' Grace@Example.com ', { name: 'Grace Hopper' });
    const made = JSON.parse(ran.stdout);
    expect(ran.code).toBe(0);
    expect(made).toMatchObject({
      email: 'grace@example.com',
      name: 'Grace Hopper',
      password: expect.stringMatching(/^[\w-]{24}$/),
    });
    const login = await signIn('grace@example.com', made.password);
    expect(login.body).toMatchObject({
      user: { id: made.userId },
      organization: { id: made.organizationId, kind: 'personal' },
    });
    const projects = await new ApiClient(api.url, login.body).get('/v1/projects');
    expect(projects.body.data).toEqual([expect.objectContaining({ isDefault: true })]);
    expect(await eventsAbout(made.userId, 'account.registered')).toEqual([
      expect.objectContaining({
        organization_id: made.organizationId,
        via: 'system',
        request_id: expect.stringMatching(/^cli-/),
      }),
    ]);
  });

  it('takes a chosen password from standard input and never prints it', async () => {
    const ran = await add('edith@example.com', { name: 'Edith', passwordStdin: true }, [
      'a quiet ',
      'pond at dawn\n',
    ]);
    expect(ran.stdout + ran.stderr).not.toContain('pond');
    expect((await signIn('edith@example.com', 'a quiet pond at dawn')).status).toBe(200);
  });

  it.each([
    [
      'a password that a sign-up would refuse',
      'x@example.com',
      { name: 'X', passwordStdin: true },
      'password1234',
    ],
    ['no password through the pipe', 'x@example.com', { name: 'X', passwordStdin: true }, '\n'],
    ['something that is no address', 'no address', { name: 'X' }, ''],
    ['a name that moves the cursor', 'x@example.com', { name: 'X\u001b[2J' }, ''],
    ['an empty name', 'x@example.com', { name: ' ' }, ''],
    ['a name that is too long', 'x@example.com', { name: 'x'.repeat(201) }, ''],
  ])('refuses %s and makes nothing', async (_what, email, options, stdin) => {
    await expect(add(email, options, [stdin])).rejects.toThrow();
    expect(await api.database.query(`select 1 from users where email = 'x@example.com'`)).toEqual([]);
  });

  it('leaves the account alone whose address is asked for again', async () => {
    const ada = await api.signUp();
    await expect(add(ada.me.user.email, { name: 'Somebody else' })).rejects.toThrow('exists already');
    expect((await signIn(ada.me.user.email, PASSWORD)).status).toBe(200);
  });
});

describe('weir user reset', () => {
  it('prints a password once, ends every session in every organization and is audited (F32, R06, R22)', async () => {
    const ada = await api.signUp();
    const { email, id } = ada.me.user;
    const { organization } = (await signIn(email, PASSWORD)).body;
    const team = await plantSessionElsewhere(id);
    expect((await ada.get('/v1/me')).status).toBe(200);

    const ran = await about(userReset, email);
    const { password, ...rest } = JSON.parse(ran.stdout);
    expect(rest).toEqual({ email, endedSessions: 3, disabled: false });
    expect(password).toMatch(/^[\w-]{24}$/);

    expect(await refusedWithin(ada, BOUND_MS)).toBeLessThan(BOUND_MS);
    const alive = await api.database.query(
      'select organization_id from sessions where user_id = $1 and revoked_at is null',
      [id],
    );
    expect(alive).toEqual([]);
    const refresh = await api.anonymous().post('/v1/auth/refresh', { refreshToken: ada.me.refreshToken });
    expect(refresh.status).toBe(401);
    expect((await signIn(email, PASSWORD)).status).toBe(401);
    expect((await signIn(email, password)).status).toBe(200);

    expect(await eventsAbout(id, 'password.reset')).toEqual([
      expect.objectContaining({
        organization_id: organization.id,
        via: 'system',
        changes: { endedSessions: 3 },
      }),
    ]);
    expect(team).not.toBe(organization.id);
    const kept = await api.database.query('select changes::text as text from audit_events');
    expect(kept.map(({ text }) => text).join('\n')).not.toContain(password);
  });

  it("does not touch anybody else's sessions", async () => {
    const [ada, bob] = [await api.signUp(), await api.signUp()];
    await about(userReset, ada.me.user.email);
    await refusedWithin(ada, BOUND_MS);
    expect((await bob.get('/v1/me')).status).toBe(200);
  });
});

describe('weir user disable and enable', () => {
  it('shut a person out within the bound, delete nothing, and let the person in again (R22)', async () => {
    const ada = await api.signUp();
    const { email, id } = ada.me.user;
    await ada.put('/v1/secrets/KEPT', { value: 'kept through both' });

    expect(JSON.parse((await about(userDisable, email)).stdout)).toEqual({
      email,
      disabled: true,
      changed: true,
    });
    expect(await refusedWithin(ada, BOUND_MS)).toBeLessThan(BOUND_MS);
    expect((await signIn(email, PASSWORD)).status).toBe(401);
    const again = await about(userDisable, email, false);
    expect(again).toMatchObject({ code: 0, stdout: `${email} is disabled already; nothing was changed.\n` });

    const reset = await about(userReset, email, false);
    expect(reset.stdout).toContain(`The account is still disabled: 'weir user enable ${email}'`);

    expect(JSON.parse((await about(userEnable, email)).stdout)).toEqual({
      email,
      disabled: false,
      changed: true,
    });
    expect(JSON.parse((await about(userEnable, email)).stdout).changed).toBe(false);
    const password = /is now (\S+)/.exec(reset.stdout)?.[1] ?? '';
    const back = await signIn(email, password);
    expect(back.status).toBe(200);
    const secrets = await new ApiClient(api.url, back.body).get('/v1/secrets');
    expect(secrets.body.data).toEqual([expect.objectContaining({ name: 'KEPT' })]);
    expect((await ada.get('/v1/me')).status).toBe(401);
    for (const action of ['account.disabled', 'account.enabled']) {
      expect(await eventsAbout(id, action)).toHaveLength(1);
    }
  });
});

describe('an address that has no account', () => {
  it.each([
    ['reset', userReset],
    ['disable', userDisable],
    ['enable', userEnable],
  ])('fails %s with the next step and changes nothing', async (_verb, command) => {
    const before = await api.database.query('select count(*) from audit_events');
    await expect(about(command, 'nobody@example.com')).rejects.toThrow(
      "There is no account with the address 'nobody@example.com'. `weir user list` shows all.",
    );
    await expect(about(command, 'nobody')).rejects.toThrow(UsageError);
    expect(await api.database.query('select count(*) from audit_events')).toEqual(before);
  });

  it('includes accounts that their owner deleted: nothing of them can be brought back', async () => {
    const ada = await api.signUp();
    expect((await ada.request('DELETE', '/v1/me', { body: { password: PASSWORD } })).status).toBeLessThan(
      300,
    );
    const [{ email }] = (await api.database.query('select email from users where id = $1', [
      ada.me.user.id,
    ])) as [{ email: string }];
    for (const address of [ada.me.user.email, email]) {
      await expect(about(userEnable, address)).rejects.toThrow('There is no account');
    }
    expect((await list('1000')).stdout).not.toContain(ada.me.user.id);
  });
});

describe('weir user list', () => {
  it('walks through all accounts a page at a time, and names the administrator and the disabled', async () => {
    const ada = await api.signUp('Ada of the list');
    await api.database.query('update users set platform_admin = true where id = $1', [ada.me.user.id]);
    const all = JSON.parse((await list('1000')).stdout);
    expect(all.next).toBeNull();
    expect(all.users).toContainEqual({
      id: ada.me.user.id,
      email: ada.me.user.email,
      name: 'Ada of the list',
      administrator: true,
      disabled: false,
      createdAt: expect.stringMatching(/Z$/),
      lastUsedAt: expect.stringMatching(/Z$/),
    });

    const ids: string[] = [];
    for (let after: string | undefined; ;) {
      const page = JSON.parse((await list('2', after)).stdout);
      ids.push(...page.users.map(({ id }: { id: string }) => id));
      if (page.next === null) break;
      after = page.next;
    }
    expect(ids).toEqual(all.users.map(({ id }: { id: string }) => id));

    const text = (await list('1', undefined, false)).stdout;
    expect(text).toContain(`There are more: weir user list --after ${ids[0]}`);
    expect((await list('1000', undefined, false)).stdout).toMatch(/Ada of the list .* administrator\n/);
  });

  it.each([['0'], ['1001'], ['ten'], ['1.5']])('refuses --limit %s', async (limit) => {
    await expect(list(limit)).rejects.toThrow('--limit takes a whole number from 1 to 1000');
  });

  it('refuses --after with something that is no id', async () => {
    await expect(list('1', 'ada@example.com')).rejects.toThrow(UsageError);
  });
});

/** A team organization of which the person is a member, with a session in it. @returns its id */
async function plantSessionElsewhere(userId: string): Promise<string> {
  const [row] = await api.database.query<{ id: string }>(
    `with team as (insert into organizations (id, kind, name) values (gen_random_uuid(), 'team', 'Team') returning id),
       member as (insert into memberships (organization_id, id, user_id, role)
         select id, gen_random_uuid(), $1, 'viewer' from team)
     select id from team`,
    [userId],
  );
  const id = row?.id ?? '';
  await api.database.query(
    `insert into sessions (organization_id, id, user_id, created_at, last_used_at, idle_expires_at, expires_at)
     values ($1, gen_random_uuid(), $2, now(), now(), now() + interval '1 day', now() + interval '1 day')`,
    [id, userId],
  );
  return id;
}
