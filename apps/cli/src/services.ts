import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { AppConfig } from '@weir/config';
import { newContext, newId, runInContext } from '@weir/kernel';
import { createLogger, NestLogger } from '@weir/logging';
import { refuseUnsafeStart } from '../../api/src/refuse-unsafe-start';
import { CliModule } from './cli.module';

/**
 * Starts the services, runs `work` and stops them. Everything that one command does carries one request id, in the log and
 * in the audit trail.
 * @throws what stops the API as well: a role that could pass row-level security, wrong master keys
 */
export async function withServices<T>(
  config: AppConfig,
  work: (services: INestApplicationContext) => Promise<T>,
): Promise<T> {
  await refuseUnsafeStart(config);
  // Standard output belongs to the result.
  const logger = createLogger({ level: 'warn', destination: process.stderr, fields: { app: 'cli' } });
  const services = await NestFactory.createApplicationContext(CliModule.register(config, logger), {
    logger: new NestLogger(logger),
    abortOnError: false,
  });
  try {
    return await runInContext(newContext({ requestId: `cli-${newId()}` }), () => work(services));
  } finally {
    await services.close();
  }
}
