import type { JsonObject, JsonValue } from '@weir/kernel';

/** Tokens that the models of one run used, as Langflow counts them. */
export interface TokenUsage {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly totalTokens: number;
}

/** What one output component of the flow gave. */
export interface OutputItem {
  readonly componentId: string | null;
  readonly componentName: string | null;
  /** The text of a message, null for outputs that are no text. */
  readonly text: string | null;
  /** A data, table or other JSON output; null when there is only text. */
  readonly data: JsonValue;
}

export interface RunResult {
  /** The first text among the outputs; empty when the flow has none. */
  readonly text: string;
  readonly items: readonly OutputItem[];
  /** null when no model ran. Langflow already adds up the models upstream of an output. */
  readonly usage: TokenUsage | null;
  readonly sessionId: string;
}

export interface RunRequest {
  readonly inputValue: string;
  /**
   * Always given: without it Langflow uses the flow id, and then all callers of a flow share one chat memory.
   * It does the same, silently, when any field of the body has a wrong type.
   */
  readonly sessionId: string;
  /** `chat` by default. */
  readonly inputType?: 'chat' | 'text' | 'any';
  /** `chat` by default: outputs whose component id contains the word. `any` adds data and text outputs. */
  readonly outputType?: 'chat' | 'text' | 'any' | 'debug';
  readonly tweaks?: Readonly<Record<string, Readonly<Record<string, JsonValue>>>>;
  /** `X-LANGFLOW-GLOBAL-VAR-*`, made by `injectSecrets`. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** Per call: both optional, the client's own bounds hold anyway. */
export interface CallOptions {
  readonly signal?: AbortSignal;
  /** Deadline of this call in milliseconds; the client's `totalMs` otherwise. */
  readonly totalMs?: number;
}

/** What a flow is pushed as. `data` is Langflow's `{nodes, edges, viewport}`. */
export interface FlowPush {
  readonly name: string;
  readonly description?: string;
  readonly data: JsonObject;
  /** `^[A-Za-z0-9_-]+$`, unique per engine user: a clash is 409, kind `flow_refused`. */
  readonly endpointName?: string;
  readonly tags?: readonly string[];
}

/** The fields of Langflow's FlowRead that matter here. */
export interface EngineFlow {
  readonly id: string;
  /** May differ from the pushed one: Langflow appends ` (1)` when the user has another flow of that name. */
  readonly name: string;
  readonly description: string | null;
  readonly endpointName: string | null;
  /** null in lists. */
  readonly data: JsonObject | null;
  readonly updatedAt: string | null;
  /** Changes with every save; what the editor sends as `If-Match`. Absent in lists. */
  readonly versionToken: string | null;
}

export interface EngineApiKey {
  readonly id: string;
  /** Shown once. */
  readonly apiKey: string;
}

export interface EngineUser {
  readonly id: string;
  readonly username: string;
  readonly isActive: boolean;
  readonly isSuperuser: boolean;
}

export interface UploadedFile {
  readonly id: string;
  readonly name: string;
  /** What a tweak refers to: `{ "ChatInput-x": { "files": path } }` or `{ "File-x": { "path": [path] } }`. */
  readonly path: string;
  readonly sizeBytes: number;
}
