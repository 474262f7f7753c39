import type { Binding } from '@weir/flow';
import type { JsonValue } from '@weir/kernel';
import type { BlockEvent, OutputItem, TokenEvent, TokenUsage, ToolEvent } from '@weir/langflow-client';

/** `simulated` marks every answer that no engine gave; it is only ever used when the configuration asks for it. */
export type ExecutionMode = 'engine' | 'simulated';

/** Values of fields by node id, as a client sends them; secrets are added below this layer. */
export type Tweaks = Readonly<Record<string, Readonly<Record<string, JsonValue>>>>;

/** One execution of one version, as runs ask for it. */
export interface EngineRunRequest {
  readonly workflowId: string;
  readonly versionNumber: number;
  /** The flow in the engine, when it was just seen to hold this version; else it is looked up, and pushed if need be. */
  readonly readyFlowId: string | null;
  /** Langflow's chat memory is kept under it: a conversation's id, or the run's own id. Never shared between people. */
  readonly sessionId: string;
  readonly input: string;
  /** Which inputs of the flow take it; `chat` by default. `text` for flows that have text inputs and no chat input. */
  readonly inputType?: 'chat' | 'text';
  readonly tweaks: Tweaks;
  readonly bindings: readonly Binding[];
  /** Values of every secret that the bindings name, in plain. They end with this request. */
  readonly secretValues: ReadonlyMap<string, string>;
  /** Milliseconds that the engine may take in total. */
  readonly timeoutMs: number;
  /** Aborting closes the connection to the engine at once. */
  readonly signal: AbortSignal;
}

/** What came back. Everything in it has passed the redactor for the run's secret values. */
export interface EngineAnswer {
  readonly text: string;
  readonly items: readonly OutputItem[];
  /** Null when no model ran. */
  readonly usage: TokenUsage | null;
  readonly executionMode: ExecutionMode;
  /** Milliseconds from sending to the last byte. */
  readonly engineMs: number;
}

/** A streamed run: first `started`, then parts, then exactly one `answer`; a failure is thrown. All redacted. */
export type EngineRunEvent =
  | { readonly type: 'started'; readonly executionMode: ExecutionMode }
  | TokenEvent
  | ToolEvent
  | BlockEvent
  | { readonly type: 'answer'; readonly answer: EngineAnswer };
