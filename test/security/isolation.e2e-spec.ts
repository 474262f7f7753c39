import { newId, ROLES, type Role } from '@weir/kernel';
import type { ApiClient, ApiResponse } from '../support/api-client';
import { expectProblem } from '../support/expect-problem';
import { joinOrganization, weaken } from '../support/isolation/identities';
import {
  formatMatrix,
  makeVictim,
  snapshot,
  STRANGERS,
  tryStrangers,
  type Cell,
} from '../support/isolation/matrix';
import { listRoutes, send } from '../support/isolation/send';
import { startTestApp, type TestApp } from '../support/test-app';

const MINUTES = 60_000;

describe('Isolation', () => {
  let api: TestApp;
  const cells: Cell[] = [];

  beforeAll(async () => {
    api = await startTestApp();
  });

  afterAll(async () => {
    await api.stop();
    // For whoever ran the matrix to read it; in a run of everything it would only be noise.
    if (process.env['npm_lifecycle_event'] === 'test:isolation')
      process.stdout.write(`\n${formatMatrix(cells)}\n\n`);
  });

  it('has a row for every route and a route for every row (F11)', () => {
    const { withoutRow, withoutRoute } = listRoutes(api.routes.list());
    expect({ withoutRow, withoutRoute }).toEqual({ withoutRow: [], withoutRoute: [] });
  });

  it(
    'shows and changes nothing of a person to nobody, another organization or a colleague with every right (F10, R26, R27, R31)',
    async () => {
      const victim = await makeVictim(api);
      const before = await snapshot(api, victim);
      const tried = await tryStrangers(api, victim);
      cells.push(...tried);
      expect(tried.filter(({ leak }) => leak !== null)).toEqual([]);
      expect(tried).toHaveLength(STRANGERS.length * listRoutes(api.routes.list()).routes.length);
      expect(await snapshot(api, victim)).toEqual(before);
    },
    2 * MINUTES,
  );

  it(
    'lets the owner do everything, and every change leaves one line in the audit trail (F119)',
    async () => {
      const wrong: unknown[] = [];
      const audited: Record<string, number> = {};
      for (const route of listRoutes(api.routes.list()).routes) {
        const { client, objects } = await makeVictim(api);
        const before = await countAudit(client);
        const response = await send(client, route, objects);
        const expected = route.row.status;
        cells.push({ route: route.name, identity: 'owner', outcome: String(response.status), leak: null });
        if (response.status !== expected) wrong.push([route.name, response.status, expected, response.text]);
        audited[route.name] = (await countAudit(client)) - before;
      }
      expect(wrong).toEqual([]);
      expect(audited).toEqual(
        Object.fromEntries(Object.keys(audited).map((name) => [name, expectedAudit(name)])),
      );
    },
    3 * MINUTES,
  );

  /**
   * Reads change nothing, and neither do these: there is no feedback to take back, the run has ended, and what a personal
   * organization refuses. A new organization has the line in its own trail.
   */
  const UNCHANGING = new Set([
    'DELETE /v1/conversations/:id/messages/:messageId/feedback',
    'POST /v1/runs/:id/cancel',
    'POST /v1/organizations',
    'POST /v1/auth/switch',
    'PATCH /v1/organizations/:id',
    'DELETE /v1/organizations/:id',
    'PATCH /v1/members/:userId',
    'DELETE /v1/members/:userId',
    'POST /v1/members/leave',
    'POST /v1/invitations',
    'POST /v1/invitations/:id/resend',
    'DELETE /v1/invitations/:id',
    'POST /v1/invitations/accept',
  ]);
  const expectedAudit = (name: string): number =>
    /^(GET|HEAD) |\/auth\/(register|login|refresh)$/.test(name) || UNCHANGING.has(name) ? 0 : 1;

  async function countAudit({ me }: ApiClient): Promise<number> {
    const [row] = await api.database.query<{ n: number }>(
      'select count(*)::int as n from audit_events where organization_id = $1',
      [me.organization.id],
    );
    return row?.n ?? 0;
  }

  it.each(ROLES)(
    'gives the role %s what it may do and not more (F25, R28)',
    async (role) => {
      const wrong: unknown[] = [];
      let { client, objects } = await makeVictim(api);
      client = await weaken(api, client, role);
      for (const route of listRoutes(api.routes.list()).routes.filter(({ row }) => row.access !== 'public')) {
        const response = await send(client, route, objects);
        cells.push({ route: route.name, identity: role, outcome: String(response.status), leak: null });
        if ((response.status !== 403) !== mayUse(role, route.row.least))
          wrong.push([route.name, response.status]);
        if (route.row.endsLogin) {
          ({ client, objects } = await makeVictim(api));
          client = await weaken(api, client, role);
        }
      }
      expect(wrong).toEqual([]);
    },
    MINUTES,
  );

  /** ROLES reads from the most powerful to the weakest. */
  const mayUse = (role: Role, least: Role): boolean => ROLES.indexOf(role) <= ROLES.indexOf(least);

  describe('References to foreign objects (F9, R32)', () => {
    it('are answered like references to nothing, in bodies and filters alike', async () => {
      const victim = await makeVictim(api);
      const mine = await makeVictim(api);
      const before = await snapshot(api, victim);
      const { client, objects: own } = mine;
      const tries: [
        string,
        (projectId: string, workflowId: string, conversationId: string) => Promise<ApiResponse>,
      ][] = [
        [
          'moving into a project',
          (projectId) => client.patch(`/v1/workflows/${own.workflow}`, { projectId }),
        ],
        [
          'duplicating into a project',
          (projectId) => client.post(`/v1/workflows/${own.workflow}/duplicate`, { projectId }),
        ],
        ['ordering projects', (projectId) => client.put('/v1/projects/order', { ids: [projectId] })],
        [
          'a run in a conversation',
          (_p, _w, conversationId) =>
            client.post(`/v1/workflows/${own.workflow}/runs`, { input: 'x', conversationId }),
        ],
        ['workflows of a project', (projectId) => client.get(`/v1/workflows?projectId=${projectId}`)],
        ['runs of a workflow', (_p, workflowId) => client.get(`/v1/runs?workflowId=${workflowId}`)],
        [
          'runs of a conversation',
          (_p, _w, conversationId) => client.get(`/v1/runs?conversationId=${conversationId}`),
        ],
      ];
      for (const [name, request] of tries) {
        const { project, workflow, conversation } = victim.objects;
        const [foreign, missing] = [
          await request(project, workflow, conversation),
          await request(newId(), newId(), newId()),
        ];
        expect([name, plain(foreign)]).toEqual([name, plain(missing)]);
        if (foreign.status >= 400) expectProblem(foreign);
        else if (foreign.status === 200) expect([name, foreign.body.data]).toEqual([name, []]);
      }
      expect(await snapshot(api, victim)).toEqual(before);
    });

    it('a message is reached through its own conversation only', async () => {
      const [victim, mine] = [await makeVictim(api), await makeVictim(api)];
      const path = (message: string): string =>
        `/v1/conversations/${mine.objects.conversation}/messages/${message}`;
      for (const message of [victim.objects.userMessage, newId()]) {
        expectProblem(await mine.client.patch(path(message), { content: 'mine now' }), 404);
        expectProblem(await mine.client.put(`${path(message)}/feedback`, { value: 'negative' }), 404);
      }
    });

    /** Without what differs in any two answers. */
    function plain({ status, text }: ApiResponse): unknown {
      return { status, text: text.replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, '<id>') };
    }
  });

  it('leaves a team organization standing when a member deletes the own account', async () => {
    const victim = await makeVictim(api);
    const member = await joinOrganization(api, victim.client, 'owner');
    const response = await member.delete('/v1/me');
    expectProblem(response, 409);
    expect(response.body.code).toBe('personal_organization_required');
    expect((await victim.client.get(`/v1/workflows/${victim.objects.workflow}`)).status).toBe(200);
  });

  it('keeps the same names of two people apart (R35, F81)', async () => {
    const [ada, bob] = [await api.signUp(), await api.signUp()];
    const listed = async (client: ApiClient): Promise<string[]> =>
      (await client.get('/v1/secrets')).body.data.map(({ name }: { name: string }) => name);
    await ada.put('/v1/secrets/SHARED_NAME', { value: 'value of ada, long enough' });
    expect(await listed(bob)).toEqual([]);
    await bob.put('/v1/secrets/SHARED_NAME', { value: 'value of bob, long enough' });
    await bob.delete('/v1/secrets/SHARED_NAME');
    expect(await listed(ada)).toEqual(['SHARED_NAME']);
    for (const client of [ada, bob])
      expect((await client.post('/v1/projects', { name: 'Same name' })).status).toBe(201);
  });
});
