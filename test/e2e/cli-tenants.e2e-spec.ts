import { setTimeout as wait } from 'node:timers/promises';
import { newId } from '@weir/kernel';
import { tenantAdd } from '../../apps/cli/src/commands/tenant-add.command';
import { tenantList } from '../../apps/cli/src/commands/tenant-list.command';
import { tenantShow } from '../../apps/cli/src/commands/tenant-show.command';
import { tenantResume, tenantSuspend } from '../../apps/cli/src/commands/tenant-suspend.command';
import { userDisable } from '../../apps/cli/src/commands/user-disable.command';
import type { ExitCode } from '../../apps/cli/src/exit-codes';
import type { Output } from '../../apps/cli/src/output';
import { withServices } from '../../apps/cli/src/services';
import type { ApiClient } from '../support/api-client';
import { expectProblem } from '../support/expect-problem';
import { runCommand, type Ran } from '../support/run-command';
import { startTestApp, type TestApp } from '../support/test-app';

/** Within this, every process must know (R22). */
const BOUND_MS = 5_000;

let api: TestApp;

beforeAll(async () => {
  api = await startTestApp();
});

afterAll(() => api.stop());

type Services = Parameters<typeof tenantShow>[0];

const weir = (
  command: (services: Services, output: Output) => Promise<ExitCode>,
  json = true,
): Promise<Ran> =>
  runCommand((output) => withServices(api.config, (services) => command(services, output)), json);

const add = (slug: string, owner: string, name = 'Acme Ltd') =>
  weir((services, output) => tenantAdd(services, output, { name, slug, owner }));

const show = (slugOrId: string, json = true) =>
  weir((services, output) => tenantShow(services, output, slugOrId), json);

const suspend = (slugOrId: string, reason = 'invoice unpaid') =>
  weir((services, output) => tenantSuspend(services, output, slugOrId, { reason }));

const resume = (slugOrId: string) => weir((services, output) => tenantResume(services, output, slugOrId));

const eventsIn = (organizationId: string, action: string) =>
  api.database.query(
    `select via, changes from audit_events where organization_id = $1 and action = $2 order by created_at`,
    [organizationId, action],
  );

async function storeUntil(client: ApiClient, status: number): Promise<Awaited<ReturnType<ApiClient['put']>>> {
  const until = Date.now() + BOUND_MS;
  for (;;) {
    const answer = await client.put('/v1/secrets/KEPT', { value: 'a value to be kept' });
    if (answer.status === status) return answer;
    if (Date.now() > until) throw new Error(`still ${answer.status} after ${BOUND_MS} ms: ${answer.text}`);
    await wait(100);
  }
}

describe('weir tenant add and show', () => {
  it('make a team organization for an account, with its default project, and find it by slug and id (F131)', async () => {
    const ada = await api.signUp();
    const { email, id: userId } = ada.me.user;
    const ran = await add('acme', ` ${email.toUpperCase()} `);
    const made = JSON.parse(ran.stdout);
    expect(ran.code).toBe(0);
    expect(made).toEqual({
      id: expect.any(String),
      kind: 'team',
      name: 'Acme Ltd',
      slug: 'acme',
      members: 1,
      owners: [email],
      suspendedReason: null,
      suspendedAt: null,
      createdAt: expect.stringMatching(/Z$/),
    });
    expect(JSON.parse((await show('acme')).stdout)).toEqual(made);
    expect(JSON.parse((await show(made.id)).stdout)).toEqual(made);
    expect((await show('acme', false)).stdout).toContain(`members    1, owned by ${email}\n`);
    const rows = await api.database.query(
      `select m.role, p.is_default from memberships m
       join projects p on p.organization_id = m.organization_id and p.user_id = m.user_id
       where m.organization_id = $1 and m.user_id = $2`,
      [made.id, userId],
    );
    expect(rows).toEqual([{ role: 'owner', is_default: true }]);
    expect(await eventsIn(made.id, 'organization.created')).toEqual([
      { via: 'system', changes: { name: 'Acme Ltd', slug: 'acme' } },
    ]);
  });

  it.each([
    ['a slug that is taken', 'taken-one', 'ada', "The slug 'taken-one' is taken"],
    ['a slug that is reserved', 'admin', 'ada', 'is reserved'],
    ['a slug with a wildcard', 'ac%', 'ada', "'ac%' cannot be the slug"],
    ['an owner without an account', 'acme-two', 'nobody@example.com', 'There is no account'],
    ['an owner who is disabled', 'acme-two', 'disabled', 'is disabled and cannot own'],
    ['something that is no address', 'acme-two', 'nobody', '--owner takes an e-mail address'],
  ])('refuse %s and leave nothing behind', async (_what, slug, who, message) => {
    const owner = await api.signUp();
    const { email } = owner.me.user;
    if (slug === 'taken-one') await add(slug, email);
    if (who === 'disabled') await weir((services, output) => userDisable(services, output, email));
    const before = await api.database.query('select count(*) from organizations');
    await expect(add(slug, who === 'ada' || who === 'disabled' ? email : who)).rejects.toThrow(message);
    expect(await api.database.query('select count(*) from organizations')).toEqual(before);
  });
});

