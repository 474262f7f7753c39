import { Injectable } from '@nestjs/common';
import type { LiveRun, StopReason } from './live-run';
import { shuttingDown } from './runs.errors';

/** The runs that this process executes. */
@Injectable()
export class ActiveRuns {
  private readonly runs = new Map<string, LiveRun>();
  private readonly work = new Set<Promise<unknown>>();
  private readonly closing = new AbortController();
  private stopping = false;
  private graceIsOver = false;

  /** Aborted when the process has ended all its runs: readers of other processes' runs have to let go as well. */
  get closed(): AbortSignal {
    return this.closing.signal;
  }

  get size(): number {
    return this.runs.size;
  }

  find(id: string): LiveRun | null {
    return this.runs.get(id) ?? null;
  }

  list(): readonly LiveRun[] {
    return [...this.runs.values()];
  }

  add(live: LiveRun): void {
    this.runs.set(live.id, live);
    if (this.graceIsOver) live.stop('shutdown');
    void live.ended.then(() => this.runs.delete(live.id));
  }

  /**
   * Work that the stop of the process waits for: starting a run, executing it.
   * @throws AppError 503 `shutting_down`
   */
  admit<T>(work: () => Promise<T>): Promise<T> {
    if (this.stopping) return Promise.reject(shuttingDown());
    return this.track(work());
  }

  track<T>(work: Promise<T>): Promise<T> {
    const forget = (): void => void this.work.delete(work);
    this.work.add(work);
    work.then(forget, forget);
    return work;
  }

  stop(id: string, reason: StopReason): void {
    this.runs.get(id)?.stop(reason);
  }

  /** No new runs; those under way may end by themselves for `graceMs`, and are stopped then. */
  async drain(graceMs: number): Promise<void> {
    this.stopping = true;
    const timer = setTimeout(() => this.stopAll(), graceMs);
    while (this.work.size > 0) await Promise.allSettled(this.work);
    clearTimeout(timer);
    this.closing.abort();
  }

  private stopAll(): void {
    this.graceIsOver = true;
    for (const live of this.runs.values()) live.stop('shutdown');
  }
}
