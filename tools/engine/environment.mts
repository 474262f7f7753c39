/** What differs from one engine to the next. */
export interface EngineSettings {
  readonly databaseUrl: string;
  /** Where the API publishes the public keys of engine identities; http is accepted for loopback only. */
  readonly jwksUrl: string;
  readonly superuserPassword: string;
  /** Fernet key; the same at every start, or what the engine encrypted is lost. */
  readonly secretKey: string;
  /** The engine's own folder; also its HOME. */
  readonly homeDir: string;
  readonly pythonDir: string;
  /** Variables of the operator (`ENGINE_ENV_<NAME>`); they win. */
  readonly overrides: Readonly<Record<string, string>>;
}

const PREFIX = 'ENGINE_ENV_';

/** What the engine needs of our own environment to reach model providers, and nothing else: no key of ours or theirs. */
const INHERITED = [
  'TZ',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
  'REQUESTS_CA_BUNDLE',
  'HTTPS_PROXY',
  'HTTP_PROXY',
  'https_proxy',
  'http_proxy',
] as const;

/** The variables `ENGINE_ENV_<NAME>` as `<NAME>`. */
export function engineOverrides(env: NodeJS.ProcessEnv): Readonly<Record<string, string>> {
  const result: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    if (name.startsWith(PREFIX) && name.length > PREFIX.length && value !== undefined) {
      result[name.slice(PREFIX.length)] = value;
    }
  }
  return result;
}

/** Hardened settings that the operator replaced, by name, to be told. */
export function replacedSettings(
  hardened: Readonly<Record<string, string>>,
  overrides: Readonly<Record<string, string>>,
): readonly string[] {
  return Object.keys(overrides).filter((name) => name in hardened && hardened[name] !== overrides[name]);
}

/** The whole environment of the engine's process. It inherits nothing that is not listed here. */
export function engineEnvironment(
  hardened: Readonly<Record<string, string>>,
  settings: EngineSettings,
  own: NodeJS.ProcessEnv,
): Readonly<Record<string, string>> {
  return {
    ...inherited(own),
    PATH: `${settings.pythonDir}/bin:/usr/local/bin:/usr/bin:/bin`,
    HOME: settings.homeDir,
    // Langflow keeps a lock and an outbox in the temporary folder; two engines of one machine must not share them.
    TMPDIR: `${settings.homeDir}/tmp`,
    LANG: 'C.UTF-8',
    PYTHONUNBUFFERED: '1',
    NO_COLOR: '1',
    ...hardened,
    LANGFLOW_CONFIG_DIR: `${settings.homeDir}/langflow`,
    LANGFLOW_DATABASE_URL: settings.databaseUrl,
    LANGFLOW_SUPERUSER: 'weir-operator',
    LANGFLOW_SUPERUSER_PASSWORD: settings.superuserPassword,
    LANGFLOW_SECRET_KEY: settings.secretKey,
    LANGFLOW_EXTERNAL_AUTH_JWKS_URL: settings.jwksUrl,
    ...settings.overrides,
  };
}

function inherited(own: NodeJS.ProcessEnv): Record<string, string> {
  const result: Record<string, string> = {};
  for (const name of INHERITED) {
    const value = own[name];
    if (value !== undefined) result[name] = value;
  }
  // Whatever the proxy: our own keys and a model server beside us are reached directly.
  const direct = ['127.0.0.1', 'localhost', own['NO_PROXY'] ?? own['no_proxy'] ?? ''];
  result['NO_PROXY'] = direct.filter((part) => part !== '').join(',');
  result['no_proxy'] = result['NO_PROXY'];
  return result;
}
