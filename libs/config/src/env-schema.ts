import { z } from 'zod';

/** An environment variable: how it parses, and what `.env.example` says about it. */
interface Variable<Schema extends z.ZodType> {
  readonly schema: Schema;
  readonly about: string;
  /** Shown in `.env.example`; never a usable secret. */
  readonly example: string;
  /** May also be given as `<NAME>_FILE`, a path to a file with the value. */
  readonly secret?: true;
}

function variable<Schema extends z.ZodType>(definition: Variable<Schema>): Variable<Schema> {
  return definition;
}

const port = z.coerce.number().int().min(0).max(65_535);
const seconds = z.coerce.number().int().min(0).max(86_400);
const list = z.string().transform((text) =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== ''),
);
const flag = z.enum(['true', 'false']).transform((text) => text === 'true');

/**
 * Every environment variable that the processes read, in the order of `.env.example`.
 * Add a variable here and nowhere else: the file and the typed config follow.
 */
export const ENV = {
  NODE_ENV: variable({
    schema: z.enum(['development', 'test', 'production']).default('development'),
    about: 'production refuses example keys and weak settings.',
    example: 'production',
  }),
  HOST: variable({
    schema: z.string().min(1).default('127.0.0.1'),
    about: 'Address that the API listens on.',
    example: '127.0.0.1',
  }),
  PORT: variable({ schema: port.default(3000), about: 'Port of the API.', example: '3000' }),
  INTERNAL_PORT: variable({
    schema: port.default(3900),
    about: 'Port for the engine (public keys) and for metrics, on INTERNAL_HOST. Never publish it.',
    example: '3900',
  }),
  INTERNAL_HOST: variable({
    schema: z.string().min(1).default('127.0.0.1'),
    about: 'Address of the internal listener.',
    example: '127.0.0.1',
  }),
  PUBLIC_URL: variable({
    schema: z.url().optional(),
    about: 'Where clients reach the API; appears in the OpenAPI document.',
    example: 'https://weir.example.com',
  }),
  LOG_LEVEL: variable({
    schema: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'silent']).default('info'),
    about: 'Least level that is logged.',
    example: 'info',
  }),
  TRUST_PROXY: variable({
    schema: list.default([]),
    about: 'Addresses or networks of proxies whose X-Forwarded-For is believed. Empty: none.',
    example: '10.0.0.0/8',
  }),
  CORS_ORIGINS: variable({
    schema: list.default([]),
    about: 'Origins of web frontends that may call the API from a browser.',
    example: 'https://app.example.com',
  }),
  SHUTDOWN_GRACE_SECONDS: variable({
    schema: seconds.default(25),
    about: 'How long running requests may finish after SIGTERM.',
    example: '25',
  }),
  DATABASE_URL: variable({
    schema: z.url({ protocol: /^postgres(ql)?$/ }),
    about: 'Postgres as the role weir_app (never an owner or superuser: the start is refused).',
    example: 'postgresql://weir_app:password@127.0.0.1:5432/weir',
    secret: true,
  }),
  MIGRATION_DATABASE_URL: variable({
    schema: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
    about: 'The same database as its owner weir_owner. Only `weir migrate` reads it.',
    example: 'postgresql://weir_owner:password@127.0.0.1:5432/weir',
    secret: true,
  }),
  DATABASE_POOL_SIZE: variable({
    schema: z.coerce.number().int().min(1).max(200).default(10),
    about: 'Connections of one process. Processes x this must stay below the server limit.',
    example: '10',
  }),
  JWT_KEYS: variable({
    schema: z.string().min(1),
    about: 'Keys of access tokens, newest first: kid:base64 of 32 or more random bytes, comma separated.',
    example: 'example:/oXb/LRW1KKe9GGAkeC1kPtKE3peP2jBAb3QPeUjevE=',
    secret: true,
  }),
  MASTER_KEYS: variable({
    schema: z.string().min(1).optional(),
    about:
      'Master keys that wrap data keys: version:base64 of 32 random bytes, comma separated; the highest writes.',
    example: '1:SS1uVaa3Sl0bMI8Innb8E0KZS3qOLONKadVB4HLgza0=',
    secret: true,
  }),
  AWS_KMS_KEY_ARNS: variable({
    schema: list.default([]),
    about:
      'ARNs of AWS KMS keys that wrap data keys, newest first, of one region; then MASTER_KEYS is not needed.',
    example: 'arn:aws:kms:eu-central-1:111122223333:key/00000000-0000-0000-0000-000000000000',
  }),
  AUDIT_SIGNING_KEY: variable({
    schema: z.string().min(1).optional(),
    about:
      'Ed25519 private key (PEM) that signs audit trails. Required with AWS KMS; otherwise the newest master key gives one.',
    example: '-----BEGIN PRIVATE KEY-----',
    secret: true,
  }),
  SIGNUP: variable({
    schema: z.enum(['open', 'invite', 'closed']).default('open'),
    about: 'Who may register: anybody, invited people, nobody.',
    example: 'invite',
  }),
  BCRYPT_COST: variable({
    schema: z.coerce.number().int().min(4).max(16).default(12),
    about: 'Work factor of password hashes. Below 12 only in tests.',
    example: '12',
  }),
  ENGINE_DRIVER: variable({
    schema: z.enum(['langflow', 'simulated']).default('langflow'),
    about: 'simulated answers without an engine and says so in every answer.',
    example: 'langflow',
  }),
  ENGINE_FALLBACK: variable({
    schema: z.enum(['none', 'simulated']).default('none'),
    about: 'simulated: answer in simulation while the engine is down. none: 503.',
    example: 'none',
  }),
  ENGINE_URL: variable({
    schema: z.url({ protocol: /^https?$/ }).optional(),
    about: 'Address of Langflow. Required by the driver langflow.',
    example: 'http://127.0.0.1:7860',
  }),
  ENGINE_SIGNING_KEY: variable({
    schema: z.string().min(1).optional(),
    about: 'RSA private key (PEM) that signs engine identities. Required by the driver langflow.',
    example: '-----BEGIN PRIVATE KEY-----',
    secret: true,
  }),
  ENGINE_ISSUER: variable({
    schema: z.string().min(1).default('weir'),
    about: 'Issuer of engine identities; the same as LANGFLOW_EXTERNAL_AUTH_ISSUER.',
    example: 'weir',
  }),
  ENGINE_STATE_FILE: variable({
    schema: z.string().min(1).optional(),
    about: 'File in which a launcher reports how far the embedded engine is; /readyz shows it.',
    example: '.weir/engine-state.json',
  }),
  STARTERS_DIR: variable({
    schema: z.string().min(1).default('engines/langflow/starters'),
    about: 'Folder of the starter flows.',
    example: 'engines/langflow/starters',
  }),
  COMPONENT_CATALOGUE: variable({
    schema: z.string().min(1).default('engines/langflow/component-catalogue.json'),
    about: 'Code hashes of the components that the pinned engine ships.',
    example: 'engines/langflow/component-catalogue.json',
  }),
  RATE_LIMITS: variable({
    schema: flag.default(true),
    about: 'false switches the general limits off, for benchmarks only; sign-in stays limited.',
    example: 'true',
  }),
} as const;

export type EnvName = keyof typeof ENV;
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- Object.keys forgets that ENV has no other keys
export const ENV_NAMES = Object.keys(ENV) as EnvName[];
