import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { Inject, Injectable, type BeforeApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { CONFIG, type AppConfig } from '@weir/config';
import { Logger } from '@weir/logging';
import { EngineConnection } from '../modules/engine/engine-connection';
import { Metrics } from './metrics';

interface Answer {
  readonly contentType: string;
  readonly body: string;
}

/**
 * The second listener, for machines beside this one and never for clients: the public keys with which the engine verifies
 * our tokens, and metrics. It knows two addresses and refuses everything else.
 */
@Injectable()
export class InternalServer implements OnModuleInit, BeforeApplicationShutdown {
  private readonly server: Server;
  private readonly pages: ReadonlyMap<string, () => Promise<Answer>>;

  constructor(
    @Inject(CONFIG) private readonly config: AppConfig,
    private readonly connection: EngineConnection,
    private readonly metrics: Metrics,
    private readonly logger: Logger,
  ) {
    this.pages = new Map([
      ['/.well-known/jwks.json', () => Promise.resolve(this.publicKeys())],
      ['/metrics', () => this.renderMetrics()],
    ]);
    this.server = createServer({ requestTimeout: 10_000, headersTimeout: 5_000 }, (request, response) => {
      this.answer(request, response).catch((error: unknown) => {
        this.logger.error({ event: 'internal.failed', err: error });
        response.writeHead(500).end();
      });
    });
  }

  /** Where it listens, e.g. `http://127.0.0.1:3900`. */
  url(): string {
    const address = this.server.address();
    if (address === null || typeof address === 'string')
      throw new Error('The internal server does not listen yet.');
    const host = address.family === 'IPv6' ? `[${address.address}]` : address.address;
    return `http://${host}:${address.port}`;
  }

  /**
   * Before background work begins: a start that fails here must leave nothing running.
   * @throws Error that names the setting when the port is taken
   */
  async onModuleInit(): Promise<void> {
    const { internalHost, internalPort } = this.config.http;
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', (cause) => {
        reject(new Error(`INTERNAL_PORT: cannot listen on ${internalHost} port ${internalPort}`, { cause }));
      });
      this.server.listen(internalPort, internalHost, resolve);
    });
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const page = this.pages.get(request.url?.split('?', 1)[0] ?? '');
    if (page === undefined) return void response.writeHead(404).end();
    if (request.method !== 'GET') return void response.writeHead(405, { allow: 'GET' }).end();
    const { contentType, body } = await page();
    response.writeHead(200, { 'content-type': contentType, 'cache-control': 'no-store' }).end(body);
  }

  private async renderMetrics(): Promise<Answer> {
    return { contentType: this.metrics.contentType, body: await this.metrics.render() };
  }

  private publicKeys(): Answer {
    const keys = this.connection.exists ? this.connection.tokens.jwks() : { keys: [] };
    return { contentType: 'application/json', body: JSON.stringify(keys) };
  }
}
