import type { JsonObject, JsonValue } from '@weir/kernel';

/** One node of a flow as Langflow stores it; `data.node` is the component (or the note, or the group with its own flow). */
export interface FlowNode {
  id: string;
  data: JsonObject;
  [key: string]: JsonValue;
}

export interface FlowEdge {
  source: string;
  target: string;
  [key: string]: JsonValue;
}

/** Langflow's `data`: what is drawn on the canvas and run by the engine. Members we do not know are kept as they are. */
export interface FlowData {
  nodes: FlowNode[];
  edges: FlowEdge[];
  [key: string]: JsonValue;
}

/** One input of a component: `value`, `type`, `password`, `load_from_db` and whatever else Langflow keeps there. */
export type TemplateField = JsonObject;

/** The part of a Langflow export that becomes a workflow; nothing else of the file is kept. */
export interface FlowDocument {
  readonly name: string;
  /** Empty when the file has none. */
  readonly description: string;
  readonly tags: readonly string[];
  readonly flowData: FlowData;
}

/**
 * How a secret reaches the engine: `reference` by name (`load_from_db`), `tweak` because the place can hold no name
 * (dictionaries, MCP configurations, lists) and the run has to send the whole value, see `buildTweaks`.
 */
export type Delivery = 'reference' | 'tweak';

/** A place in a flow that refers to a secret by name. */
export interface Binding {
  readonly nodeId: string;
  /** What the canvas shows above the node. */
  readonly nodeName: string;
  /** Langflow's component type, e.g. `Agent`. */
  readonly component: string;
  /** Field of the template; for a cell of a table `headers/0/value`. */
  readonly field: string;
  readonly secretName: string;
  /** Id of a {@link Provider}, when the name or the component tells. */
  readonly provider: string | null;
  readonly delivery: Delivery;
  /** False when the engine never reads the place: another node is wired to it, or a group overrides it. */
  readonly required: boolean;
}

/** A value that was taken out of a flow. Holds the secret in plain: store it or drop it, never log it. */
export interface LiftedSecret {
  readonly nodeId: string;
  readonly component: string;
  readonly field: string;
  /** JSON pointer into the flow data. */
  readonly pointer: string;
  /** The name under which the flow now refers to it. */
  readonly name: string;
  /** A string as it was; anything else as JSON text. */
  readonly value: string;
  readonly provider: string | null;
}

export type Severity = 'block' | 'warn';

export const RULES = [
  'custom-code',
  'outdated-component',
  'code-interpreter',
  'mcp-stdio',
  'private-host',
  'file-path',
  'flow-reference',
  'public-access',
  'missing-chat-output',
  'undeliverable-secret',
] as const;
export type Rule = (typeof RULES)[number];

/** Something that may not run, or may not run well, on an engine that tenants share. */
export interface Finding {
  readonly severity: Severity;
  readonly rule: Rule;
  /** Null when the finding is about the flow as a whole. */
  readonly nodeId: string | null;
  readonly component: string | null;
  /** For people; never holds a value of the flow that could be secret. */
  readonly detail: string;
}

export interface FlowLimits {
  /** Size of the flow as JSON in UTF-8. */
  readonly maxBytes: number;
  /** Nodes, those inside groups included. */
  readonly maxNodes: number;
  /** Groups inside groups. */
  readonly maxGroupDepth: number;
  /** Nesting of objects and arrays in the JSON. */
  readonly maxJsonDepth: number;
}

export const DEFAULT_LIMITS: FlowLimits = {
  maxBytes: 10 * 1024 * 1024,
  maxNodes: 2_000,
  maxGroupDepth: 8,
  maxJsonDepth: 128,
};
