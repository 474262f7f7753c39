import type { JsonObject, JsonValue } from '@weir/kernel';
import { isJsonObject } from '@weir/kernel';
import { numberAt, objectAt, requiredString, stringAt } from './json-reader';
import type { EngineApiKey, EngineFlow, EngineUser, FlowPush, UploadedFile } from './types';

/**
 * What goes over the wire for a flow. Public access and MCP are forced off, and every field is always sent, so that
 * nothing set in the engine by other means survives a push.
 */
export function toFlowBody(flow: FlowPush): JsonObject {
  return {
    name: flow.name,
    description: flow.description ?? null,
    data: flow.data,
    endpoint_name: flow.endpointName ?? null,
    tags: [...(flow.tags ?? [])],
    access_type: 'PRIVATE',
    mcp_enabled: false,
  };
}

export function readFlow(value: JsonValue): EngineFlow {
  return {
    id: requiredString(value, 'id'),
    name: requiredString(value, 'name'),
    description: stringAt(value, 'description'),
    endpointName: stringAt(value, 'endpoint_name'),
    data: objectAt(value, 'data'),
    updatedAt: stringAt(value, 'updated_at'),
    versionToken: stringAt(value, 'version_token'),
  };
}

export function readApiKey(value: JsonValue): EngineApiKey {
  return { id: requiredString(value, 'id'), apiKey: requiredString(value, 'api_key') };
}

export function readUser(value: JsonValue): EngineUser {
  return {
    id: requiredString(value, 'id'),
    username: requiredString(value, 'username'),
    isActive: isJsonObject(value) && value['is_active'] === true,
    isSuperuser: isJsonObject(value) && value['is_superuser'] === true,
  };
}

export function readFile(value: JsonValue): UploadedFile {
  return {
    id: requiredString(value, 'id'),
    name: requiredString(value, 'name'),
    path: requiredString(value, 'path'),
    sizeBytes: numberAt(value, 'size') ?? 0,
  };
}
