import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { isJsonObject } from '@weir/kernel';
import type { JsonObject } from '@weir/kernel';
import type { FakeLangflow, FakeRequest } from './fake-langflow';
import { sendJson } from './fake-langflow-http';
import type { FakeApiKey, FakeUser } from './fake-langflow-identity';
import type { FakeFlow } from './fake-langflow-store';

interface Call {
  readonly engine: FakeLangflow;
  readonly user: FakeUser;
  readonly request: FakeRequest;
  readonly raw: Buffer;
  readonly response: ServerResponse;
  /** The part of the path behind the route. */
  readonly id: string;
}

interface Route {
  readonly method: string;
  readonly path: RegExp;
  readonly answer: (call: Call) => void;
}

const ROUTES: readonly Route[] = [
  { method: 'GET', path: /^\/api\/v1\/users\/whoami$/, answer: whoami },
  { method: 'GET', path: /^\/api\/v1\/session$/, answer: session },
  { method: 'GET', path: /^\/api\/v1\/api_key\/$/, answer: listApiKeys },
  { method: 'POST', path: /^\/api\/v1\/api_key\/$/, answer: createApiKey },
  { method: 'DELETE', path: /^\/api\/v1\/api_key\/([^/]+)$/, answer: deleteApiKey },
  { method: 'GET', path: /^\/api\/v1\/flows\/$/, answer: listFlows },
  { method: 'GET', path: /^\/api\/v1\/flows\/([^/]+)$/, answer: getFlow },
  { method: 'PUT', path: /^\/api\/v1\/flows\/([^/]+)$/, answer: putFlow },
  { method: 'PATCH', path: /^\/api\/v1\/flows\/([^/]+)$/, answer: patchFlow },
  { method: 'DELETE', path: /^\/api\/v1\/flows\/([^/]+)$/, answer: deleteFlow },
  { method: 'GET', path: /^\/api\/v1\/monitor\/messages\/sessions$/, answer: listSessions },
  { method: 'DELETE', path: /^\/api\/v1\/monitor\/messages\/session\/([^/]+)$/, answer: deleteSession },
  { method: 'POST', path: /^\/api\/v2\/files\/?$/, answer: uploadFile },
];

/** Everything that needs a user and is no run. */
export function answerManagement(
  engine: FakeLangflow,
  user: FakeUser,
  request: FakeRequest,
  raw: Buffer,
  response: ServerResponse,
): void {
  // Decoded first, as Starlette does: an id with a slash never matches.
  const path = decodeURIComponent(request.path);
  const route = ROUTES.find((candidate) => candidate.method === request.method && candidate.path.test(path));
  if (route === undefined) {
    sendJson(response, 404, { detail: 'Not Found' });
    return;
  }
  route.answer({ engine, user, request, raw, response, id: route.path.exec(path)?.[1] ?? '' });
}

function whoami({ user, response }: Call): void {
  sendJson(response, 200, userJson(user));
}

function session({ user, response }: Call): void {
  sendJson(response, 200, { authenticated: true, user: userJson(user), store_api_key: null });
}

function listApiKeys({ engine, user, response }: Call): void {
  const own = [...engine.identities.apiKeys.values()].filter((key) => key.userId === user.id);
  const keys = own.map((key) => ({ ...keyJson(key), api_key: `${key.key.slice(0, 8)}${'*'.repeat(36)}` }));
  sendJson(response, 200, { total_count: keys.length, user_id: user.id, api_keys: keys });
}

function createApiKey({ engine, user, request, response }: Call): void {
  const name =
    isJsonObject(request.body) && typeof request.body['name'] === 'string' ? request.body['name'] : '';
  sendJson(response, 200, keyJson(engine.identities.createApiKey(user, name)));
}

function deleteApiKey({ engine, user, id, response }: Call): void {
  if (engine.identities.deleteApiKey(user, id)) sendJson(response, 200, { detail: 'API Key deleted' });
  else sendJson(response, 400, { detail: 'API Key not found' });
}

function listFlows({ engine, user, request, response }: Call): void {
  const headersOnly = request.query.get('header_flows') === 'true';
  const flows = engine.flows.listOf(user.id).map(flowJson);
  sendJson(
    response,
    200,
    headersOnly ? flows.map((flow) => ({ ...flow, data: null, version_token: undefined })) : flows,
  );
}

function getFlow({ engine, user, id, response }: Call): void {
  const flow = engine.flows.find(user.id, id);
  if (flow === null) sendJson(response, 404, { detail: 'Flow not found' });
  else sendJson(response, 200, flowJson(flow));
}

