import type { IncomingMessage, ServerResponse } from 'node:http';
import { isJsonObject } from '@weir/kernel';
import type { JsonObject } from '@weir/kernel';
import { FaultQueue, applyFault } from './fake-langflow-faults';
import type { FakeFault, FaultOptions } from './fake-langflow-faults';
import { FakeFlows } from './fake-langflow-store';
import { LocalServer, parseJson, readBody, sendJson } from './fake-langflow-http';
import { FakeIdentities } from './fake-langflow-identity';
import type { FakeIdentityOptions, FakeUser } from './fake-langflow-identity';
import { FakeMessages } from './fake-langflow-messages';
import { agentFlow, echoFlow, modelFlow } from './fake-langflow-flows';
import { answerManagement } from './fake-langflow-routes';
import { FakeRun } from './fake-langflow-run';

export interface FakeLangflowOptions extends FakeIdentityOptions {
  /** A loopback address; 127.0.0.1 by default. */
  readonly host?: string;
  readonly port?: number;
  /** `ModelServer.openAiBaseUrl`; without it models answer `[model] <input>` themselves. */
  readonly modelBaseUrl?: string;
}

/** What may be changed while it runs: an engine of another version, an unsafe one, a slow one. */
export interface FakeLangflowSettings {
  version: string;
  healthy: boolean;
  autoLogin: boolean;
  customComponents: boolean;
  /** Pause before each token of a stream, in milliseconds. */
  delayPerChunkMs: number;
  /** Not empty: an engine with LANGFLOW_FALLBACK_TO_ENV_VAR on. */
  environment: Map<string, string>;
}

/** A request as it arrived. */
export interface FakeRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** JSON when it was JSON, text otherwise; undefined when empty. */
  readonly body: unknown;
}

/**
 * A Langflow 1.13 for tests: a real HTTP server that checks tokens and keys, keeps flows and messages per user, runs small
 * flows and answers in Langflow's words and framing. What it does was compared with the real engine.
 */
export class FakeLangflow {
  readonly requests: FakeRequest[] = [];
  readonly identities: FakeIdentities;
  readonly flows = new FakeFlows();
  readonly messages = new FakeMessages();
  readonly settings: FakeLangflowSettings = {
    version: '1.13.0',
    healthy: true,
    autoLogin: false,
    customComponents: false,
    delayPerChunkMs: 0,
    environment: new Map(),
  };
  /** Runs whose client went away before the end. Streamed ones stop then; others run to their end, as in Langflow. */
  abortedRuns = 0;
  private readonly faults = new FaultQueue();
  private readonly server = new LocalServer((request, response) => this.handle(request, response));

  constructor(private readonly options: FakeLangflowOptions = {}) {
    this.identities = new FakeIdentities(options);
  }

  /** @returns the base URL */
  start(): Promise<string> {
    return this.server.start(this.options.host ?? '127.0.0.1', this.options.port ?? 0);
  }

  stop(): Promise<void> {
    return this.server.stop();
  }

  get url(): string {
    return this.server.url;
  }

  get openConnections(): number {
    return this.server.openConnections;
  }

  /** Connections that were ever opened. */
  get acceptedConnections(): number {
    return this.server.acceptedConnections;
  }

  /** Every `POST /api/v1/run/…` that arrived. */
  get runRequests(): FakeRequest[] {
    return this.requests.filter(({ path }) => path.startsWith('/api/v1/run/'));
  }

  /** The next matching request (a run, unless `path` says otherwise) goes wrong in this way. Faults queue up. */
  failNext(fault: FakeFault, options: FaultOptions = {}): void {
    this.faults.add(fault, options);
  }

  /** Forgets faults that did not happen and requests that did. */
  reset(): void {
    this.faults.clear();
    this.requests.length = 0;
    this.abortedRuns = 0;
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://fake');
    const raw = await readBody(request);
    const body = raw.length === 0 ? undefined : (parseJson(raw) ?? raw.toString('utf8'));
    const record = {
      method: request.method ?? 'GET',
      path: url.pathname,
      query: url.searchParams,
      headers: request.headers,
      body,
    };
    this.requests.push(record);

    const isStream = url.searchParams.get('stream') === 'true';
    const fault = this.faults.take(url.pathname);
    if (fault !== null && (await applyFault(fault, request, response, isStream))) return;
    if (this.answerPublic(record, response)) return;
    if (record.path.startsWith('/api/v1/run/') && record.method === 'POST') {
      await this.answerRun(request, response, record, isStream);
      return;
    }
    const user = await this.authenticate(request, response);
    if (user !== null) answerManagement(this, user, record, raw, response);
  }

