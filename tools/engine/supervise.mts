import { setTimeout as delay } from 'node:timers/promises';
import type { Engine } from './start-engine.mts';

/** What the supervisor says; the launcher turns it into lines and into the state file. */
export type EngineReport =
  | { readonly phase: 'starting'; readonly detail: string }
  | { readonly phase: 'ready'; readonly detail: string }
  | { readonly phase: 'failed'; readonly detail: string };

export interface Supervision {
  /** Starts the engine and waits until it is ready; rejects with the reason. */
  readonly start: () => Promise<Engine>;
  readonly onReport: (report: EngineReport) => void;
  readonly signal: AbortSignal;
  /** For tests. */
  readonly firstPauseMs?: number;
}

const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 30_000;
const TRIES = 5;
/** An engine that lasted so long was in order: the next failure is a new one. */
const STEADY_MS = 120_000;

/**
 * Keeps an engine running until the signal: after an end, or a start that failed, it waits (1 s, 2 s, 4 s …) and starts
 * again. Five failures in a row end it with the reason of the last one.
 * @returns when it was told to stop, or has given up
 */
export async function superviseEngine(supervision: Supervision): Promise<void> {
  const { start, onReport, signal } = supervision;
  let failures = 0;
  while (!signal.aborted) {
    onReport({
      phase: 'starting',
      detail: failures === 0 ? 'starting Langflow' : `starting Langflow again (${failures})`,
    });
    const { reason, lastedMs } = await runOnce(start, onReport, signal);
    if (signal.aborted) return;
    failures = lastedMs > STEADY_MS ? 1 : failures + 1;
    if (failures >= TRIES) {
      onReport({
        phase: 'failed',
        detail: `gave up after ${failures} attempts, the last one because ${reason}`,
      });
      return;
    }
    const pause = Math.min(
      (supervision.firstPauseMs ?? FIRST_PAUSE_MS) * 2 ** (failures - 1),
      LONGEST_PAUSE_MS,
    );
    onReport({ phase: 'starting', detail: `${reason}; next attempt in ${Math.ceil(pause / 1000)} s` });
    await delay(pause, undefined, { signal }).catch(() => undefined);
  }
}

async function runOnce(
  start: () => Promise<Engine>,
  onReport: (report: EngineReport) => void,
  signal: AbortSignal,
): Promise<{ reason: string; lastedMs: number }> {
  try {
    const engine = await start();
    const since = Date.now();
    onReport({ phase: 'ready', detail: 'Langflow is ready' });
    const stop = (): void => void engine.stop();
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
    const ending = await engine.ended;
    signal.removeEventListener('abort', stop);
    return { reason: `the engine ended (${ending})`, lastedMs: Date.now() - since };
  } catch (error) {
    return { reason: error instanceof Error ? error.message : String(error), lastedMs: 0 };
  }
}
