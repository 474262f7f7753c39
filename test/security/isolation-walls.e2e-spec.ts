import { createTestDatabase, type TestDatabase } from '@weir/testing';
import { refuseUnsafeStart } from '../../apps/api/src/refuse-unsafe-start';
import { makeVictim, snapshot, tryStrangers, type Victim } from '../support/isolation/matrix';
import { listRoutes, send } from '../support/isolation/send';
import { breachApplicationWall, dropRowLevelSecurity, type Breach } from '../support/isolation/without-walls';
import { startTestApp, type TestApp } from '../support/test-app';

const MINUTES = 60_000;

async function expectIsolation(api: TestApp, victim: Victim): Promise<void> {
  const before = await snapshot(api, victim);
  const cells = await tryStrangers(api, victim);
  expect(cells.filter(({ leak }) => leak !== null)).toEqual([]);
  expect(await snapshot(api, victim)).toEqual(before);
}

describe('Each of the two walls alone (N5)', () => {
  let database: TestDatabase;
  let api: TestApp;
  let breach: Breach | null = null;

  beforeEach(async () => {
    database = await createTestDatabase();
    api = await startTestApp({ database });
  });

  afterEach(async () => {
    breach?.restore();
    breach = null;
    await api.stop();
    await database.drop();
  });

  it(
    'holds without row-level security, by the conditions of the application',
    async () => {
      await dropRowLevelSecurity(database);
      await expectIsolation(api, await makeVictim(api));
      // The service itself would never have started like this.
      await expect(refuseUnsafeStart(api.config)).rejects.toThrow(/row-level security/);
    },
    2 * MINUTES,
  );

  it(
    'holds without the conditions of the application, by row-level security',
    async () => {
      const victim = await makeVictim(api);
      breach = breachApplicationWall();
      await expectIsolation(api, victim);
      expect(breach.removed()).toBeGreaterThan(500);
    },
    2 * MINUTES,
  );

  it(
    'does not hold without both: the matrix would notice',
    async () => {
      await dropRowLevelSecurity(database);
      const routes = listRoutes(api.routes.list()).routes.filter(({ row }) => row.access === 'object');
      const stranger = await api.signUp();
      const victims = [];
      for (const route of routes) victims.push({ route, victim: await makeVictim(api) });
      breach = breachApplicationWall();
      const unread: string[] = [];
      const safe: string[] = [];
      for (const { route, victim } of victims) {
        const { status } = await send(stranger, route, victim.objects);
        if (status === 404) safe.push(route.name);
        if (route.method === 'GET' && status !== 200) unread.push(route.name);
      }
      expect(unread).toEqual([]);
      // These write new rows with the ids of whoever asks, and the composite foreign keys find no project for them.
      expect(safe).toEqual([
        'POST /v1/projects/:projectId/workflows',
        'POST /v1/projects/:projectId/workflows/import',
        'POST /v1/workflows/:id/duplicate',
      ]);
    },
    3 * MINUTES,
  );
});
