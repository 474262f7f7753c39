/**
 * One engine for a test run, as a command:
 *
 *   node tools/engine/serve.mts
 *
 * reads one line of JSON from standard input, {@link ServeRequest}, installs the engine when needed, starts it and prints
 * `{"url": "http://127.0.0.1:…"}` on a line. Progress goes to standard error. It stops when standard input ends: also when
 * whoever started it was killed.
 */
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { LogFile } from '../process/log-file.mts';
import { installEngine } from './install.mts';
import { startEngine } from './start-engine.mts';

interface ServeRequest {
  readonly databaseUrl: string;
  readonly jwksUrl: string;
  /** Scratch folder of this engine: its home and its log. */
  readonly homeDir: string;
  /** Where environments are kept; `engine` of the data folder otherwise. */
  readonly engineDir?: string;
  readonly port?: number;
  /** Further variables, e.g. `OPENAI_BASE_URL`. */
  readonly env?: Readonly<Record<string, string>>;
}

/** An engine for tests holds nothing worth a secret. */
const TEST_SECRET_KEY = Buffer.alloc(32, 'engine of a test').toString('base64url').padEnd(44, '=');

const projectDir = resolve(import.meta.dirname, '../..');
const stop = new AbortController();
process.once('SIGTERM', () => stop.abort());
process.once('SIGINT', () => stop.abort());

async function serve(request: ServeRequest): Promise<void> {
  const dataDir = resolve(projectDir, process.env['WEIR_DATA_DIR'] ?? '.weir');
  const pythonDir = await installEngine({
    projectDir,
    engineDir: request.engineDir ?? join(dataDir, 'engine'),
    onProgress: (detail) => process.stderr.write(`engine: ${detail}\n`),
    signal: stop.signal,
  });
  const engine = await startEngine({
    projectDir,
    pythonDir,
    databaseUrl: request.databaseUrl,
    jwksUrl: request.jwksUrl,
    superuserPassword: 'engine-of-a-test',
    secretKey: TEST_SECRET_KEY,
    homeDir: resolve(request.homeDir),
    overrides: request.env ?? {},
    log: new LogFile(join(request.homeDir, 'engine.log')),
    signal: stop.signal,
    ...(request.port === undefined ? {} : { port: request.port }),
  });
  process.stdout.write(`${JSON.stringify({ url: engine.url })}\n`);
  await Promise.race([engine.ended, once(stop.signal, 'abort')]);
  await engine.stop();
}

const input = createInterface({ input: process.stdin });
input.once('line', (line) => {
  const request: ServeRequest = JSON.parse(line);
  serve(request).then(
    () => process.exit(0),
    (error: unknown) => {
      process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
      process.exit(1);
    },
  );
});
input.once('close', () => stop.abort());
