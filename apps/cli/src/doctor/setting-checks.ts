import type { AppConfig } from '@weir/config';
import { failed, ok, warning, type Check, type Verdict } from './verdict';

type Judge = (config: AppConfig) => Verdict;

/** Named as the variables that mend them; only production is held to them. */
const RULES: Readonly<Record<string, Judge>> = {
  PUBLIC_URL: judgePublicUrl,
  TRUST_PROXY: judgeTrustProxy,
  CORS_ORIGINS: judgeCorsOrigins,
  LOG_LEVEL: judgeLogLevel,
  SIGNUP: judgeSignup,
  PORT: judgePort,
  RATE_LIMITS: judgeRateLimits,
  ENGINE_DRIVER: judgeSimulation,
  MIGRATION_DATABASE_URL: judgeMigrationUrl,
};

/** The settings that are allowed and yet unsafe, or seldom meant, in production. */
export function settingChecks(config: AppConfig): Check[] {
  if (config.environment !== 'production') {
    const verdict = warning(
      `NODE_ENV is '${config.environment}': the settings were not judged as those of production.`,
      'Set NODE_ENV=production where people are served, and run the doctor there.',
    );
    return [{ name: 'NODE_ENV', examine: () => verdict }];
  }
  return [
    { name: 'NODE_ENV', examine: () => ok('production.') },
    ...Object.entries(RULES).map(([name, judge]) => ({ name, examine: () => judge(config) })),
  ];
}

function judgePublicUrl({ http: { publicUrl } }: AppConfig): Verdict {
  const fix = 'Set PUBLIC_URL to the https address that clients use.';
  if (publicUrl === undefined) return failed('PUBLIC_URL is not set.', fix);
  return new URL(publicUrl).protocol === 'https:'
    ? ok('https.')
    : failed('PUBLIC_URL is not https: passwords and tokens would travel in the clear.', fix);
}

const EVERYBODY = /^(?:0\.0\.0\.0|::)\/0$/;

function judgeTrustProxy({ http: { trustProxy } }: AppConfig): Verdict {
  const fix = 'Set TRUST_PROXY to the addresses of the proxies that speak TLS in front of Weir.';
  if (trustProxy.length === 0) {
    return failed(
      'TRUST_PROXY is not set: all clients would share the address and limits of the proxy.',
      fix,
    );
  }
  return trustProxy.some((network) => EVERYBODY.test(network))
    ? failed('TRUST_PROXY names the whole internet: every client could choose its address.', fix)
    : ok(`Believes ${trustProxy.length} of your networks.`);
}

function judgeCorsOrigins({ http: { corsOrigins } }: AppConfig): Verdict {
  const fix = 'Name the https origins of your own frontends, or leave CORS_ORIGINS empty.';
  if (corsOrigins.some((origin) => origin.includes('*'))) {
    return failed('CORS_ORIGINS holds a wildcard: any website could call the API.', fix);
  }
  const open = corsOrigins.filter((origin) => !origin.startsWith('https://'));
  return open.length > 0
    ? failed(`CORS_ORIGINS holds origins without https: ${open.join(', ')}.`, fix)
    : ok(corsOrigins.length === 0 ? 'No other origin may call.' : `${corsOrigins.length} origins may call.`);
}

function judgeLogLevel({ logLevel }: AppConfig): Verdict {
  const fix = 'Set LOG_LEVEL=info, or leave it out.';
  if (logLevel === 'debug') return failed('LOG_LEVEL is debug, which is for development.', fix);
  return logLevel === 'silent' ? warning('LOG_LEVEL is silent: nothing is logged.', fix) : ok(`${logLevel}.`);
}

function judgeSignup({ signup }: AppConfig): Verdict {
  return signup === 'open'
    ? warning(
        'SIGNUP is open, as it is by default: anybody who reaches the API may register.',
        'Set SIGNUP=invite or SIGNUP=closed, unless you mean it.',
      )
    : ok(`${signup}.`);
}

function judgePort({ http: { port, internalPort } }: AppConfig): Verdict {
  const fix = 'Give PORT and INTERNAL_PORT a fixed number each; publish PORT only.';
  if (port === 0) return failed('PORT is 0: every start would listen somewhere else.', fix);
  return port === internalPort
    ? failed(`PORT and INTERNAL_PORT are both ${port}: metrics and keys would share the public port.`, fix)
    : ok(`${port}.`);
}

function judgeRateLimits({ http: { rateLimits } }: AppConfig): Verdict {
  return rateLimits
    ? ok('On.')
    : failed('RATE_LIMITS is false, which is for benchmarks.', 'Set RATE_LIMITS=true, or leave it out.');
}

function judgeSimulation({ engine }: AppConfig): Verdict {
  if (engine.driver === 'simulated') {
    return warning(
      'ENGINE_DRIVER is simulated: no workflow is executed.',
      'Set ENGINE_DRIVER=langflow and ENGINE_URL.',
    );
  }
  return engine.fallback === 'simulated'
    ? warning(
        'ENGINE_FALLBACK is simulated: people get pretended answers while the engine is down.',
        'Set ENGINE_FALLBACK=none, unless you mean it.',
      )
    : ok('langflow.');
}

function judgeMigrationUrl({ database }: AppConfig): Verdict {
  return database.migrationUrl === undefined
    ? ok('Not within reach of this process.')
    : warning(
        'MIGRATION_DATABASE_URL is set here: whoever takes over this process owns the tables.',
        'Give it to the job that runs `weir migrate`, and to nothing else.',
      );
}
