/** `npm start`: everything on this machine, for development and for a single server. */
import { resolve } from 'node:path';
import { openDataFolder } from './launcher/data-folder.mts';
import { Guard } from './launcher/guard.mts';
import { launch } from './launcher/launch.mts';
import { acquireLock } from './launcher/lock-file.mts';
import { Progress } from './launcher/progress.mts';
import { SecretStore } from './launcher/secret-store.mts';
import { ensureLocalSecrets } from './launcher/secrets.mts';
import { readSettings } from './launcher/settings.mts';
import { Shutdown } from './launcher/shutdown.mts';

const projectDir = resolve(import.meta.dirname, '..');
const progress = new Progress();
const shutdown = new Shutdown();
const stop = new AbortController();

/** One Ctrl-C arrives twice, from the terminal and from the process that started this one. */
const SAME_KEYSTROKE_MS = 500;
let stopAskedAt = 0;

function onSignal(guard: Guard): void {
  if (stop.signal.aborted) {
    if (Date.now() - stopAskedAt < SAME_KEYSTROKE_MS) return;
    progress.plain('Stopping at once.');
    guard.kill();
    process.exit(130);
  }
  progress.step('stop', 'stopping; press Ctrl-C again to stop at once');
  stopAskedAt = Date.now();
  stop.abort();
  void shutdown.run();
}

async function main(): Promise<number> {
  const settings = readSettings(process.env, projectDir);
  const data = openDataFolder(settings.dataDir);
  shutdown.add(acquireLock(data.lock));
  const guard = new Guard();
  shutdown.add(() => guard.release());
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => onSignal(guard));
  process.on('disconnect', () => onSignal(guard)); // whoever started this was killed
  const secrets = ensureLocalSecrets(new SecretStore(data.secrets));
  progress.step('start', `Weir, data in ${data.root}`);
  const reason = await launch({
    projectDir,
    settings,
    data,
    secrets,
    progress,
    guard,
    shutdown,
    signal: stop.signal,
  });
  if (reason === undefined) return 0;
  progress.step('api', reason);
  return 1;
}

async function run(): Promise<number> {
  try {
    return await main();
  } catch (error) {
    if (stop.signal.aborted) return 0;
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  }
}

const code = await run();
stop.abort();
await shutdown.run();
if (code === 0) progress.step('stop', 'stopped');
process.exit(code);