describe('weir tenant suspend and resume', () => {
  it('stop changes within the bound, keep reading, say why, and give everything back (F131, R22)', async () => {
    const [ada, bob] = [await api.signUp(), await api.signUp()];
    const { id } = ada.me.organization;
    await storeUntil(ada, 201);

    expect(JSON.parse((await suspend(id, '  invoice unpaid ')).stdout)).toEqual({
      id,
      suspended: true,
      reason: 'invoice unpaid',
    });
    const refused = await storeUntil(ada, 403);
    expectProblem(refused, 403);
    expect(refused.body).toMatchObject({
      code: 'organization_suspended',
      detail: expect.stringContaining('invoice unpaid'),
    });
    expect((await ada.get('/v1/secrets')).body.data).toHaveLength(1);
    expect((await bob.put('/v1/secrets/KEPT', { value: 'of another tenant' })).status).toBe(201);
    expect(JSON.parse((await show(id)).stdout)).toMatchObject({
      suspendedReason: 'invoice unpaid',
      suspendedAt: expect.stringMatching(/Z$/),
    });

    expect(JSON.parse((await resume(id)).stdout)).toEqual({ id, suspended: false, changed: true });
    await storeUntil(ada, 200);
    expect(JSON.parse((await resume(id)).stdout).changed).toBe(false);
    expect(await eventsIn(id, 'organization.suspended')).toEqual([
      { via: 'system', changes: { reason: 'invoice unpaid' } },
    ]);
    expect(await eventsIn(id, 'organization.resumed')).toHaveLength(1);
  });

  it('refuse an empty reason and change nothing', async () => {
    const ada = await api.signUp();
    const { id } = ada.me.organization;
    await expect(suspend(id, ' ')).rejects.toThrow('why the organization is suspended');
    expect(JSON.parse((await show(id)).stdout).suspendedReason).toBeNull();
  });

  it.each([
    ['a slug that nobody has', 'nobody-has-this'],
    ['an id that nobody has', newId()],
    ['a text that could not be a slug', '%'],
  ])('fail for %s with the next step', async (_what, slugOrId) => {
    for (const attempt of [show, suspend, resume]) {
      await expect(attempt(slugOrId)).rejects.toThrow(
        `There is no organization with the slug or id '${slugOrId}'. \`weir tenant list\` shows all.`,
      );
    }
  });
});

describe('weir tenant list', () => {
  const list = (limit: string, after?: string, json = true) =>
    weir(
      (services, output) =>
        tenantList(services, output, { limit, ...(after === undefined ? {} : { after }) }),
      json,
    );

  it('walks through all organizations a page at a time, and marks the suspended', async () => {
    const ada = await api.signUp('Ada of the list');
    await suspend(ada.me.organization.id);
    const all = JSON.parse((await list('1000')).stdout);
    expect(all.next).toBeNull();
    expect(all.organizations).toContainEqual({
      id: ada.me.organization.id,
      kind: 'personal',
      name: 'Ada of the list',
      slug: null,
      suspendedReason: 'invoice unpaid',
      createdAt: expect.stringMatching(/Z$/),
    });
    const ids: string[] = [];
    for (let after: string | undefined; ;) {
      const page = JSON.parse((await list('3', after)).stdout);
      ids.push(...page.organizations.map(({ id }: { id: string }) => id));
      if (page.next === null) break;
      after = page.next;
    }
    expect(ids).toEqual(all.organizations.map(({ id }: { id: string }) => id));
    expect((await list('1000', undefined, false)).stdout).toMatch(
      /Ada of the list +suspended: invoice unpaid\n/,
    );
    expect((await list('1', undefined, false)).stdout).toContain(`weir tenant list --after ${ids[0]}`);
  });

  it.each([['0'], ['1001'], ['all']])('refuses --limit %s', async (limit) => {
    await expect(list(limit)).rejects.toThrow('--limit takes a whole number from 1 to 1000');
  });
});

describe('the functions behind `weir user` and `weir tenant`', () => {
  it('are open to the role of the service alone, with a fixed search path (R33)', async () => {
    const rows = await api.database.query(
      `select p.proname as name, has_function_privilege('public', p.oid, 'execute') as open, p.prosecdef as definer,
         p.proconfig as config
       from pg_proc p where p.proname in ('find_account', 'list_accounts', 'examine_organization') order by 1`,
    );
    expect(rows).toHaveLength(3);
    for (const row of rows) {
      expect(row).toMatchObject({
        open: false,
        definer: true,
        config: ['search_path=pg_catalog, public, pg_temp'],
      });
    }
  });
});
