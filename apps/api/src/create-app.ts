import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { RouteTable } from '@weir/http';
import { NestLogger } from '@weir/logging';
import { AppModule, type Foundations } from './app.module';
import { configureApp, createAdapter } from './configure-app';

export interface WeirApi {
  readonly app: NestFastifyApplication;
  readonly routes: RouteTable;
}

/** The API, ready to listen. */
export async function createApi(foundations: Foundations): Promise<WeirApi> {
  const { config, logger } = foundations;
  const routes = new RouteTable();
  const adapter = createAdapter(config, routes);
  const app = await NestFactory.create<NestFastifyApplication>(AppModule.register(foundations), adapter, {
    logger: new NestLogger(logger),
    // Our own parser takes JSON only.
    bodyParser: false,
    abortOnError: false,
  });
  await configureApp(app, config, logger, routes);
  return { app, routes };
}
