import { newId, runAs, type Actor } from '@weir/kernel';
import { SecretsService, type ResolvedSecrets } from '../../apps/api/src/modules/secrets/secrets.service';
import { VaultService } from '../../apps/api/src/modules/vault/vault.service';
import type { ApiClient } from './api-client';
import type { TestApp } from './test-app';

/** The person behind a client, as services know them. */
export function actorOf({ me }: ApiClient): Actor {
  return { userId: me.user.id, organizationId: me.organization.id, role: 'owner', via: 'session' };
}

/** What a run of this person would get for these names. */
export function resolve(
  api: TestApp,
  actor: Actor,
  names: readonly string[],
  workflowId = newId(),
): Promise<ResolvedSecrets> {
  const needs = names.map((secretName) => ({ secretName, required: true }));
  return runAs(actor, () => api.app.get(SecretsService).resolveForRun(actor, needs, workflowId));
}

/** A credential of the engine, sealed and stored the way the engine module does it. */
export async function storeCredential(api: TestApp, actor: Actor, apiKey: string): Promise<string> {
  const id = newId();
  const place = { objectId: id, name: 'engine-api-key', version: 1 };
  const vault = api.app.get(VaultService);
  const sealed = await runAs(actor, () => vault.seal(actor, 'user', 'engine-credential', place, apiKey));
  await api.database.query(
    `insert into engine_credentials (organization_id, id, user_id, version, data_key_number, nonce, ciphertext, tag)
     values ($1, $2, $3, 1, $4, $5, $6, $7)`,
    [
      actor.organizationId,
      id,
      actor.userId,
      sealed.dataKeyNumber,
      sealed.nonce,
      sealed.ciphertext,
      sealed.tag,
    ],
  );
  return id;
}

export async function openCredential(api: TestApp, actor: Actor): Promise<string> {
  const [row] = await api.database.query(`select * from engine_credentials where user_id = $1`, [
    actor.userId,
  ]);
  if (row === undefined) throw new Error('there is no engine credential');
  const place = {
    objectId: row['id'],
    name: 'engine-api-key',
    version: row['version'],
    dataKeyNumber: row['data_key_number'],
  };
  const sealed = { nonce: row['nonce'], ciphertext: row['ciphertext'], tag: row['tag'] };
  return runAs(actor, () =>
    api.app.get(VaultService).open(actor, 'user', 'engine-credential', place, sealed),
  );
}
