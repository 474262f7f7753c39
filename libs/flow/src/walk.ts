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
  /** The component whose input this is: for a field of a group (`proxy`) a node inside, otherwise `node`. */
  readonly owner: NodePlace;
  /** What the input is called there: a group says `api_key_Agent-1` for the `api_key` of `Agent-1`. */
  readonly ownName: string;
  /** JSON pointer to the field's `value`. */
  readonly pointer: string;
}

/** Every node in document order; a group comes before what is inside it. */
export function* nodesOf(flowData: FlowData): Generator<NodePlace> {
  yield* nodesIn(flowData, '', []);
}

function* nodesIn(graph: JsonObject, pointer: string, groups: readonly NodePlace[]): Generator<NodePlace> {
  for (const place of placesIn(graph, pointer, groups)) {
    yield place;
    const inner = innerGraph(place.component);
    if (inner !== null) yield* nodesIn(inner, innerPointer(place), [...groups, place]);
  }
}

/** The nodes of one graph, without those inside its groups. */
function placesIn(graph: JsonObject, pointer: string, groups: readonly NodePlace[]): NodePlace[] {
  const edges = arrayOf(graph['edges']).filter(isJsonObject);
  return arrayOf(graph['nodes']).flatMap((node, index) =>
    isJsonObject(node) ? [placeOf(node, { pointer: `${pointer}/nodes/${index}`, edges, groups })] : [],
  );
}

function innerPointer(group: NodePlace): string {
  return `${group.pointer}/data/node/flow/data`;
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
    const inside = childrenOf(node);
    for (const [name, field] of Object.entries(node.template)) {
      if (!isJsonObject(field)) continue;
      const pointer = `${node.pointer}/data/node/template/${escapePointer(name)}/value`;
      yield { node, name, field, ...ownerOf({ owner: node, ownName: name }, field, inside), pointer };
    }
  }
}

type Owner = Pick<FieldPlace, 'owner' | 'ownName'>;
type Children = ReadonlyMap<string, NodePlace>;

const CHILDREN = new WeakMap<NodePlace, Children>();

function childrenOf(node: NodePlace): Children {
  const known = CHILDREN.get(node);
  if (known !== undefined) return known;
  const inner = innerGraph(node.component);
  const places = inner === null ? [] : placesIn(inner, innerPointer(node), [...node.groups, node]);
  const children = new Map(places.map((place) => [place.id, place]));
  CHILDREN.set(node, children);
  return children;
}

/** Follows `proxy` from group to group; it always leads one level in, so it ends. */
function ownerOf(self: Owner, field: TemplateField, inside: Children): Owner {
  const proxy = field['proxy'];
  if (!isJsonObject(proxy)) return self;
  const owner = inside.get(textOf(proxy['id']));
  const ownName = textOf(proxy['field']) || self.ownName;
  if (owner === undefined) return { ...self, ownName };
  return ownerOf({ owner, ownName }, objectOf(owner.template[ownName]), childrenOf(owner));
}

/** True when another node feeds the field, so that the engine ignores what stands in it. */
export function isConnected(node: NodePlace, fieldName: string): boolean {
  return connectionsOf(node.edges).has(placeKey(node.id, fieldName));
}

/** Per graph, because flows can have as many edges as references. */
const CONNECTIONS = new WeakMap<readonly JsonObject[], ReadonlySet<string>>();

function connectionsOf(edges: readonly JsonObject[]): ReadonlySet<string> {
  const known = CONNECTIONS.get(edges);
  if (known !== undefined) return known;
  const places = edges.flatMap((edge) => {
    const fieldName = targetFieldOf(edge);
    return fieldName === null ? [] : [placeKey(textOf(edge['target']), fieldName)];
  });
  const connections = new Set(places);
  CONNECTIONS.set(edges, connections);
  return connections;
}

function placeKey(nodeId: string, fieldName: string): string {
  return JSON.stringify([nodeId, fieldName]);
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
  return group !== undefined && overridesOf(group).has(placeKey(node.id, fieldName));
}

/** Places are made anew by every walk, so what is kept here cannot outlive a change of the flow. */
const OVERRIDES = new WeakMap<NodePlace, ReadonlySet<string>>();

function overridesOf(group: NodePlace): ReadonlySet<string> {
  const known = OVERRIDES.get(group);
  if (known !== undefined) return known;
  const places = Object.values(group.template).flatMap((field) => {
    const proxy = isJsonObject(field) ? field['proxy'] : undefined;
    return isJsonObject(proxy) ? [placeKey(textOf(proxy['id']), textOf(proxy['field']))] : [];
  });
  const overrides = new Set(places);
  OVERRIDES.set(group, overrides);
  return overrides;
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
