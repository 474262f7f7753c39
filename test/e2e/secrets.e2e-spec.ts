import { SecretUsage } from '../../apps/api/src/modules/secrets/secret-usage';
import { startTestApp, type TestApp } from '../support/test-app';

describe('Secrets', () => {
  let api: TestApp;

  beforeAll(async () => {
    api = await startTestApp();
  });

  afterAll(() => api.stop());

  const auditOf = (userId: string, action: string) =>
    api.database.query(`select object_id, changes from audit_events where user_id = $1 and action = $2`, [
      userId,
      action,
    ]);

  it('are stored, replaced, listed and deleted, and never come back (F83, R43)', async () => {
    const ada = await api.signUp();
    const created = await ada.put('/v1/secrets/OPENAI_API_KEY', { value: 'sk-first-value-0001' });
    expect(created.status).toBe(201);
    expect(created.body).toEqual({
      name: 'OPENAI_API_KEY',
      provider: 'openai',
      lastFour: '0001',
      version: 1,
      createdAt: expect.any(String),
      updatedAt: expect.any(String),
      lastUsedAt: null,
    });
    const replaced = await ada.put('/v1/secrets/OPENAI_API_KEY', { value: 'short' });
    expect(replaced.status).toBe(200);
    expect(replaced.body).toMatchObject({ lastFour: null, version: 2, createdAt: created.body.createdAt });

    expect((await ada.get('/v1/secrets')).body).toEqual({ data: [replaced.body], nextCursor: null });
    expect((await ada.delete('/v1/secrets/OPENAI_API_KEY')).status).toBe(204);
    expect((await ada.get('/v1/secrets')).body).toEqual({ data: [], nextCursor: null });
    expect((await ada.delete('/v1/secrets/OPENAI_API_KEY')).status).toBe(404);

    const id = expect.any(String);
    const changes = { name: 'OPENAI_API_KEY', provider: 'openai' };
    expect(await auditOf(ada.me.user.id, 'secret.created')).toEqual([
      { object_id: id, changes: { ...changes, version: 1 } },
    ]);
    expect(await auditOf(ada.me.user.id, 'secret.replaced')).toEqual([
      { object_id: id, changes: { ...changes, version: 2 } },
    ]);
    expect(await auditOf(ada.me.user.id, 'secret.deleted')).toEqual([
      { object_id: id, changes: { name: 'OPENAI_API_KEY', workflows: [] } },
    ]);
  });

  it('of two providers both stay stored, and deleting one leaves the other (S1)', async () => {
    const ada = await api.signUp();
    await ada.put('/v1/secrets/OPENAI_API_KEY', { value: 'sk-openai-00000001' });
    await ada.put('/v1/secrets/ANTHROPIC_API_KEY', { value: 'sk-ant-000000002' });
    const before = await ada.get('/v1/secrets');
    expect(before.body.data.map(({ name }: { name: string }) => name)).toEqual([
      'ANTHROPIC_API_KEY',
      'OPENAI_API_KEY',
    ]);
    await ada.delete('/v1/secrets/OPENAI_API_KEY');
    expect((await ada.get('/v1/secrets')).body.data).toMatchObject([
      { name: 'ANTHROPIC_API_KEY', provider: 'anthropic' },
    ]);
  });

  it('come in pages by name, and a cursor from elsewhere is refused (R48)', async () => {
    const ada = await api.signUp();
    for (const name of ['C', 'A', 'B']) await ada.put(`/v1/secrets/${name}`, { value: 'x' });
    const first = await ada.get('/v1/secrets?limit=2');
    expect(first.body.data).toMatchObject([{ name: 'A' }, { name: 'B' }]);
    const second = await ada.get(`/v1/secrets?limit=2&cursor=${first.body.nextCursor}`);
    expect(second.body).toMatchObject({ data: [{ name: 'C' }], nextCursor: null });
    const forged = Buffer.from(JSON.stringify(['\u0000', ada.me.user.id])).toString('base64url');
    const refused = await ada.get(`/v1/secrets?cursor=${forged}`);
    expect(refused).toMatchObject({ status: 422, body: { code: 'validation_failed' } });
  });

  it.each(['lower', '1A', 'A-B', '_A', `A${'B'.repeat(128)}`, 'A%00', 'A%0A'])(
    'refuse the name %s with a pointer',
    async (name) => {
      const ada = await api.signUp();
      const response = await ada.put(`/v1/secrets/${name}`, { value: 'x' });
      expect(response.status).toBe(422);
      expect(response.body).toMatchObject({ code: 'validation_failed', errors: [{ pointer: '/name' }] });
    },
  );

  it.each([
    [{}, '/value'],
    [{ value: '' }, '/value'],
    [{ value: '********' }, '/value'],
    [{ value: 'x'.repeat(65_537) }, '/value'],
    [{ value: 'ü'.repeat(32_769) }, '/value'],
    [{ value: 7 }, '/value'],
    [{ value: 'x', provider: 'nobody' }, '/provider'],
    [{ value: 'x', extra: 1 }, '/extra'],
  ])('refuse bad input with a pointer and without repeating the value', async (input, pointer) => {
    const ada = await api.signUp();
    const response = await ada.put('/v1/secrets/KEY', input);
    expect(response.status).toBe(422);
    expect(response.body.errors).toEqual([{ pointer, detail: expect.any(String) }]);
    expect(response.text).not.toContain('xxx');
    expect((await ada.get('/v1/secrets')).body.data).toEqual([]);
  });

  it('hold any characters up to 64 kB', async () => {
    const ada = await api.signUp();
    for (const value of ['\u0000\u001f', '-----BEGIN KEY-----\nabc\n', 'schlüssel 🔑', 'x'.repeat(65_536)]) {
      expect([200, 201]).toContain((await ada.put('/v1/secrets/ANY', { value })).status);
    }
  });

  it('belong to one person: another one sees nothing, deletes nothing and may use the same name (F83)', async () => {
    const [ada, ben] = [await api.signUp(), await api.signUp()];
    await ada.put('/v1/secrets/SHARED_NAME', { value: 'value-of-ada-1234' });
    expect((await ben.get('/v1/secrets')).body.data).toEqual([]);
    expect(await ben.delete('/v1/secrets/SHARED_NAME')).toMatchObject({
      status: 404,
      body: { code: 'not_found' },
    });
    expect((await ben.put('/v1/secrets/SHARED_NAME', { value: 'value-of-ben-5678' })).status).toBe(201);
    expect((await ada.get('/v1/secrets')).body.data).toMatchObject([{ lastFour: '1234', version: 1 }]);
    expect((await api.anonymous().get('/v1/secrets')).status).toBe(401);
  });

  it('in use are not deleted without force: 409 lists the workflows (F58)', async () => {
    const ada = await api.signUp();
    const uses = [{ workflowId: '01938b5e-7c1a-7d52-b3a4-2f9f6d1c8e10', workflowName: 'Support bot' }];
    api.app.get(SecretUsage).register((actor, name) => {
      return Promise.resolve(actor.userId === ada.me.user.id && name === 'USED' ? uses : []);
    });
    await ada.put('/v1/secrets/USED', { value: 'x' });
    const refused = await ada.delete('/v1/secrets/USED');
    expect(refused.status).toBe(409);
    expect(refused.body).toMatchObject({
      code: 'secret_in_use',
      detail: expect.stringContaining(`'Support bot'`),
      workflows: uses,
    });
    expect((await ada.delete('/v1/secrets/USED?force=maybe')).status).toBe(422);
    expect((await ada.get('/v1/secrets')).body.data).toHaveLength(1);
    expect((await ada.delete('/v1/secrets/USED?force=true')).status).toBe(204);
  });

  it('survive parallel writes of one name: each is a version of its own, and one row is left', async () => {
    const ada = await api.signUp();
    const answers = await Promise.all(
      ['a', 'b', 'c', 'd'].map((value) => ada.put('/v1/secrets/RACE', { value })),
    );
    const stored = answers.filter(({ status }) => status === 200 || status === 201);
    expect(stored.map(({ body }) => body.version).toSorted((left, right) => left - right)).toEqual(
      stored.map((_answer, index) => index + 1),
    );
    expect((await ada.get('/v1/secrets')).body.data).toMatchObject([{ version: stored.length }]);
    const keys = await api.database.query('select number from data_keys where user_id = $1', [
      ada.me.user.id,
    ]);
    expect(keys).toEqual([{ number: 1 }]);
  });

  it('name the known providers with the usual name of their key', async () => {
    const ada = await api.signUp();
    const response = await ada.get('/v1/secrets/providers');
    expect(response.status).toBe(200);
    expect(response.body.data).toEqual(
      expect.arrayContaining([
        { id: 'openai', name: 'OpenAI', kind: 'model', secretName: 'OPENAI_API_KEY' },
        { id: 'ollama', name: 'Ollama', kind: 'model', secretName: null },
        { id: 'tavily', name: 'Tavily', kind: 'tool', secretName: 'TAVILY_API_KEY' },
      ]),
    );
  });

  it('and their data keys are gone at once when the account is deleted', async () => {
    const ada = await api.signUp();
    await ada.put('/v1/secrets/GONE', { value: 'x' });
    expect((await ada.delete('/v1/me')).status).toBe(204);
    const left = await api.database.query(
      `select 'secret' as kind from secrets where user_id = $1 union all select 'key' from data_keys where user_id = $1`,
      [ada.me.user.id],
    );
    expect(left).toEqual([]);
    await expect(api.database.query('select * from purge_deleted()')).resolves.toBeDefined();
  });
});
