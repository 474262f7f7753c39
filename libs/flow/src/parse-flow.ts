import { AppError, invalidInput, isJsonObject, type FieldError, type JsonObject } from '@weir/kernel';
import { checkGraph } from './check-graph';
import { checkJson } from './check-json';
import { DEFAULT_LIMITS, type FlowData, type FlowDocument, type FlowLimits } from './types';

const MAX_NAME_LENGTH = 200;
const MAX_DESCRIPTION_LENGTH = 10_000;
const MAX_TAGS = 50;
const MAX_TAG_LENGTH = 100;
const MAX_FLOWS_IN_FILE = 100;

/**
 * Reads one flow: a Langflow export (`{ name, data: { nodes, edges, viewport }, … }`) or bare flow data. Only name,
 * description, tags and the graph are taken over: `id`, `user_id`, `folder_id`, `fs_path`, `endpoint_name`, `access_type`,
 * `mcp_enabled`, `webhook` and the like of a foreign file never matter here. Never changes its input.
 * @param limits sizes to accept; unnamed ones have the defaults (10 MB, 2,000 nodes)
 * @throws AppError 422 `validation_failed` with up to 20 JSON pointers; 413 `flow_too_large`
 */
export function parseFlow(value: unknown, limits: Partial<FlowLimits> = {}): FlowDocument {
  return readFlow(value, '', { ...DEFAULT_LIMITS, ...limits });
}

/**
 * Reads a file with one flow, or with several as `{ flows: […] }` or `[…]`.
 * @throws as {@link parseFlow}; pointers begin at the file's root
 */
export function parseFlowFile(value: unknown, limits: Partial<FlowLimits> = {}): FlowDocument[] {
  const all = { ...DEFAULT_LIMITS, ...limits };
  const flows = isJsonObject(value) && 'flows' in value ? value['flows'] : value;
  const pointer = flows === value ? '' : '/flows';
  if (!Array.isArray(flows)) {
    if (pointer === '') return [readFlow(value, '', all)];
    throw unreadable([{ pointer, detail: 'must be an array of flows' }]);
  }
  if (flows.length === 0 || flows.length > MAX_FLOWS_IN_FILE) {
    throw unreadable([{ pointer, detail: `must hold 1 to ${MAX_FLOWS_IN_FILE} flows` }]);
  }
  return flows.map((flow: unknown, index) => readFlow(flow, `${pointer}/${index}`, all));
}

function readFlow(value: unknown, pointer: string, limits: FlowLimits): FlowDocument {
  if (!isJsonObject(value)) throw unreadable([{ pointer, detail: 'must be a JSON object' }]);
  throwIfAny(checkJson(value, pointer, limits));
  checkSize(value, limits);
  const isExport = isJsonObject(value['data']) || !('nodes' in value);
  const graph = isExport ? value['data'] : value;
  const errors = isExport ? checkMetadata(value, pointer) : [];
  const graphErrors = checkGraph(graph, isExport ? `${pointer}/data` : pointer, limits);
  throwIfAny([...errors, ...graphErrors.errors]);
  if (graphErrors.graph === null) throw unreadable([]);
  return {
    name: isExport ? nameOf(value) : 'Untitled flow',
    description: isExport && typeof value['description'] === 'string' ? value['description'] : '',
    tags: isExport ? tagsOf(value) : [],
    flowData: withoutForeignSettings(graphErrors.graph),
  };
}

function checkSize(value: JsonObject, limits: FlowLimits): void {
  const bytes = Buffer.byteLength(JSON.stringify(value), 'utf8');
  if (bytes <= limits.maxBytes) return;
  throw new AppError({
    code: 'flow_too_large',
    status: 413,
    title: 'Flow too large',
    detail: `The flow has ${bytes} bytes as JSON; at most ${limits.maxBytes} are accepted. Remove cached outputs or split it.`,
  });
}

function checkMetadata(value: JsonObject, pointer: string): FieldError[] {
  const errors: FieldError[] = [];
  const name = value['name'] ?? '';
  if (typeof name !== 'string') errors.push({ pointer: `${pointer}/name`, detail: 'must be text' });
  else if (name.length > MAX_NAME_LENGTH) {
    errors.push({ pointer: `${pointer}/name`, detail: `must have at most ${MAX_NAME_LENGTH} characters` });
  }
  const description = value['description'] ?? '';
  if (typeof description !== 'string' || description.length > MAX_DESCRIPTION_LENGTH) {
    const detail = `must be text of at most ${MAX_DESCRIPTION_LENGTH} characters`;
    errors.push({ pointer: `${pointer}/description`, detail });
  }
  return [...errors, ...checkTags(value, `${pointer}/tags`)];
}

function checkTags(value: JsonObject, pointer: string): FieldError[] {
  const tags = value['tags'] ?? [];
  if (!Array.isArray(tags)) return [{ pointer, detail: 'must be an array of texts' }];
  if (tags.length > MAX_TAGS) return [{ pointer, detail: `must hold at most ${MAX_TAGS} tags` }];
  return tags.flatMap((tag, index) => {
    const isTag = typeof tag === 'string' && tag.length <= MAX_TAG_LENGTH;
    const detail = `must be text of at most ${MAX_TAG_LENGTH} characters`;
    return isTag ? [] : [{ pointer: `${pointer}/${index}`, detail }];
  });
}

function nameOf(value: JsonObject): string {
  const name = value['name'];
  return typeof name === 'string' && name.trim() !== '' ? name.trim() : 'Untitled flow';
}

function tagsOf(value: JsonObject): string[] {
  const tags = value['tags'];
  const texts = Array.isArray(tags) ? tags.filter((tag): tag is string => typeof tag === 'string') : [];
  return [...new Set(texts)];
}

/** Settings of the file's former home that some exports keep beside the graph; who may see a flow is decided here. */
const FOREIGN_SETTINGS = [
  'id',
  'fs_path',
  'user_id',
  'folder_id',
  'workspace_id',
  'endpoint_name',
  'access_type',
  'mcp_enabled',
  'action_name',
  'action_description',
  'webhook',
  'locked',
  'auth_settings',
];

function withoutForeignSettings(graph: FlowData): FlowData {
  const clone = structuredClone(graph);
  for (const setting of FOREIGN_SETTINGS) Reflect.deleteProperty(clone, setting);
  return clone;
}

function throwIfAny(errors: readonly FieldError[]): void {
  if (errors.length > 0) throw unreadable(errors);
}

const MAX_ERRORS = 20;

function unreadable(errors: readonly FieldError[]): AppError {
  const more = errors.length > MAX_ERRORS ? ` The first ${MAX_ERRORS} problems are listed.` : '';
  return invalidInput(
    `This is not a Langflow flow that can be used. Correct the places named in 'errors' and send it again.${more}`,
    errors.slice(0, MAX_ERRORS),
  );
}
