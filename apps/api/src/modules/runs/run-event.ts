/** What a stream tells, in the words of docs/architecture.md. `done` or `error` is the last one, always. */
export const RUN_EVENT_TYPES = [
  'session_start',
  'text_delta',
  'text_complete',
  'thinking_delta',
  'tool_call_start',
  'tool_call_end',
  'content_block_start',
  'content_block_end',
  'error',
  'done',
] as const;
export type RunEventType = (typeof RUN_EVENT_TYPES)[number];

export interface NewRunEvent {
  readonly type: RunEventType;
  readonly data: object;
}

/** Stored, and therefore sent, once: `sequence` counts from 1 without gaps and is the `id:` of the stream. */
export interface RunEvent extends NewRunEvent {
  readonly sequence: number;
}

export function isLast({ type }: NewRunEvent): boolean {
  return type === 'done' || type === 'error';
}
