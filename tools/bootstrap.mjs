/**
 * The entrance of `npm start`, `npm run setup` and `npm test`: `node tools/bootstrap.mjs <command>`.
 *
 * Runs on whatever Node the machine has (20 or newer) with nothing installed: installs the dependencies when they are missing
 * or older than the lock file, then goes on in the Node 24 that is one of them. No dependencies, no TypeScript.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { constants } from 'node:os';
import { delimiter, join, resolve } from 'node:path';

const COMMANDS = ['start', 'setup', 'test', 'model-server'];
const OLDEST_NODE = 20;
const project = resolve(import.meta.dirname ?? '.', '..');
const bin = join(project, 'node_modules', '.bin');

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

function checkNode() {
  const major = Number(process.versions.node.split('.')[0]);
  if (major >= OLDEST_NODE) return;
  fail(
    `Weir needs Node ${OLDEST_NODE} or newer to begin with (it brings the Node that it runs on); this is ${process.version}. ` +
      'Get one from https://nodejs.org and start again.',
  );
}

/** npm writes its own copy of the lock file last; one that is older than ours is of an interrupted or earlier installation. */
function areDependenciesInstalled() {
  const installed = statSync(join(project, 'node_modules', '.package-lock.json'), { throwIfNoEntry: false });
  const wanted = statSync(join(project, 'package-lock.json'));
  return installed !== undefined && installed.mtimeMs >= wanted.mtimeMs && existsSync(join(bin, 'node'));
}

function installDependencies() {
  if (areDependenciesInstalled()) return;
  process.stdout.write('   0 s  install   installing the dependencies (npm ci)\n');
  const started = Date.now();
  const npm = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel', 'error'], {
    cwd: project,
    stdio: ['ignore', 'pipe', 'inherit'],
    // Development dependencies are needed to build, whatever the machine says.
    env: { ...process.env, NODE_ENV: '', npm_config_omit: '' },
  });
  if (npm.error !== undefined) fail(`npm could not be started: ${npm.error.message}`);
  if (npm.status !== 0) fail(`npm ci failed (exit code ${npm.status}): see above, then start again.`);
  process.stdout.write(`        install   done in ${Math.round((Date.now() - started) / 1000)} s\n`);
}

function run(command) {
  const script = join(project, 'tools', `${command}.mts`);
  const child = spawn(
    join(bin, 'node'),
    ['--disable-warning=MODULE_TYPELESS_PACKAGE_JSON', script, ...process.argv.slice(3)],
    {
      cwd: project,
      // The channel carries nothing: its end tells the child that this process was killed.
      stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
      env: { ...process.env, PATH: [bin, process.env.PATH ?? ''].join(delimiter) },
    },
  );
  // The child decides when to end. A terminal sends Ctrl-C to both of us; the child takes the two for one.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => fail(`Node could not be started: ${error.message}`));
  child.on('exit', (code, signal) => process.exit(code ?? 128 + (constants.signals[signal] ?? 0)));
}

const command = process.argv[2] ?? '';
if (!COMMANDS.includes(command)) fail(`Usage: node tools/bootstrap.mjs ${COMMANDS.join('|')}`);
checkNode();
installDependencies();
run(command);
