import { ConfigError, type AppConfig } from '@weir/config';
import { Database, readMigrations } from '@weir/database';
import { errorCode, runAsSystem } from '@weir/kernel';
import { databaseChecks } from './database-checks';
import { DoctorRepository } from './doctor.repository';
import { engineCheck } from './engine-check';
import { masterKeyCheck, tokenKeyCheck } from './key-checks';
import { machineChecks } from './machine-checks';
import { settingChecks } from './setting-checks';
import { failed, ok, type Check, type Finding } from './verdict';

export interface Patient {
  /** Throws a ConfigError when the settings cannot be used: that is a finding too. */
  readonly readConfig: () => AppConfig;
  readonly migrationsFolder: string;
  /** Where this process may write. */
  readonly dataFolder: string;
}

/** Looks at everything, also when something is broken: one visit should tell all. */
export async function examine(patient: Patient): Promise<Finding[]> {
  const machine = await runAll(machineChecks(patient.dataFolder));
  const config = readConfig(patient);
  if (!('environment' in config)) return [config, ...machine];
  const settings = await runAll([...settingChecks(config), tokenKeyCheck(config)]);
  const database = await examineDatabase(config, patient.migrationsFolder);
  const engine = await runAll([engineCheck(config)]);
  return [
    { name: 'settings', ...ok('Complete and well formed.') },
    ...settings,
    ...database,
    ...engine,
    ...machine,
  ];
}

function readConfig(patient: Patient): AppConfig | Finding {
  try {
    return patient.readConfig();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const fix = 'Correct the environment; .env.example describes every variable.';
    return { name: 'settings', ...failed(`${error.problems.join('; ')}.`, fix) };
  }
}

async function examineDatabase(config: AppConfig, migrationsFolder: string): Promise<Finding[]> {
  const database = new Database({ ...config.database, poolSize: 2 });
  const repository = new DoctorRepository(database);
  const checks = [
    ...databaseChecks(config.database.url, repository, () => readMigrations(migrationsFolder)),
    masterKeyCheck(config, repository),
  ];
  try {
    const reachable = await run(reachability(repository));
    if (reachable.status === 'ok') return [reachable, ...(await runAll(checks))];
    const unknown = failed('Not known: the database does not answer.', 'Mend the database first.');
    return [reachable, ...checks.map(({ name }) => ({ name, ...unknown }))];
  } finally {
    await database.onApplicationShutdown();
  }
}

function reachability(repository: DoctorRepository): Check {
  return {
    name: 'database',
    examine: async () => {
      await runAsSystem(() => repository.readTime());
      return ok('Answers.');
    },
  };
}

async function runAll(checks: readonly Check[]): Promise<Finding[]> {
  const findings: Finding[] = [];
  // One after the other: a sick system should not be examined by everybody at once.
  for (const check of checks) findings.push(await run(check));
  return findings;
}

const FIXES: Readonly<Record<string, string>> = {
  database: 'Check that Postgres runs and that DATABASE_URL is right.',
  'master keys':
    'Put the master keys of this database into the settings; `weir keys status` shows which are used.',
  disk: 'Name a folder that exists with --data-dir.',
};

async function run({ name, examine: look }: Check): Promise<Finding> {
  try {
    return { name, ...(await look()) };
  } catch (error) {
    return {
      name,
      ...failed(reasonOf(error), FIXES[name] ?? 'Read the reason; the log of the service may tell more.'),
    };
  }
}

/** Several addresses that all refuse are an error without a message, but with a code. */
function reasonOf(error: unknown): string {
  if (error instanceof Error && error.message !== '') return error.message;
  return `It could not be examined (${errorCode(error) ?? 'unknown reason'}).`;
}
