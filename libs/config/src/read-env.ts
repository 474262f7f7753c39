import { readFileSync } from 'node:fs';
import { errorCode } from '@weir/kernel';
import { z } from 'zod';
import { ConfigError } from './config-error';
import { ENV, ENV_NAMES, type EnvName } from './env-schema';

type Parsed = { [Name in EnvName]: z.infer<(typeof ENV)[Name]['schema']> };
type RawEnvironment = Readonly<Record<string, string | undefined>>;

/** The value of a variable, or the content of the file that `<NAME>_FILE` names. An empty value counts as unset. */
function rawValue(env: RawEnvironment, name: EnvName, problems: string[]): string | undefined {
  const direct = env[name];
  if (direct !== undefined && direct !== '') return direct;
  const path = 'secret' in ENV[name] ? env[`${name}_FILE`] : undefined;
  if (path === undefined || path === '') return undefined;
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (error) {
    problems.push(`${name}_FILE: cannot read the file '${path}' (${errorCode(error) ?? 'unreadable'})`);
    return undefined;
  }
}

/**
 * Parses the environment.
 * @throws ConfigError with one line a variable; values are never repeated, they may be secrets
 */
export function readEnv(env: RawEnvironment): Parsed {
  const problems: string[] = [];
  const raw = Object.fromEntries(ENV_NAMES.map((name) => [name, rawValue(env, name, problems)]));
  const schema = z.object(Object.fromEntries(ENV_NAMES.map((name) => [name, ENV[name].schema])));
  const result = schema.safeParse(raw);
  if (!result.success) {
    for (const issue of result.error.issues) {
      const name = String(issue.path[0]);
      const missing = raw[name] === undefined;
      problems.push(missing ? `${name} is missing` : `${name}: ${issue.message}`);
    }
  }
  if (problems.length > 0 || !result.success) throw new ConfigError(problems);
  // The object schema was built from ENV a few lines above, which the compiler cannot follow.
  return result.data as Parsed;
}
