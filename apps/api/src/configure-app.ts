import cors from '@fastify/cors';
import helmet from '@fastify/helmet';
import multipart from '@fastify/multipart';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { AppConfig } from '@weir/config';
import { isDatabaseUnavailable } from '@weir/database';
import {
  answerClientError,
  answerFrameworkError,
  databaseUnavailable,
  DEFAULT_BODY_LIMIT,
  FLOW_BODY_LIMIT,
  ProblemFilter,
  registerBodyLimits,
  registerRequestContext,
  RouteTable,
  strictValidation,
  takeOnlyJson,
} from '@weir/http';
import type { AppError } from '@weir/kernel';
import type { Logger } from '@weir/logging';
import type { FastifyInstance } from 'fastify';
import { setUpOpenApi } from './openapi';
import { refuseStrangers } from './refuse-strangers';

const MAX_HEADER_BYTES = 16 * 1024;
const HEADERS_TIMEOUT_MS = 15_000;
const REQUEST_TIMEOUT_MS = 60_000;
const KEEP_ALIVE_MS = 72_000;
const TIMEOUT_CHECK_MS = 5_000;

/** Routes whose bodies carry flow_data. */
const BODY_LIMITS = {
  'POST /v1/projects/:projectId/workflows': FLOW_BODY_LIMIT,
  'POST /v1/projects/:projectId/workflows/import': FLOW_BODY_LIMIT,
  'PUT /v1/workflows/:id/flow': FLOW_BODY_LIMIT,
};

/** The HTTP server under Nest: limits and timeouts that hold before any code of ours runs. */
export function createAdapter(config: AppConfig, routes: RouteTable): FastifyAdapter {
  const adapter = new FastifyAdapter({
    bodyLimit: DEFAULT_BODY_LIMIT,
    trustProxy: config.http.trustProxy.length > 0 ? [...config.http.trustProxy] : false,
    requestTimeout: REQUEST_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    routerOptions: { maxParamLength: 256, ignoreTrailingSlash: false },
    http: {
      maxHeaderSize: MAX_HEADER_BYTES,
      headersTimeout: HEADERS_TIMEOUT_MS,
      // How often the two timeouts are looked at; Node's default would let a slow client stay for 30 s more.
      connectionsCheckingInterval: TIMEOUT_CHECK_MS,
      requireHostHeader: false,
    },
    clientErrorHandler: answerClientError,
    frameworkErrors: answerFrameworkError,
    // Ids of requests are made in the context hook; Fastify's own logger stays off.
    logger: false,
  });
  const fastify = adapter.getInstance<FastifyInstance>();
  // An `Expect` that we do not know is ignored, which RFC 9110 section 10.1.1 allows; Node would answer with an empty 417.
  fastify.server.on('checkExpectation', (request, response) =>
    fastify.server.emit('request', request, response),
  );
  routes.attach(fastify);
  registerRequestContext(fastify);
  registerBodyLimits(fastify, BODY_LIMITS, refuseStrangers(config));
  return adapter;
}

/** Pipe, filter, headers, documents: shared by main.ts and every HTTP test. */
export async function configureApp(
  app: NestFastifyApplication,
  config: AppConfig,
  logger: Logger,
  routes: RouteTable,
): Promise<void> {
  const fastify: FastifyInstance = app.getHttpAdapter().getInstance();
  takeOnlyJson(fastify);
  await app.register(helmet, {
    contentSecurityPolicy: CONTENT_SECURITY_POLICY,
    hsts: { maxAge: 31_536_000 },
    frameguard: { action: 'deny' },
  });
  await app.register(cors, {
    origin: [...config.http.corsOrigins],
    methods: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'],
    exposedHeaders: [
      'ETag',
      'Idempotency-Replayed',
      'Location',
      'Retry-After',
      'Server-Timing',
      'X-Request-Id',
      'X-Run-Id',
    ],
    maxAge: 600,
    // An OPTIONS request that is no preflight gets the same harmless 204 instead of a text of the plugin.
    strictPreflight: false,
  });
  await app.register(multipart, { limits: { files: 1, fields: 10, fileSize: FLOW_BODY_LIMIT, parts: 12 } });
  app.useGlobalPipes(strictValidation());
  app.useGlobalFilters(new ProblemFilter(logger, routes, [translateDatabaseError]));
  setUpOpenApi(app, config);
  await app.init();
}

/** The API serves data and one documentation page with its own scripts; nothing may frame it. */
const CONTENT_SECURITY_POLICY = {
  useDefaults: false,
  directives: {
    defaultSrc: ["'none'"],
    scriptSrc: ["'self'"],
    styleSrc: ["'self'", "'unsafe-inline'"],
    imgSrc: ["'self'", 'data:'],
    connectSrc: ["'self'"],
    frameAncestors: ["'none'"],
    baseUri: ["'none'"],
    formAction: ["'none'"],
  },
};

function translateDatabaseError(error: unknown): AppError | null {
  return isDatabaseUnavailable(error) ? databaseUnavailable(error) : null;
}
