import { startEphemeralPostgres } from '../ephemeral-postgres';

import { handle } from './postgres-handle';
import { prepareTemplate } from './template-database';

/** One Postgres for all tiers of a run, with the migrated template that every test file clones. */
export default async function startPostgres(): Promise<void> {
  if (handle.postgres !== null) return;
  handle.postgres = await startEphemeralPostgres();
  process.env['WEIR_TEST_POSTGRES'] = handle.postgres.superuserUrl;
  await prepareTemplate(handle.postgres.superuserUrl);
}
