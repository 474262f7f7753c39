import type { ApiClient } from '../support/api-client';
import { startTestApp, type TestApp } from '../support/test-app';
import { create, created, defaultProjectId, echo } from './workflow-fixtures';

describe('What workflows refuse', () => {
  let api: TestApp;

  beforeAll(async () => {
    api = await startTestApp();
  });

  afterAll(() => api.stop());

  const workflowsOf = (client: ApiClient) =>
    api.database.query('select id from workflows where user_id = $1', [client.me.user.id]);

  it('shows and gives nothing of it to another person (F10, R27, R31, R32)', async () => {
    const ada = await api.signUp();
    const grace = await api.signUp();
    const workflow = await created(ada, { name: 'Canary of Ada', tags: ['canary'], flowData: echo() });
    const mine = await created(grace, { name: 'Mine' });
    const path = `/v1/workflows/${workflow.id}`;
    const answers = [
      await grace.get(path),
      await grace.patch(path, { name: 'Taken' }),
      await grace.delete(path),
      await grace.get(`${path}/flow`),
      await grace.put(`${path}/flow`, { flowData: echo() }),
      await grace.get(`${path}/versions`),
      await grace.get(`${path}/versions/1`),
      await grace.post(`${path}/versions/1/publish`),
      await grace.post(`${path}/unpublish`),
      await grace.post(`${path}/duplicate`, {}),
      await grace.get(`${path}/export`),
      await grace.get(`${path}/bindings`),
    ];
    expect(answers.map(({ status }) => status)).toEqual(Array(answers.length).fill(404));
    for (const { body } of answers)
      expect(body.detail).toBe(`There is no workflow '${workflow.id}' that you can see.`);
    const project = await defaultProjectId(ada);
    const moved = await grace.patch(`/v1/workflows/${mine.id}`, { projectId: project });
    const copied = await grace.post(`/v1/workflows/${mine.id}/duplicate`, { projectId: project });
    expect([moved.status, copied.status]).toEqual([404, 404]);
    for (const query of ['', `?projectId=${project}`, '?tag=canary', '?q=canary']) {
      expect((await grace.get(`/v1/workflows${query}`)).text).not.toContain('Canary');
    }
    expect((await ada.get(path)).body).toMatchObject({ name: 'Canary of Ada', revision: 1 });
  });

  it.each([
    ['no name', {}, '/name'],
    ['a name with control characters', { name: 'a\nb' }, '/name'],
    ['an unknown field', { name: 'x', colour: 'red' }, '/colour'],
    ['an id from outside (R29)', { name: 'x', id: '01938b5e-7c1a-7d52-b3a4-2f9f6d1c8e10' }, '/id'],
    ['an owner from outside (R29)', { name: 'x', userId: '01938b5e-7c1a-7d52-b3a4-2f9f6d1c8e10' }, '/userId'],
    ['a sharing flag from outside (R29)', { name: 'x', shared: true }, '/shared'],
    ['tags that are no list', { name: 'x', tags: 'a,b' }, '/tags'],
    ['the same tag twice', { name: 'x', tags: ['a', 'a'] }, '/tags'],
    ['a wrong choice', { name: 'x', inlineSecrets: 'keep' }, '/inlineSecrets'],
    ['a flow that is a list', { name: 'x', flowData: [] }, '/flowData'],
    ['a flow that is text', { name: 'x', flowData: '{}' }, '/flowData'],
    ['a flow that is null', { name: 'x', flowData: null }, '/flowData'],
    ['a flow and a starter', { name: 'x', flowData: echo(), starter: 'echo' }, '/starter'],
  ])('refuses %s with a pointer and stores nothing', async (_what, body, pointer) => {
    const ada = await api.signUp();
    const response = await create(ada, body);
    expect(response.status).toBe(422);
    expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(response.body).toMatchObject({
      code: 'validation_failed',
      errors: [{ pointer, detail: expect.any(String) }],
    });
    expect(await workflowsOf(ada)).toEqual([]);
  });

  it('refuses fields that a client may not change (R29)', async () => {
    const ada = await api.signUp();
    const { id } = await created(ada, { name: 'Mine' });
    const foreign = {
      userId: ada.me.user.id,
      revision: 9,
      latestVersion: 4,
      publishedVersion: 1,
      shared: true,
      createdAt: 'x',
    };
    for (const [field, value] of Object.entries(foreign)) {
      const response = await ada.patch(`/v1/workflows/${id}`, { [field]: value });
      expect([response.status, response.body.errors[0].pointer]).toEqual([422, `/${field}`]);
    }
    expect((await ada.get(`/v1/workflows/${id}`)).body.revision).toBe(1);
  });

  it('takes a foreign or unknown project for no project', async () => {
    const ada = await api.signUp();
    const unknown = await ada.post('/v1/projects/01938b5e-7c1a-7d52-b3a4-2f9f6d1c8e10/workflows', {
      name: 'x',
    });
    const nonsense = await ada.post('/v1/projects/1/workflows', { name: 'x' });
    expect([unknown.status, nonsense.status]).toEqual([404, 404]);
    expect(await workflowsOf(ada)).toEqual([]);
  });
});
