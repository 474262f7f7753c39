import type { Readable } from 'node:stream';
import { isJsonObject } from '@weir/kernel';
import type { JsonValue } from '@weir/kernel';
import { classifyResponse } from './classification';
import type { CallPurpose } from './classification';
import type { EngineEvent } from './engine-events';
import { EngineError, isEngineError } from './engine-error';
import { probeEngine } from './engine-probe';
import type { EngineHealth, EngineProbe, ProbeOptions } from './engine-probe';
import { readApiKey, readFile, readFlow, readUser, toFlowBody } from './engine-objects';
import { tryParseJson } from './json-reader';
import { multipartFile } from './multipart';
import { parseRunResult } from './run-result';
import { streamRun, toRunBody } from './run-stream';
import { Transport } from './transport';
import type { EngineRequest, EngineResponse, TransportOptions } from './transport';
import type {
  CallOptions,
  EngineApiKey,
  EngineFlow,
  EngineUser,
  FlowPush,
  RunRequest,
  RunResult,
  UploadedFile,
} from './types';

export interface LangflowClientOptions extends TransportOptions {
  /** Largest single event of a streamed run, in bytes; 8 MiB by default. */
  readonly maxEventBytes?: number;
}

const DEFAULT_MAX_EVENT_BYTES = 8 * 1024 * 1024;

type Method = EngineRequest['method'];

/**
 * Langflow's HTTP API as far as Weir uses it, for the versions in `SUPPORTED_VERSIONS`. One instance per engine; it holds a
 * connection pool and nothing else: every call brings its own credential.
 *
 * All methods reject with {@link EngineError} and nothing else, apply the bounds of the options, and stop at once (the
 * connection is closed) when the signal is aborted. Nothing is ever retried here: `error.retrySafe` tells when that is harmless.
 */
export class LangflowClient {
  private readonly transport: Transport;
  private readonly maxEventBytes: number;

  constructor(options: LangflowClientOptions) {
    this.transport = new Transport(options);
    this.maxEventBytes = options.maxEventBytes ?? DEFAULT_MAX_EVENT_BYTES;
  }

  /** `GET /health_check`: whether engine and its database work. `/health` answers before Langflow is ready. */
  async health(options: CallOptions = {}): Promise<EngineHealth> {
    const response = await this.transport.send({ method: 'GET', path: '/health_check', ...options });
    const body = tryParseJson(response.body);
    return { healthy: response.status === 200 && isJsonObject(body) && body['status'] === 'ok' };
  }

  /** Version and safety of the engine: see {@link EngineProbe}. Never rejects: an engine that cannot be reached is a problem in the list. */
  probe(options: ProbeOptions = {}): Promise<EngineProbe> {
    return probeEngine((path) => this.transport.send({ method: 'GET', path, ...options }), options);
  }

  /** `GET /api/v1/users/whoami`. With a token of an unknown subject Langflow creates the user in passing. */
  async whoami(token: string, options: CallOptions = {}): Promise<EngineUser> {
    return readUser(await this.manage('GET', '/api/v1/users/whoami', token, options));
  }

  /** `POST /api/v1/api_key/`: a key that runs as the user of the token. Langflow shows it only this once. */
  async createApiKey(token: string, name: string, options: CallOptions = {}): Promise<EngineApiKey> {
    return readApiKey(await this.manage('POST', '/api/v1/api_key/', token, options, { name }));
  }

  /** `DELETE /api/v1/api_key/{id}`; a key that is gone already (Langflow says 400) is fine. */
  async deleteApiKey(token: string, apiKeyId: string, options: CallOptions = {}): Promise<void> {
    try {
      await this.manage('DELETE', `/api/v1/api_key/${encodeURIComponent(apiKeyId)}`, token, options);
    } catch (error) {
      if (!isEngineError(error, 'flow_refused') || error.status !== 400) throw error;
    }
  }

  /**
   * `PUT /api/v1/flows/{id}`: creates or replaces the flow under an id of ours.
   * @throws EngineError `flow_not_found` when the id belongs to another engine user, `flow_refused` when data or endpoint name do not suit
   */
  async putFlow(
    token: string,
    flowId: string,
    flow: FlowPush,
    options: CallOptions = {},
  ): Promise<EngineFlow> {
    return readFlow(await this.manage('PUT', flowPath(flowId), token, options, toFlowBody(flow)));
  }

  async getFlow(token: string, flowId: string, options: CallOptions = {}): Promise<EngineFlow> {
    return readFlow(await this.manage('GET', flowPath(flowId), token, options));
  }

  /** All flows of the user, without their data and without Langflow's examples. */
  async listFlows(token: string, options: CallOptions = {}): Promise<readonly EngineFlow[]> {
    const query = 'get_all=true&header_flows=true&remove_example_flows=true';
    const body = await this.manage('GET', `/api/v1/flows/?${query}`, token, options);
    if (!Array.isArray(body)) throw new EngineError('protocol');
    return body.map(readFlow);
  }

