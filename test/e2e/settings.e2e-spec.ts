import { startTestApp, type TestApp } from '../support/test-app';

describe('Settings', () => {
  let api: TestApp;

  beforeAll(async () => {
    api = await startTestApp();
  });

  afterAll(() => api.stop());

  const defaults = {
    defaultLlmProvider: null,
    theme: 'system',
    onboardingCompleted: false,
    toursCompleted: [],
    modelDefaults: {},
  };

  it('are the defaults until they are changed', async () => {
    const ada = await api.signUp();
    const response = await ada.get('/v1/settings');
    expect(response.status).toBe(200);
    expect(response.body).toEqual(defaults);
  });

  it('survive a restart, and what is left out of a change stays (S1)', async () => {
    const ada = await api.signUp();
    await ada.patch('/v1/settings', {
      theme: 'dark',
      toursCompleted: ['first-workflow'],
      onboardingCompleted: true,
    });
    const changed = await ada.patch('/v1/settings', {
      defaultLlmProvider: 'OpenAI',
      modelDefaults: { openai: { model: 'gpt-4o' } },
    });
    const expected = {
      defaultLlmProvider: 'openai',
      theme: 'dark',
      onboardingCompleted: true,
      toursCompleted: ['first-workflow'],
      modelDefaults: { openai: { model: 'gpt-4o' } },
    };
    expect(changed.body).toEqual(expected);

    const restarted = await startTestApp({ database: api.database, env: envOf(api) });
    const response = await restarted.anonymous().get('/v1/settings', {
      authorization: `Bearer ${ada.me.accessToken}`,
    });
    await restarted.stop();
    expect(response.body).toEqual(expected);
    expect(
      (await ada.patch('/v1/settings', { defaultLlmProvider: null })).body.defaultLlmProvider,
    ).toBeNull();
  });

  it.each([
    [{ defaultLlmProvider: 'nobody' }, '/defaultLlmProvider'],
    [{ defaultLlmProvider: 'tavily' }, '/defaultLlmProvider'],
    [{ theme: 'pink' }, '/theme'],
    [{ onboardingCompleted: 'yes' }, '/onboardingCompleted'],
    [{ toursCompleted: ['a', 1] }, '/toursCompleted'],
    [{ modelDefaults: [] }, '/modelDefaults'],
    [{ modelDefaults: { text: '\u0000' } }, '/modelDefaults'],
    [{ volume: 11 }, '/volume'],
  ])('refuse %j with a pointer and change nothing (S1)', async (input, pointer) => {
    const ada = await api.signUp();
    const response = await ada.patch('/v1/settings', { ...input });
    expect(response.status).toBe(422);
    expect(response.body).toMatchObject({ code: 'validation_failed', errors: [{ pointer }] });
    expect((await ada.get('/v1/settings')).body).toEqual(defaults);
  });

  it('are strictly the own ones, and nobody reads them without signing in', async () => {
    const [ada, ben] = [await api.signUp(), await api.signUp()];
    await ada.patch('/v1/settings', { theme: 'dark' });
    expect((await ben.get('/v1/settings')).body).toEqual(defaults);
    expect((await api.anonymous().get('/v1/settings')).status).toBe(401);
  });

  it('take parallel first changes without a conflict, and audit each with the fields that changed', async () => {
    const ada = await api.signUp();
    const answers = await Promise.all(
      ['dark', 'light', 'dark', 'light'].map((theme) => ada.patch('/v1/settings', { theme })),
    );
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    const rows = await api.database.query(
      `select object_id, changes from audit_events where action = 'settings.updated' and user_id = $1`,
      [ada.me.user.id],
    );
    expect(rows).toHaveLength(4);
    for (const row of rows)
      expect(row).toEqual({ object_id: ada.me.user.id, changes: { fields: ['theme'] } });
  });
});

/** The keys of a running app, for its next start. */
function envOf({ config }: TestApp): Record<string, string> {
  const { master } = config.keys;
  return { JWT_KEYS: config.keys.jwt, ...(master.provider === 'local' ? { MASTER_KEYS: master.keys } : {}) };
}
