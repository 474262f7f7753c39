import { join } from 'node:path';
import {
  prepareRoles,
  startEmbeddedPostgres,
  type EmbeddedPostgres,
} from '../postgres/embedded-postgres.mts';
import { APP, ENGINE, ENGINE_DATABASE, OWNER, roleUrl } from '../postgres/roles.mts';
import type { DataFolder } from './data-folder.mts';
import type { LocalSecrets } from './secrets.mts';
import type { LauncherSettings } from './settings.mts';
import { errorCode } from '../process/error-code.mts';

const DATABASE = 'weir';

/** Where each process finds its database. */
export interface Databases {
  readonly url: string;
  /** Absent: somebody else migrates. */
  readonly migrationUrl: string | undefined;
  /** Absent: there is no embedded engine. */
  readonly engineUrl: string | undefined;
  /** Absent: everything is elsewhere. */
  readonly server: EmbeddedPostgres | undefined;
}

/**
 * Starts the embedded server where it is needed: for Weir unless `DATABASE_URL` names another one, and for the embedded
 * engine in any case, which shall not share a server that somebody else runs.
 */
export async function openDatabases(
  settings: LauncherSettings,
  data: DataFolder,
  secrets: LocalSecrets,
  projectDir: string,
): Promise<Databases> {
  const { databaseUrl, migrationDatabaseUrl: migrationUrl, engine } = settings;
  if (databaseUrl !== undefined && engine.kind !== 'embedded') {
    return { url: databaseUrl, migrationUrl, engineUrl: undefined, server: undefined };
  }
  const server = await startEmbeddedPostgres({
    dataDir: data.postgres,
    superuserPassword: secrets.postgresSuperuser,
    persistent: true,
    logFile: join(data.logs, 'postgres.log'),
    projectDir,
  });
  await prepareRoles({
    superuserUrl: server.superuserUrl,
    database: DATABASE,
    ownerPassword: secrets.postgresOwner,
    appPassword: secrets.postgresApp,
    enginePassword: secrets.postgresEngine,
  }).catch(async (error: unknown) => {
    await server.stop();
    throw explain(error, data);
  });
  const engineUrl = roleUrl(server.superuserUrl, ENGINE, secrets.postgresEngine, ENGINE_DATABASE);
  if (databaseUrl !== undefined) return { url: databaseUrl, migrationUrl, engineUrl, server };
  return {
    url: roleUrl(server.superuserUrl, APP, secrets.postgresApp, DATABASE),
    migrationUrl: roleUrl(server.superuserUrl, OWNER, secrets.postgresOwner, DATABASE),
    engineUrl,
    server,
  };
}

function explain(error: unknown, data: DataFolder): unknown {
  if (errorCode(error) !== '28P01') return error; // invalid_password
  return new Error(
    `The database in ${data.postgres} was made with another password than the one in ${data.secrets}: ` +
      'put the old secrets back, or remove both folders to begin anew.',
    { cause: error },
  );
}
