import type { JsonValue } from '@weir/kernel';
import type { OutputItem, TokenUsage } from '@weir/langflow-client';
import type { ExecutionMode } from '../engine/engine-run';
import type { StoredProblem } from './run-problem';
import type { EndState, RunState } from './run-state';

/** How the caller gets the result: in the answer, or as a stream of events. */
export const RUN_MODES = ['sync', 'stream'] as const;
export type RunMode = (typeof RUN_MODES)[number];

export interface RunOutput {
  readonly text: string;
  readonly items: readonly OutputItem[];
}

/** A row of a list: without what was said. */
export interface RunSummary {
  readonly id: string;
  readonly workflowId: string;
  readonly versionNumber: number;
  readonly conversationId: string | null;
  readonly mode: string;
  /** The key that started it; null when a person did. */
  readonly apiKeyId: string | null;
  readonly state: RunState;
  readonly executionMode: ExecutionMode;
  readonly problem: StoredProblem | null;
  readonly usage: TokenUsage | null;
  readonly engineMs: number | null;
  readonly createdAt: Date;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
}

export interface Run extends RunSummary {
  readonly attempt: number;
  readonly input: string;
  readonly output: RunOutput | null;
  readonly deadlineAt: Date;
}

export interface EndedRun extends Run {
  readonly state: EndState;
  readonly finishedAt: Date;
}

/** What a caller sends to start one. */
export interface RunInput {
  readonly input: string;
  readonly mode: RunMode;
  readonly conversationId: string | null;
  readonly tweaks: Readonly<Record<string, Readonly<Record<string, JsonValue>>>>;
}

/** Milliseconds from the start to the end; null while it is not over. */
export function durationOf({ startedAt, finishedAt }: Pick<Run, 'startedAt' | 'finishedAt'>): number | null {
  return startedAt === null || finishedAt === null ? null : finishedAt.getTime() - startedAt.getTime();
}
