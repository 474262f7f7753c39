import { isJsonObject, type JsonObject, type JsonValue } from '@weir/kernel';
import type { FlowData, TemplateField } from './types';

/** A node and where it is; nodes inside groups know the groups around them. */
export interface NodePlace {
  readonly id: string;
  readonly type: string;
  readonly name: string;
  /** JSON pointer into the flow data. */
  readonly pointer: string;
  readonly node: JsonObject;
  readonly component: JsonObject;
  readonly template: JsonObject;
  /** Edges of the graph that the node stands in. */
  readonly edges: readonly JsonObject[];
  /** Outermost first. */
  readonly groups: readonly NodePlace[];
}

export interface FieldPlace {
  readonly node: NodePlace;
  readonly name: string;
  readonly field: TemplateField;
  /** JSON pointer to the field's `value`. */
  readonly pointer: string;
}

/** Every node in document order; a group comes before what is inside it. */
export function* nodesOf(flowData: FlowData): Generator<NodePlace> {
  yield* nodesIn(flowData, '', []);
}

function* nodesIn(graph: JsonObject, pointer: string, groups: readonly NodePlace[]): Generator<NodePlace> {
  const edges = arrayOf(graph['edges']).filter(isJsonObject);
  for (const [index, node] of arrayOf(graph['nodes']).entries()) {
    if (!isJsonObject(node)) continue;
    const place = placeOf(node, { pointer: `${pointer}/nodes/${index}`, edges, groups });
    yield place;
    const inner = innerGraph(place.component);
    if (inner !== null) yield* nodesIn(inner, `${place.pointer}/data/node/flow/data`, [...groups, place]);
  }
}

function placeOf(node: JsonObject, around: Pick<NodePlace, 'pointer' | 'edges' | 'groups'>): NodePlace {
  const data = objectOf(node['data']);
  const component = objectOf(data['node']);
  const type = textOf(data['type']);
  return {
    ...around,
    node,
    id: textOf(node['id']) || textOf(data['id']),
    type,
    name: textOf(component['display_name']) || textOf(data['display_name']) || type,
    component,
    template: objectOf(component['template']),
  };
}

/** The graph inside a group node; null for every other node. */
export function innerGraph(component: JsonObject): JsonObject | null {
  const flow = component['flow'];
  const data = isJsonObject(flow) ? flow['data'] : undefined;
  return isJsonObject(data) ? data : null;
}

/** Every template field of every node; entries that are no objects (`_type`) are skipped. */
export function* fieldsOf(flowData: FlowData): Generator<FieldPlace> {
  for (const node of nodesOf(flowData)) {
    for (const [name, field] of Object.entries(node.template)) {
      if (!isJsonObject(field)) continue;
      yield { node, name, field, pointer: `${node.pointer}/data/node/template/${escapePointer(name)}/value` };
    }
  }
}

/** True when another node feeds the field, so that the engine ignores what stands in it. */
export function isConnected(node: NodePlace, fieldName: string): boolean {
  return node.edges.some((edge) => edge['target'] === node.id && targetFieldOf(edge) === fieldName);
}

function targetFieldOf(edge: JsonObject): string | null {
  const data = edge['data'];
  const handle = isJsonObject(data) ? data['targetHandle'] : undefined;
  if (isJsonObject(handle)) return textOf(handle['fieldName']);
  const packed = edge['targetHandle'];
  if (typeof packed !== 'string') return null;
  return /œfieldNameœ:\s{0,4}œ([^œ]*)œ/.exec(packed)?.[1] ?? null;
}

/** Group fields stand for a field of a node inside (`proxy`): true when the group around `node` overrides the field. */
export function isShadowed(node: NodePlace, fieldName: string): boolean {
  const group = node.groups.at(-1);
  if (group === undefined) return false;
  return Object.values(group.template).some((field) => {
    const proxy = isJsonObject(field) ? field['proxy'] : undefined;
    return isJsonObject(proxy) && proxy['id'] === node.id && proxy['field'] === fieldName;
  });
}

/** One segment of a JSON pointer (RFC 6901 section 3). */
export function escapePointer(segment: string): string {
  return segment.replaceAll('~', '~0').replaceAll('/', '~1');
}

export function objectOf(value: JsonValue | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}

export function arrayOf(value: JsonValue | undefined): JsonValue[] {
  return Array.isArray(value) ? value : [];
}

export function textOf(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : '';
}