function putFlow(call: Call): void {
  const body = isJsonObject(call.request.body) ? call.request.body : {};
  saveFlow(call, { name: 'Untitled', description: null, endpoint_name: null, tags: null, ...body }, 201);
}

/** Keeps what the body leaves out; a stale `If-Match` is refused, as for the editor's autosave. */
function patchFlow(call: Call): void {
  const { engine, user, id, request, response } = call;
  const flow = engine.flows.find(user.id, id);
  if (flow === null) return sendJson(response, 404, { detail: 'Flow not found' });
  const expected = request.headers['if-match'];
  if (expected !== undefined && expected !== flow.versionToken) {
    return sendJson(response, 409, {
      detail: { code: 'flow_version_conflict', message: 'The flow was changed by someone else.' },
    });
  }
  saveFlow(call, { ...flowJson(flow), ...(isJsonObject(request.body) ? request.body : {}) }, 200);
}

function saveFlow({ engine, user, id, response }: Call, body: JsonObject, createdStatus: number): void {
  const data = body['data'];
  if (!isJsonObject(data) || !Array.isArray(data['nodes']) || !Array.isArray(data['edges'])) {
    const missing = isJsonObject(data) && Array.isArray(data['nodes']) ? 'edges' : 'nodes';
    return sendJson(response, 422, {
      detail: [{ type: 'value_error', loc: ['body', 'data'], msg: `Value error, Flow must have ${missing}` }],
    });
  }
  const result = engine.flows.put({
    id,
    userId: user.id,
    data,
    name: textOrNull(body['name']) ?? 'Untitled',
    description: textOrNull(body['description']),
    endpointName: textOrNull(body['endpoint_name']),
    tags: Array.isArray(body['tags']) ? body['tags'].map(String) : null,
    accessType: typeof body['access_type'] === 'string' ? body['access_type'] : 'PRIVATE',
    mcpEnabled: body['mcp_enabled'] === true,
  });
  if (result === 'foreign') sendJson(response, 404, { detail: 'Flow not found' });
  else if (result === 'conflict') sendJson(response, 409, { detail: 'Endpoint name must be unique' });
  else sendJson(response, result.created ? createdStatus : 200, flowJson(result.flow));
}

function deleteFlow({ engine, user, id, response }: Call): void {
  if (engine.flows.delete(user.id, id)) sendJson(response, 200, { message: 'Flow deleted successfully' });
  else sendJson(response, 404, { detail: 'Flow not found' });
}

function listSessions({ engine, user, request, response }: Call): void {
  sendJson(response, 200, engine.messages.sessionsOf(user.id, request.query.get('flow_id') ?? ''));
}

function deleteSession({ engine, user, id, response }: Call): void {
  engine.messages.deleteSession(user.id, id);
  response.writeHead(204).end();
}

/** Reads the one part of the form; the name in the answer has no extension, the path has. */
function uploadFile({ user, raw, response }: Call): void {
  const form = raw.toString('latin1');
  const fileName = /filename="([^"]*)"/.exec(form)?.[1];
  const start = form.indexOf('\r\n\r\n') + 4;
  if (fileName === undefined) return sendJson(response, 400, { detail: 'No file provided' });
  const size = form.lastIndexOf('\r\n--', form.length - 5) - start;
  const name = fileName.replace(/\.[^.]*$/, '');
  sendJson(response, 201, { id: randomUUID(), name, path: `${user.id}/${fileName}`, size, provider: null });
}

function userJson(user: FakeUser): JsonObject {
  return {
    id: user.id,
    username: user.username,
    profile_image: null,
    store_api_key: null,
    is_active: true,
    is_superuser: false,
  };
}

function keyJson(key: FakeApiKey): JsonObject {
  return {
    name: key.name,
    last_used_at: null,
    total_uses: 0,
    is_active: true,
    expires_at: null,
    id: key.id,
    api_key: key.key,
    user_id: key.userId,
  };
}

function flowJson(flow: FakeFlow): JsonObject {
  return {
    id: flow.id,
    user_id: flow.userId,
    name: flow.name,
    description: flow.description,
    data: flow.data,
    endpoint_name: flow.endpointName,
    tags: flow.tags === null ? null : [...flow.tags],
    access_type: flow.accessType,
    mcp_enabled: flow.mcpEnabled,
    is_component: false,
    updated_at: '2026-03-01T12:00:00+00:00',
    version_token: flow.versionToken,
  };
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
