import { isJsonObject, type JsonObject, type JsonValue } from '@weir/kernel';
import { isMarkedSecret } from './judge-field';
import { markerName, referenceName } from './references';
import type { FlowData, TemplateField } from './types';
import { isConnected, nodesOf, textOf, type NodePlace } from './walk';

export type InputKind = 'chat' | 'text' | 'file' | 'tweak';

/** One thing a run can be given. */
export interface FlowInput {
  readonly kind: InputKind;
  readonly nodeId: string;
  readonly component: string;
  readonly field: string;
  readonly title: string;
  /** Of the value, as in JSON Schema. */
  readonly type: 'string' | 'number' | 'integer' | 'boolean' | 'array' | 'object';
  readonly required: boolean;
}

/** One thing a run answers with. */
export interface FlowOutput {
  readonly kind: 'chat' | 'text' | 'data';
  readonly nodeId: string;
  readonly component: string;
  readonly title: string;
}

/** What goes into a flow and what comes out of it. */
export interface FlowInterface {
  readonly hasChatInput: boolean;
  readonly hasChatOutput: boolean;
  readonly inputs: readonly FlowInput[];
  readonly outputs: readonly FlowOutput[];
  /** JSON Schema (2020-12) of the body of a run: `input`, `files`, `tweaks`. */
  readonly inputSchema: JsonObject;
  readonly outputSchema: JsonObject;
}

const TEXT_INPUTS: ReadonlySet<string> = new Set(['TextInput', 'TextInputComponent']);
const TEXT_OUTPUTS: ReadonlySet<string> = new Set(['TextOutput', 'TextOutputComponent']);

/**
 * Derives from the nodes what a run can be given and answers: chat, text inputs, files, fields marked `api_editable`. Of the
 * nodes inside groups only chat and text count, because tweaks do not reach further in than the group's own fields.
 */
export function describeInputs(flowData: FlowData): FlowInterface {
  const places = [...nodesOf(flowData)];
  const inputs = places.flatMap(inputsOf);
  const outputs = places.flatMap(outputsOf);
  const hasChatInput = inputs.some(({ kind }) => kind === 'chat');
  const hasChatOutput = outputs.some(({ kind }) => kind === 'chat');
  return {
    hasChatInput,
    hasChatOutput,
    inputs,
    outputs,
    inputSchema: inputSchemaOf(inputs),
    outputSchema: outputSchemaOf(outputs),
  };
}

function inputsOf(place: NodePlace): FlowInput[] {
  if (place.type === 'ChatInput') return [inputOf(place, 'chat', 'input_value', 'Message')];
  if (TEXT_INPUTS.has(place.type)) return [inputOf(place, 'text', 'input_value', place.name)];
  if (place.groups.length > 0) return [];
  return Object.entries(place.template).flatMap(([name, field]) => {
    if (!isJsonObject(field) || name === 'code' || isConnected(place, name)) return [];
    if (field['type'] === 'file' && field['show'] !== false) return [fieldInput(place, 'file', name, field)];
    return isExposed(field) ? [fieldInput(place, 'tweak', name, field)] : [];
  });
}

/** Secrets come from the store of the caller, never with a run. */
function isExposed(field: TemplateField): boolean {
  if (field['api_editable'] !== true || isMarkedSecret(field)) return false;
  return referenceName(field) === null && markerName(field['value']) === null;
}

function inputOf(place: NodePlace, kind: InputKind, field: string, title: string): FlowInput {
  return { kind, nodeId: place.id, component: place.type, field, title, type: 'string', required: false };
}

function fieldInput(place: NodePlace, kind: InputKind, name: string, field: TemplateField): FlowInput {
  const title = textOf(field['display_name']) || name;
  const isEmpty = textOf(field['file_path']) === '' && isBlank(field['value']);
  const type = kind === 'file' ? 'string' : typeOf(field);
  const required = field['required'] === true && isEmpty;
  return { kind, nodeId: place.id, component: place.type, field: name, title, type, required };
}

function isBlank(value: JsonValue | undefined): boolean {
  return (
    value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0)
  );
}

function typeOf(field: TemplateField): FlowInput['type'] {
  if (field['list'] === true || field['is_list'] === true) return 'array';
  switch (textOf(field['type'])) {
    case 'int':
      return 'integer';
    case 'float':
    case 'slider':
      return 'number';
    case 'bool':
      return 'boolean';
    case 'table':
      return 'array';
    case 'dict':
    case 'NestedDict':
      return 'object';
    default:
      return 'string';
  }
}

function outputsOf(place: NodePlace): FlowOutput[] {
  const base = { nodeId: place.id, component: place.type, title: place.name };
  if (place.type === 'ChatOutput') return [{ kind: 'chat', ...base }];
  if (TEXT_OUTPUTS.has(place.type)) return [{ kind: 'text', ...base }];
  return place.type === 'DataOutput' ? [{ kind: 'data', ...base }] : [];
}

function inputSchemaOf(inputs: readonly FlowInput[]): JsonObject {
  const properties: JsonObject = {};
  const texts = inputs.filter(({ kind }) => kind === 'chat' || kind === 'text');
  if (texts.length > 0) properties['input'] = { type: 'string', title: texts[0]?.title ?? 'Message' };
  const files = inputs.filter(({ kind }) => kind === 'file');
  if (files.length > 0) properties['files'] = membersOf(files);
  const tweaks = inputs.filter(({ kind }) => kind === 'tweak');
  if (tweaks.length > 0) properties['tweaks'] = membersOf(tweaks);
  const needsFile = files.some(({ required }) => required);
  return {
    type: 'object',
    properties,
    ...(needsFile ? { required: ['files'] } : {}),
    additionalProperties: false,
  };
}

/** `{ nodeId: { field: … } }`, the shape in which Langflow takes tweaks. */
function membersOf(inputs: readonly FlowInput[]): JsonObject {
  const byNode = Map.groupBy(inputs, ({ nodeId }) => nodeId);
  const properties = [...byNode].map(([nodeId, fields]): [string, JsonObject] => {
    const members = fields.map(({ field, title, type }): [string, JsonObject] => [field, { type, title }]);
    const required = fields.filter((input) => input.required).map(({ field }) => field);
    return [
      nodeId,
      {
        type: 'object',
        properties: Object.fromEntries(members),
        ...(required.length > 0 ? { required } : {}),
      },
    ];
  });
  return { type: 'object', properties: Object.fromEntries(properties) };
}

function outputSchemaOf(outputs: readonly FlowOutput[]): JsonObject {
  const isText = outputs.every(({ kind }) => kind !== 'data');
  const properties: JsonObject = isText
    ? { text: { type: 'string' } }
    : { text: { type: 'string' }, data: {} };
  return { type: 'object', properties };
}
