import 'reflect-metadata';
import { loadConfig } from '@weir/config';
import { SystemClock } from '@weir/kernel';
import { createLogger } from '@weir/logging';
import { createApi } from './create-app';
import { refuseUnsafeStart } from './refuse-unsafe-start';
import { stopOnSignal } from './stop-on-signal';

async function main(): Promise<void> {
  const config = loadConfig();
  const logger = createLogger({ level: config.logLevel });
  await refuseUnsafeStart(config);
  const { app } = await createApi({ config, logger, clock: new SystemClock() });
  await app.listen({ port: config.http.port, host: config.http.host });
  stopOnSignal(app, config.http.shutdownGraceMs, logger);
  logger.info({ event: 'api.listening', url: await app.getUrl() });
}

main().catch((error: unknown) => {
  // The logger may be what could not be made; the operator reads standard error.
  process.stderr.write(`weir api: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
