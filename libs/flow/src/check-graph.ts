import { isJsonObject, type FieldError, type JsonObject } from '@weir/kernel';
import type { FlowData, FlowEdge, FlowLimits, FlowNode } from './types';
import { innerGraph } from './walk';

export interface GraphCheck {
  readonly errors: readonly FieldError[];
  /** The same object, now known to be a graph; null when `errors` says why not. */
  readonly graph: FlowData | null;
}

/** Checks nodes and edges of a graph and of the groups in it: shapes, unique ids, edges that end at nodes, size. */
export function checkGraph(value: unknown, pointer: string, limits: FlowLimits): GraphCheck {
  const checker = new GraphChecker(limits);
  const graph = checker.check(value, pointer, 0);
  if (checker.nodeCount > limits.maxNodes) {
    const detail = `has ${checker.nodeCount} nodes with those in groups; at most ${limits.maxNodes} are accepted`;
    checker.errors.push({ pointer: `${pointer}/nodes`, detail });
  }
  return { errors: checker.errors, graph: checker.errors.length === 0 ? graph : null };
}

class GraphChecker {
  readonly errors: FieldError[] = [];
  nodeCount = 0;

  constructor(private readonly limits: FlowLimits) {}

  check(value: unknown, pointer: string, depth: number): FlowData | null {
    if (!isJsonObject(value)) return this.fail(pointer, "must be an object with 'nodes' and 'edges'");
    if (depth > this.limits.maxGroupDepth) {
      return this.fail(pointer, `is inside more than ${this.limits.maxGroupDepth} groups`);
    }
    const ids = new Set<string>();
    if (
      !isListOf(value['nodes'], (node, index) => this.isNode(node, `${pointer}/nodes/${index}`, ids, depth))
    ) {
      if (!Array.isArray(value['nodes'])) this.fail(`${pointer}/nodes`, 'must be an array of nodes');
      return null;
    }
    if (!isListOf(value['edges'], (edge, index) => this.isEdge(edge, `${pointer}/edges/${index}`, ids))) {
      if (!Array.isArray(value['edges'])) this.fail(`${pointer}/edges`, 'must be an array of edges');
      return null;
    }
    return isGraph(value) ? value : null;
  }

  private isNode(node: unknown, pointer: string, ids: Set<string>, depth: number): boolean {
    this.nodeCount++;
    if (!isJsonObject(node)) return this.refuse(pointer, 'must be an object');
    const id = node['id'];
    if (typeof id !== 'string' || id === '') return this.refuse(`${pointer}/id`, 'must be a non-empty text');
    if (ids.has(id)) return this.refuse(`${pointer}/id`, 'is the id of another node of the same graph');
    ids.add(id);
    return this.isNodeData(node['data'], `${pointer}/data`, node['type'] === 'noteNode', depth);
  }

  private isNodeData(data: unknown, pointer: string, isNote: boolean, depth: number): boolean {
    if (!isJsonObject(data)) return this.refuse(pointer, 'must be an object');
    const component = data['node'];
    if (component === undefined && isNote) return true;
    if (!isJsonObject(component)) return this.refuse(`${pointer}/node`, 'must be an object: the component');
    const template = component['template'];
    if (template !== undefined && !isJsonObject(template)) {
      return this.refuse(`${pointer}/node/template`, 'must be an object: the fields of the component');
    }
    return this.isGroup(component, `${pointer}/node/flow`, depth);
  }

  private isGroup(component: JsonObject, pointer: string, depth: number): boolean {
    const flow = component['flow'];
    if (flow === undefined || flow === null) return true;
    const inner = innerGraph(component);
    if (inner === null) return this.refuse(pointer, "must be a flow with 'data'");
    return this.check(inner, `${pointer}/data`, depth + 1) !== null;
  }

  private isEdge(edge: unknown, pointer: string, ids: ReadonlySet<string>): boolean {
    if (!isJsonObject(edge)) return this.refuse(pointer, 'must be an object');
    return ['source', 'target']
      .map((end) => {
        const id = edge[end];
        if (typeof id !== 'string') return this.refuse(`${pointer}/${end}`, 'must be the id of a node');
        return ids.has(id) || this.refuse(`${pointer}/${end}`, 'is not the id of a node of the same graph');
      })
      .every(Boolean);
  }

  private fail(pointer: string, detail: string): null {
    this.refuse(pointer, detail);
    return null;
  }

  private refuse(pointer: string, detail: string): false {
    // The caller shows twenty; a little more is kept to say that there are others.
    if (this.errors.length < 25) this.errors.push({ pointer, detail });
    return false;
  }
}

/** Visits every item even after a bad one, so that all problems are reported at once. */
function isListOf(value: unknown, isItem: (item: unknown, index: number) => boolean): boolean {
  return Array.isArray(value) && value.map((item: unknown, index) => isItem(item, index)).every(Boolean);
}

function isGraph(value: JsonObject): value is FlowData {
  const { nodes, edges } = value;
  return Array.isArray(nodes) && nodes.every(isFlowNode) && Array.isArray(edges) && edges.every(isFlowEdge);
}

function isFlowNode(value: unknown): value is FlowNode {
  return isJsonObject(value) && typeof value['id'] === 'string' && isJsonObject(value['data']);
}

function isFlowEdge(value: unknown): value is FlowEdge {
  return isJsonObject(value) && typeof value['source'] === 'string' && typeof value['target'] === 'string';
}
