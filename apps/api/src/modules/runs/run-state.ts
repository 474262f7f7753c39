export const RUN_STATES = [
  'queued',
  'running',
  'succeeded',
  'failed',
  'cancelled',
  'timed_out',
  'lost',
  'expired',
] as const;
export type RunState = (typeof RUN_STATES)[number];

/** Every allowed step. What has no next state is terminal, and stays as it is for ever (F61). */
const NEXT = {
  queued: ['running', 'cancelled', 'expired'],
  running: ['succeeded', 'failed', 'cancelled', 'timed_out', 'lost'],
  succeeded: [],
  failed: [],
  cancelled: [],
  timed_out: [],
  lost: [],
  expired: [],
} as const satisfies Record<RunState, readonly RunState[]>;

/** The states in which a run that began can end. */
export type EndState = (typeof NEXT)['running'][number];

export function mayMove(from: RunState, to: RunState): boolean {
  const next: readonly RunState[] = NEXT[from];
  return next.includes(to);
}

export function isTerminal(state: RunState): boolean {
  return NEXT[state].length === 0;
}
