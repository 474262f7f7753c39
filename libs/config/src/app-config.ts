import { ConfigError } from './config-error';
import { readEnv } from './read-env';

export type EngineConfig =
  | { readonly driver: 'simulated' }
  | {
      readonly driver: 'langflow';
      readonly url: string;
      readonly signingKeyPem: string;
      readonly issuer: string;
      readonly fallback: 'none' | 'simulated';
      readonly stateFile: string | undefined;
    };

export type MasterKeyConfig =
  | { readonly provider: 'local'; readonly keys: string }
  | { readonly provider: 'aws-kms'; readonly keyId: string };

/** The frozen settings of one process. Built once, at start, by {@link loadConfig}. */
export interface AppConfig {
  readonly environment: 'development' | 'test' | 'production';
  readonly http: {
    readonly host: string;
    readonly port: number;
    readonly internalHost: string;
    readonly internalPort: number;
    readonly publicUrl: string | undefined;
    readonly trustProxy: readonly string[];
    readonly corsOrigins: readonly string[];
    readonly shutdownGraceMs: number;
    readonly rateLimits: boolean;
  };
  readonly logLevel: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'silent';
  readonly database: {
    readonly url: string;
    readonly migrationUrl: string | undefined;
    readonly poolSize: number;
  };
  readonly keys: { readonly jwt: string; readonly master: MasterKeyConfig };
  readonly signup: 'open' | 'invite' | 'closed';
  readonly bcryptCost: number;
  readonly engine: EngineConfig;
  readonly assets: { readonly starters: string; readonly componentCatalogue: string };
}

type Env = ReturnType<typeof readEnv>;

function engineConfig(env: Env, problems: string[]): EngineConfig {
  if (env.ENGINE_DRIVER === 'simulated') return { driver: 'simulated' };
  if (env.ENGINE_URL === undefined) {
    problems.push('ENGINE_URL is missing: give the address of Langflow, or set ENGINE_DRIVER=simulated');
  }
  if (env.ENGINE_SIGNING_KEY === undefined) {
    problems.push('ENGINE_SIGNING_KEY is missing: `npm run setup` makes one');
  }
  return {
    driver: 'langflow',
    url: env.ENGINE_URL ?? '',
    signingKeyPem: env.ENGINE_SIGNING_KEY ?? '',
    issuer: env.ENGINE_ISSUER,
    fallback: env.ENGINE_FALLBACK,
    stateFile: env.ENGINE_STATE_FILE,
  };
}

function masterKeyConfig(env: Env, problems: string[]): MasterKeyConfig {
  if (env.KMS_KEY_ID !== undefined) return { provider: 'aws-kms', keyId: env.KMS_KEY_ID };
  if (env.MASTER_KEYS === undefined) {
    problems.push('MASTER_KEYS is missing: `npm run setup` makes one; or name an AWS KMS key in KMS_KEY_ID');
  }
  return { provider: 'local', keys: env.MASTER_KEYS ?? '' };
}

function deepFreeze<T extends object>(value: T): T {
  for (const inner of Object.values(value)) {
    if (typeof inner === 'object' && inner !== null) deepFreeze(inner);
  }
  return Object.freeze(value);
}

/**
 * Reads and checks the environment; the only reader of `process.env` in the project.
 * Strength of keys is judged where they are parsed (`@weir/crypto`), at start as well.
 * @throws ConfigError that names every variable to mend
 */
export function loadConfig(source: Readonly<Record<string, string | undefined>> = process.env): AppConfig {
  const env = readEnv(source);
  const problems: string[] = [];
  const engine = engineConfig(env, problems);
  const master = masterKeyConfig(env, problems);
  if (env.BCRYPT_COST < 12 && env.NODE_ENV === 'production') {
    problems.push('BCRYPT_COST must be 12 or more in production');
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return deepFreeze({
    environment: env.NODE_ENV,
    http: {
      host: env.HOST,
      port: env.PORT,
      internalHost: env.INTERNAL_HOST,
      internalPort: env.INTERNAL_PORT,
      publicUrl: env.PUBLIC_URL,
      trustProxy: env.TRUST_PROXY,
      corsOrigins: env.CORS_ORIGINS,
      shutdownGraceMs: env.SHUTDOWN_GRACE_SECONDS * 1000,
      rateLimits: env.RATE_LIMITS,
    },
    logLevel: env.LOG_LEVEL,
    database: {
      url: env.DATABASE_URL,
      migrationUrl: env.MIGRATION_DATABASE_URL,
      poolSize: env.DATABASE_POOL_SIZE,
    },
    keys: { jwt: env.JWT_KEYS, master },
    signup: env.SIGNUP,
    bcryptCost: env.BCRYPT_COST,
    engine,
    assets: { starters: env.STARTERS_DIR, componentCatalogue: env.COMPONENT_CATALOGUE },
  });
}