  private answerPublic({ method, path }: FakeRequest, response: ServerResponse): boolean {
    const { settings } = this;
    if (method !== 'GET') return false;
    if (path === '/health') sendJson(response, 200, { status: 'ok' });
    else if (path === '/health_check') {
      const state = settings.healthy ? 'ok' : 'error check the server logs';
      sendJson(response, settings.healthy ? 200 : 500, {
        status: settings.healthy ? 'ok' : 'nok',
        chat: state,
        db: state,
      });
    } else if (path === '/api/v1/version') {
      sendJson(response, 200, {
        version: settings.version,
        main_version: settings.version,
        package: 'Langflow',
      });
    } else if (path === '/api/v1/auto_login') {
      if (settings.autoLogin)
        sendJson(response, 200, { access_token: 'a.b.c', refresh_token: null, token_type: 'bearer' });
      else sendJson(response, 403, { detail: { message: 'Auto login is disabled.', auto_login: false } });
    } else if (path === '/api/v1/config') {
      sendJson(response, 200, {
        type: 'public',
        max_file_size_upload: 1024,
        allow_custom_components: settings.customComponents,
      });
    } else if (path === '/api/v1/flows/basic_examples/') {
      sendJson(response, 200, EXAMPLES);
    } else return false;
    return true;
  }

  private async answerRun(
    request: IncomingMessage,
    response: ServerResponse,
    record: FakeRequest,
    isStream: boolean,
  ): Promise<void> {
    if (request.headers['x-api-key'] === undefined) {
      sendJson(response, 403, { detail: 'An API key must be passed as query or header' });
      return;
    }
    const user = this.identities.fromApiKey(request);
    if (user === null) {
      sendJson(response, 403, { detail: 'Invalid or missing API key' });
      return;
    }
    const id = decodeURIComponent(record.path.slice('/api/v1/run/'.length));
    const flow = this.flows.find(user.id, id);
    if (flow === null) {
      sendJson(response, 404, { detail: `Flow identifier ${id} not found` });
      return;
    }
    const gone = this.watchClient(response);
    const { settings, messages, options } = this;
    const context = {
      ...settings,
      userId: user.id,
      flowId: flow.id,
      data: flow.data,
      messages,
      modelBaseUrl: options.modelBaseUrl,
      signal: isStream ? gone : new AbortController().signal,
    };
    const run = new FakeRun(context, record.body, record.headers);
    await (isStream ? run.stream(response) : run.answer(response));
  }

  /** Aborted when the client closes its connection before the answer is complete. */
  private watchClient(response: ServerResponse): AbortSignal {
    const controller = new AbortController();
    response.on('close', () => {
      if (response.writableFinished) return;
      this.abortedRuns += 1;
      controller.abort();
    });
    return controller.signal;
  }

  private async authenticate(request: IncomingMessage, response: ServerResponse): Promise<FakeUser | null> {
    const { authorization, 'x-api-key': apiKey } = request.headers;
    if (authorization === undefined && apiKey === undefined) {
      sendJson(response, 403, { detail: 'No authentication credentials provided' });
      return null;
    }
    const user =
      authorization === undefined
        ? this.identities.fromApiKey(request)
        : await this.identities.fromToken(request);
    if (user === null) {
      if (authorization === undefined) sendJson(response, 403, { detail: 'Invalid or missing API key' });
      else sendJson(response, 401, { detail: 'Invalid token' });
    }
    return user;
  }
}

const EXAMPLES: readonly JsonObject[] = [
  {
    id: '0198f000-0000-7000-8000-000000000001',
    name: 'Basic Prompting',
    description: 'A language model.',
    data: modelFlow({ secretName: null }),
  },
  {
    id: '0198f000-0000-7000-8000-000000000002',
    name: 'Simple Agent',
    description: 'An agent.',
    data: agentFlow({ secretName: null }),
  },
  { id: '0198f000-0000-7000-8000-000000000003', name: 'Echo', description: 'No model.', data: echoFlow() },
].filter(isJsonObject);
