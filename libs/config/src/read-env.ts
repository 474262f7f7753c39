import { readFileSync } from 'node:fs';
import { errorCode } from '@weir/kernel';
import { z } from 'zod';
import { ConfigError } from './config-error';
import { ENV, ENV_NAMES, type EnvName } from './env-schema';

type Parsed = { [Name in EnvName]: z.infer<(typeof ENV)[Name]['schema']> };
type RawEnvironment = Readonly<Record<string, string | undefined>>;

/** The value of a variable, or the content of the file that `<NAME>_FILE` names. An empty value counts as unset. */
export function rawValue(env: RawEnvironment, name: EnvName, problems: string[]): string | undefined {
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
  problems.push(...missingTogether(raw));
  if (problems.length > 0 || !result.success) throw new ConfigError(problems);
  // The object schema was built from ENV a few lines above, which the compiler cannot follow.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- see above
  return result.data as Parsed;
}

/** What is required only because of another setting; told together with everything else. */
function missingTogether(raw: RawEnvironment): string[] {
  const problems: string[] = [];
  if (raw['MASTER_KEYS'] === undefined && raw['AWS_KMS_KEY_ARNS'] === undefined) {
    problems.push(
      'MASTER_KEYS is missing: `npm run setup` makes one; or name AWS KMS keys in AWS_KMS_KEY_ARNS',
    );
  }
  if (raw['AWS_KMS_KEY_ARNS'] !== undefined && raw['AUDIT_SIGNING_KEY'] === undefined) {
    problems.push(
      'AUDIT_SIGNING_KEY is missing: with AWS KMS no key can be derived; `openssl genpkey -algorithm ed25519` makes one',
    );
  }
  if (raw['ENGINE_DRIVER'] === 'simulated') return problems;
  if (raw['ENGINE_URL'] === undefined) {
    problems.push('ENGINE_URL is missing: give the address of Langflow, or set ENGINE_DRIVER=simulated');
  }
  if (raw['ENGINE_SIGNING_KEY'] === undefined) {
    problems.push('ENGINE_SIGNING_KEY is missing: `npm run setup` makes one');
  }
  return problems;
}
