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
  | { readonly provider: 'aws-kms'; readonly keyArns: readonly [string, ...string[]] };

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
  readonly keys: {
    readonly jwt: string;
    readonly master: MasterKeyConfig;
    /** Set when audit trails are not signed with what follows from a local master key. */
    readonly auditPem: string | undefined;
  };
  readonly signup: 'open' | 'invite' | 'closed';
  readonly bcryptCost: number;
  readonly engine: EngineConfig;
  readonly assets: { readonly starters: string; readonly componentCatalogue: string };
}

type Env = ReturnType<typeof readEnv>;

function engineConfig(env: Env): EngineConfig {
  if (env.ENGINE_DRIVER === 'simulated') return { driver: 'simulated' };
  return {
    driver: 'langflow',
    url: env.ENGINE_URL ?? '',
    signingKeyPem: env.ENGINE_SIGNING_KEY ?? '',
    issuer: env.ENGINE_ISSUER,
    fallback: env.ENGINE_FALLBACK,
    stateFile: env.ENGINE_STATE_FILE,
  };
}

function masterKeyConfig(env: Env): MasterKeyConfig {
  const [newest, ...older] = env.AWS_KMS_KEY_ARNS;
  if (newest !== undefined) return { provider: 'aws-kms', keyArns: [newest, ...older] };
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
  if (env.BCRYPT_COST < 12 && env.NODE_ENV === 'production') {
    throw new ConfigError(['BCRYPT_COST must be 12 or more in production']);
  }
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
    keys: { jwt: env.JWT_KEYS, master: masterKeyConfig(env), auditPem: env.AUDIT_SIGNING_KEY },
    signup: env.SIGNUP,
    bcryptCost: env.BCRYPT_COST,
    engine: engineConfig(env),
    assets: { starters: env.STARTERS_DIR, componentCatalogue: env.COMPONENT_CATALOGUE },
  });
}