  /** @returns false when there was nothing to delete (any more) */
  async deleteFlow(token: string, flowId: string, options: CallOptions = {}): Promise<boolean> {
    try {
      await this.manage('DELETE', flowPath(flowId), token, options);
      return true;
    } catch (error) {
      if (isEngineError(error, 'flow_not_found')) return false;
      throw error;
    }
  }

  /** Ids of the sessions that have messages in this flow. */
  async listSessions(token: string, flowId: string, options: CallOptions = {}): Promise<readonly string[]> {
    const path = `/api/v1/monitor/messages/sessions?flow_id=${encodeURIComponent(flowId)}`;
    const body = await this.manage('GET', path, token, options);
    if (!Array.isArray(body)) throw new EngineError('protocol');
    return body.filter((session) => typeof session === 'string');
  }

  /**
   * Deletes the messages of a session in all flows of this user; a session without messages is fine.
   * Langflow's route cannot address an id with a slash: use ids without one.
   */
  async deleteSession(token: string, sessionId: string, options: CallOptions = {}): Promise<void> {
    await this.manage(
      'DELETE',
      `/api/v1/monitor/messages/session/${encodeURIComponent(sessionId)}`,
      token,
      options,
    );
  }

  /**
   * `POST /api/v2/files`: stores a file of the user; Langflow renames on a clash, so use the answered `path`.
   * @throws AppError 422 for names that Langflow treats as its own configuration
   */
  async uploadFile(
    token: string,
    name: string,
    content: Buffer | Readable,
    contentType: string,
    options: CallOptions = {},
  ): Promise<UploadedFile> {
    const { body, headers } = multipartFile(name, content, contentType);
    const response = await this.transport.send({
      method: 'POST',
      path: '/api/v2/files',
      headers: { ...bearer(token), ...headers },
      body,
      ...options,
    });
    return readFile(readJson(response, 'management'));
  }

  /**
   * `POST /api/v1/run/{id}`: runs a flow to its end. Secrets travel in `request.headers` and `request.tweaks`.
   * An abort only closes the connection: Langflow 1.13 runs the flow to its end all the same, calls the model and keeps the
   * answer in the session's memory. What must be cancellable goes through {@link runStream}.
   * @param apiKey a Langflow key of the flow's owner; a token is not accepted here
   */
  async run(
    apiKey: string,
    flowId: string,
    request: RunRequest,
    options: CallOptions = {},
  ): Promise<RunResult> {
    const response = await this.transport.send({
      ...toRunRequest(apiKey, flowId, request, false),
      answersWhenDone: true,
      ...options,
    });
    return parseRunResult(readJson(response, 'run'), request.sessionId);
  }

  /**
   * `POST /api/v1/run/{id}?stream=true`. The last event is always `end` or `error`, whatever happens, also for an engine
   * that is down or a signal that is aborted: iterating never throws. Leaving the loop or aborting closes the connection, and
   * Langflow then stops the run (a message that had begun stays empty in the session's memory).
   */
  runStream(
    apiKey: string,
    flowId: string,
    request: RunRequest,
    options: CallOptions = {},
  ): AsyncGenerator<EngineEvent, void, undefined> {
    const open = () => this.transport.open({ ...toRunRequest(apiKey, flowId, request, true), ...options });
    return streamRun(open, request.sessionId, this.maxEventBytes);
  }

  /** Gives up all connections; calls under way fail. */
  close(): Promise<void> {
    return this.transport.close();
  }

  private async manage(
    method: Method,
    path: string,
    token: string,
    options: CallOptions,
    body?: JsonValue,
  ): Promise<JsonValue> {
    const response = await this.transport.send({
      method,
      path,
      headers: { ...bearer(token), ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...options,
    });
    return readJson(response, 'management');
  }
}

function toRunRequest(apiKey: string, flowId: string, request: RunRequest, stream: boolean): EngineRequest {
  return {
    method: 'POST',
    path: `/api/v1/run/${encodeURIComponent(flowId)}?stream=${stream}`,
    headers: { ...request.headers, 'x-api-key': apiKey, 'content-type': 'application/json' },
    body: toRunBody(request),
  };
}

/** The body of a good answer; null for 204. A page of HTML (a mistyped base URL) is `protocol`, not a JSON error. */
function readJson(response: EngineResponse, purpose: CallPurpose): JsonValue {
  if (response.status < 200 || response.status > 299) {
    throw classifyResponse(response.status, response.body, purpose);
  }
  if (response.status === 204) return null;
  const body = response.contentType.includes('json') ? tryParseJson(response.body) : undefined;
  if (body === undefined) throw new EngineError('protocol', { status: response.status });
  return body;
}

function flowPath(flowId: string): string {
  return `/api/v1/flows/${encodeURIComponent(flowId)}`;
}

function bearer(token: string): Record<string, string> {
  return { authorization: `Bearer ${token}` };
}
