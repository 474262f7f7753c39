import { newId, runAs, type Actor } from '@weir/kernel';
import { TransactionRunner } from '@weir/database';
import { SecretsService } from '../../apps/api/src/modules/secrets/secrets.service';
import { VaultService } from '../../apps/api/src/modules/vault/vault.service';
import { actorOf, resolve } from '../support/secrets';
import { startTestApp, type TestApp } from '../support/test-app';

describe('Secrets for runs', () => {
  let api: TestApp;

  beforeAll(async () => {
    api = await startTestApp();
  });

  afterAll(() => api.stop());

  async function storeForOrganization(actor: Actor, name: string, value: string): Promise<void> {
    const id = newId();
    const place = { objectId: id, name, version: 1 };
    const vault = api.app.get(VaultService);
    const sealed = await runAs(actor, () => vault.seal(actor, 'organization', 'secret', place, value));
    await api.database.query(
      `insert into secrets (organization_id, id, name, version, data_key_number, nonce, ciphertext, tag)
       values ($1, $2, $3, 1, $4, $5, $6, $7)`,
      [actor.organizationId, id, name, sealed.dataKeyNumber, sealed.nonce, sealed.ciphertext, sealed.tag],
    );
  }

  it("resolve to the caller's own before the organization's", async () => {
    const ada = await api.signUp();
    const actor = actorOf(ada);
    await storeForOrganization(actor, 'BOTH', 'of the organization');
    await storeForOrganization(actor, 'COMMON', 'of the organization');
    await ada.put('/v1/secrets/BOTH', { value: 'my own' });
    const { values, missing } = await resolve(api, actor, ['BOTH', 'COMMON']);
    expect(Object.fromEntries(values)).toEqual({ BOTH: 'my own', COMMON: 'of the organization' });
    expect(missing).toEqual([]);
    const origins = await runAs(actor, () =>
      api.app.get(SecretsService).describeResolution(actor, ['COMMON', 'BOTH', 'NONE']),
    );
    expect(Object.fromEntries(origins)).toEqual({ COMMON: 'organization', BOTH: 'user', NONE: 'missing' });
    // The organization's are not in the list of one's own.
    expect((await ada.get('/v1/secrets')).body.data).toMatchObject([{ name: 'BOTH' }]);
  });

  it('stamp and audit a use, with names and never with values', async () => {
    const ada = await api.signUp();
    await ada.put('/v1/secrets/USED_KEY', { value: 'a-value-to-be-used' });
    const workflowId = newId();
    await resolve(api, actorOf(ada), ['USED_KEY', 'USED_KEY'], workflowId);
    expect((await ada.get('/v1/secrets')).body.data[0].lastUsedAt).toEqual(expect.any(String));
    const rows = await api.database.query(
      `select object_type, object_id, changes from audit_events where action = 'secret.used' and user_id = $1`,
      [ada.me.user.id],
    );
    expect(rows).toEqual([
      { object_type: 'workflow', object_id: workflowId, changes: { names: ['USED_KEY'] } },
    ]);
  });

  it('say what is missing and open nothing then; what is not required is not missing', async () => {
    const ada = await api.signUp();
    const actor = actorOf(ada);
    await ada.put('/v1/secrets/HERE', { value: 'x' });
    expect(await resolve(api, actor, ['HERE', 'Z_MISSING', 'A_MISSING', 'Z_MISSING'])).toEqual({
      values: new Map(),
      missing: ['A_MISSING', 'Z_MISSING'],
    });
    expect((await ada.get('/v1/secrets')).body.data[0].lastUsedAt).toBeNull();
    const needs = [
      { secretName: 'HERE', required: true },
      { secretName: 'UNREAD', required: false },
    ];
    const resolved = await runAs(actor, () =>
      api.app.get(SecretsService).resolveForRun(actor, needs, newId()),
    );
    expect(resolved).toEqual({ values: new Map([['HERE', 'x']]), missing: [] });
  });

  it('of another person are never used', async () => {
    const [ada, ben] = [await api.signUp(), await api.signUp()];
    await ada.put('/v1/secrets/ONLY_ADA', { value: 'x' });
    expect((await resolve(api, actorOf(ben), ['ONLY_ADA'])).missing).toEqual(['ONLY_ADA']);
  });

  it('that come with a flow are stored with it or not at all, and never replace a value', async () => {
    const ada = await api.signUp();
    const actor = actorOf(ada);
    const secrets = api.app.get(SecretsService);
    const store = (names: readonly string[], fail = false): Promise<void> =>
      runAs(actor, () =>
        api.app.get(TransactionRunner).run(async () => {
          await secrets.storeMany(
            actor,
            names.map((name) => ({ name, value: `value of ${name}`, provider: null })),
          );
          if (fail) throw new Error('the flow was refused');
        }),
      );
    await expect(store(['LIFTED'], true)).rejects.toThrow('the flow was refused');
    expect((await ada.get('/v1/secrets')).body.data).toEqual([]);

    await store(['LIFTED', 'OPENAI_API_KEY']);
    await expect(store(['NEW', 'LIFTED'])).rejects.toMatchObject({ code: 'secret_name_taken', status: 409 });
    expect((await ada.get('/v1/secrets')).body.data).toMatchObject([
      { name: 'LIFTED', provider: null, version: 1 },
      { name: 'OPENAI_API_KEY', provider: 'openai' },
    ]);
    const { values } = await resolve(api, actor, ['LIFTED']);
    expect(values.get('LIFTED')).toBe('value of LIFTED');
  });
});
