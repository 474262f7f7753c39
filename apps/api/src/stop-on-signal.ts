import type { INestApplicationContext } from '@nestjs/common';
import type { Logger } from '@weir/logging';

/** SIGTERM and SIGINT: no new requests, running ones finish within the grace period, then everything closes. */
export function stopOnSignal(app: INestApplicationContext, graceMs: number, logger: Logger): void {
  let stopping = false;
  const stop = (signal: string): void => {
    if (stopping) return;
    stopping = true;
    logger.info({ event: 'process.stopping', signal, graceMs });
    // The last resort, for a request that never ends; unref so that it does not itself keep the process alive.
    setTimeout(() => process.exit(1), graceMs + 5_000).unref();
    app.close().then(
      () => process.exit(0),
      (error: unknown) => {
        logger.error({ event: 'process.stop_failed', err: error });
        process.exit(1);
      },
    );
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
}
