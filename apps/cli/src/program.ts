import { tmpdir } from 'node:os';
import { Command, Option } from 'commander';
import { loadConfig, loadMigrationUrl } from '@weir/config';
import { addAudit } from './audit-commands';
import { doctor } from './commands/doctor.command';
import { rotateData, type RotateDataOptions } from './commands/keys-rotate-data.command';
import { rotateMaster } from './commands/keys-rotate-master.command';
import { keysStatus } from './commands/keys-status.command';
import { migrateDatabase } from './commands/migrate.command';
import { seed, type SeedOptions } from './commands/seed.command';
import {
  withExamples,
  type CommonOptions,
  type Finish,
  type ServiceCommand,
  type WithOutput,
} from './declare';
import { findMigrations } from './find-migrations';
import { createOutput } from './output';
import { withServices } from './services';
import { addTenants } from './tenant-commands';
import { addUsers } from './user-commands';

/**
 * The command line. Options are declared here; what a command does is in its own file.
 * @param finish called with the exit code of the command that ran
 */
export function createProgram(finish: Finish): Command {
  const program = new Command('weir')
    .description('Operates an installation of Weir. Settings come from the environment, as for the API.')
    .showHelpAfterError()
    .exitOverride();

  const withOutput =
    <Options extends CommonOptions>(command: ServiceCommand<Options>) =>
    async (options: Options): Promise<void> => {
      const output = createOutput(options.json === true);
      finish(await withServices(loadConfig(), (services) => command(services, output, options)));
    };

  addMigrate(program, finish);
  addDoctor(program, finish);
  const seeds = program.command('seed').description('Make what an installation begins with.');
  withExamples(seeds.command('admin', { isDefault: true }), [
    'weir seed',
    'weir seed admin --email ops@example.com',
  ])
    .description('Make the first administrator, with a password that is shown once. Safe to repeat.')
    .option('--email <address>', 'address of the administrator', 'admin@weir.local')
    .option('--json', 'print the result as JSON')
    .action(withOutput<SeedOptions & CommonOptions>(seed));
  addKeys(
    program.command('keys').description('Look at keys and rotate them while the service runs.'),
    withOutput,
  );
  addAudit(program.command('audit').description('Verify audit trails offline.'), finish);
  addUsers(program.command('user').description('Look at accounts and change them.'), withOutput, finish);
  addTenants(
    program.command('tenant').description('Look at organizations and change them.'),
    withOutput,
    finish,
  );
  return program;
}

function addMigrate(program: Command, finish: Finish): void {
  withExamples(program.command('migrate'), ['weir migrate', 'weir migrate --json'])
    .description(
      'Bring the database up to date. Reads MIGRATION_DATABASE_URL and nothing else; safe to repeat.',
    )
    .option('--migrations <folder>', 'folder of the migrations (default: those of this installation)')
    .option('--json', 'print the result as JSON')
    .action(async ({ json, migrations }: CommonOptions & { readonly migrations?: string }) => {
      finish(await migrateDatabase(createOutput(json === true), { url: loadMigrationUrl(), migrations }));
    });
}

function addDoctor(program: Command, finish: Finish): void {
  withExamples(program.command('doctor'), ['weir doctor', 'weir doctor --json'])
    .description(
      'Examine the whole installation: settings, database, keys, engine, machine. Changes nothing.',
    )
    .addOption(
      new Option('--data-dir <folder>', 'where this process may write')
        .env('WEIR_DATA_DIR')
        .default(tmpdir()),
    )
    .option('--json', 'print the result as JSON')
    .action(async ({ json, dataDir }: CommonOptions & { readonly dataDir: string }) => {
      const patient = {
        readConfig: () => loadConfig(),
        migrationsFolder: findMigrations(),
        dataFolder: dataDir,
      };
      finish(await doctor(createOutput(json === true), patient));
    });
}

function addKeys(keys: Command, withOutput: WithOutput): void {
  withExamples(keys.command('status'), ['weir keys status', 'weir keys status --json'])
    .description('Show which master key wraps how many data keys.')
    .option('--json', 'print the result as JSON')
    .action(withOutput<CommonOptions>(keysStatus));
  withExamples(keys.command('rotate-master'), [
    'weir keys rotate-master     # after a newer master key was added to every process',
  ])
    .description(
      'Move all data keys to the newest master key. Values are not touched; run it again to go on.',
    )
    .option('--json', 'print the result as JSON')
    .action(withOutput<CommonOptions>(rotateMaster));
  withExamples(keys.command('rotate-data'), [
    'weir keys rotate-data',
    'weir keys rotate-data --before 2026-11-21T09:30:00.000Z     # goes on with an interrupted run',
  ])
    .description('Give every owner a new data key and move the values to it.')
    .option('--before <moment>', 'replace data keys that were made before this moment (default: now)')
    .option('--grace-seconds <seconds>', 'wait between moving values and deleting old keys', '5')
    .option('--json', 'print the result as JSON')
    .action(withOutput<RotateDataOptions & CommonOptions>(rotateData));
}
