import type { DataFolder } from './data-folder.mts';
import type { Databases } from './database.mts';
import type { LocalSecrets } from './secrets.mts';
import type { LauncherSettings } from './settings.mts';

export interface ApiEnvironmentInput {
  readonly settings: LauncherSettings;
  readonly data: DataFolder;
  readonly secrets: LocalSecrets;
  readonly databases: Databases;
  readonly internalPort: number;
  /** The embedded engine; absent when it is elsewhere or simulated. */
  readonly engineUrl: string | undefined;
}

/**
 * The environment of our own processes: what the operator set, completed by what this start made. A variable that is set
 * is never replaced, so that one may bring one's own keys.
 */
export function apiEnvironment(own: NodeJS.ProcessEnv, input: ApiEnvironmentInput): NodeJS.ProcessEnv {
  const { settings, data, secrets, databases, internalPort, engineUrl } = input;
  const result: NodeJS.ProcessEnv = {};
  for (const [name, value] of Object.entries(own)) {
    if (value !== undefined && value !== '' && !name.startsWith('ENGINE_ENV_')) result[name] = value;
  }
  const withDefault = (name: string, value: string, unlessAlso: string): void => {
    if (result[name] === undefined && result[unlessAlso] === undefined) result[name] = value;
  };
  withDefault('JWT_KEYS_FILE', secrets.jwtKeysFile, 'JWT_KEYS');
  if (result['KMS_KEY_ID'] === undefined)
    withDefault('MASTER_KEYS_FILE', secrets.masterKeysFile, 'MASTER_KEYS');
  withDefault('ENGINE_SIGNING_KEY_FILE', secrets.engineSigningKeyFile, 'ENGINE_SIGNING_KEY');
  withDefault('INTERNAL_PORT', String(internalPort), 'INTERNAL_PORT');
  result['HOST'] = settings.host;
  result['PORT'] = String(settings.port);
  result['DATABASE_URL'] = databases.url;
  if (engineUrl !== undefined) {
    result['ENGINE_URL'] = engineUrl;
    result['ENGINE_STATE_FILE'] = data.engineState;
  }
  // The service never holds the owner's credentials; only the migration gets them.
  delete result['MIGRATION_DATABASE_URL'];
  delete result['MIGRATION_DATABASE_URL_FILE'];
  return result;
}
