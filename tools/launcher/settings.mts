import { join } from 'node:path';
import { engineOverrides } from '../engine/environment.mts';

/** What the environment asks of `npm start`. Everything else in it is the API's business. */
export interface LauncherSettings {
  readonly dataDir: string;
  readonly host: string;
  readonly port: number;
  /** Absent: an embedded PostgreSQL. */
  readonly databaseUrl: string | undefined;
  readonly migrationDatabaseUrl: string | undefined;
  readonly engine: EngineChoice;
  readonly engineOverrides: Readonly<Record<string, string>>;
}

type EngineChoice =
  | { readonly kind: 'embedded' }
  | { readonly kind: 'external'; readonly url: string }
  | { readonly kind: 'simulated' };

/** The environment asks for something that does not exist. The message names the variable and what it takes. */
class SettingsError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'SettingsError';
  }
}

/** @throws SettingsError */
export function readSettings(env: NodeJS.ProcessEnv, projectDir: string): LauncherSettings {
  return {
    dataDir: nonEmpty(env['WEIR_DATA_DIR']) ?? join(projectDir, '.weir'),
    host: nonEmpty(env['HOST']) ?? '127.0.0.1',
    port: readPort(nonEmpty(env['PORT'])),
    databaseUrl: nonEmpty(env['DATABASE_URL']),
    migrationDatabaseUrl: nonEmpty(env['MIGRATION_DATABASE_URL']),
    engine: chooseEngine(env),
    engineOverrides: engineOverrides(env),
  };
}

function chooseEngine(env: NodeJS.ProcessEnv): EngineChoice {
  const driver = nonEmpty(env['ENGINE_DRIVER']) ?? 'langflow';
  if (driver === 'simulated') return { kind: 'simulated' };
  if (driver !== 'langflow') {
    throw new SettingsError(`ENGINE_DRIVER is '${driver}', but only 'langflow' and 'simulated' exist`);
  }
  const url = nonEmpty(env['ENGINE_URL']);
  return url === undefined ? { kind: 'embedded' } : { kind: 'external', url };
}

function readPort(text: string | undefined): number {
  if (text === undefined) return 3000;
  const port = Number(text);
  if (!/^\d+$/.test(text) || port < 1 || port > 65_535) {
    throw new SettingsError(
      `PORT is '${text}', but a number from 1 to 65535 is needed, e.g. PORT=8080 npm start`,
    );
  }
  return port;
}

function nonEmpty(value: string | undefined): string | undefined {
  return value === undefined || value.trim() === '' ? undefined : value.trim();
}
