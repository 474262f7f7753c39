import type { Actor } from '@weir/kernel';
import type { RunEvent } from './run-event';
import type { Run } from './run';

/** Why this process stops a run before its engine answers. */
export type StopReason = 'cancelled' | 'deadline' | 'shutdown' | 'lost';

/** Events of a run that stay in memory for its readers; who falls further behind reads from the database. */
const RECENT_EVENTS = 1_000;

/** A run that this process executes: how to stop it, and how to follow it without asking the database. */
export class LiveRun {
  /** The run as it ended. Never rejects. */
  readonly ended: Promise<Run>;
  /** Resolves when the beginning of the run is stored; stays open when it fails before. */
  readonly begun: Promise<'begun'>;
  private readonly stopping = new AbortController();
  private reason: StopReason | null = null;
  private readonly recent: RunEvent[] = [];
  private waiting: (() => void)[] = [];
  private readonly end: PromiseWithResolvers<Run> = Promise.withResolvers();
  private readonly beginning: PromiseWithResolvers<'begun'> = Promise.withResolvers();

  constructor(
    readonly actor: Actor,
    readonly run: Run,
  ) {
    this.ended = this.end.promise;
    this.begun = this.beginning.promise;
  }

  get id(): string {
    return this.run.id;
  }

  get attempt(): number {
    return this.run.attempt;
  }

  /** Aborted as soon as the run has to stop; the reason is a {@link StopReason}. */
  get signal(): AbortSignal {
    return this.stopping.signal;
  }

  get stopReason(): StopReason | null {
    return this.reason;
  }

  /** The first reason counts. */
  stop(reason: StopReason): void {
    this.reason ??= reason;
    this.stopping.abort(reason);
  }

  /** Call when the events are stored, never before. */
  publish(events: readonly RunEvent[]): void {
    this.recent.push(...events);
    this.recent.splice(0, Math.max(0, this.recent.length - RECENT_EVENTS));
    if (events[0]?.type === 'session_start') this.beginning.resolve('begun');
    this.wake();
  }

  finish(run: Run): void {
    this.end.resolve(run);
    this.wake();
  }

  /** Published events behind `sequence`; null when the first of them is in the database only. */
  eventsAfter(sequence: number): readonly RunEvent[] | null {
    const oldest = this.recent[0]?.sequence ?? 1;
    return sequence + 1 < oldest ? null : this.recent.slice(sequence + 1 - oldest);
  }

  /** Resolves at the next publication or at the end. */
  changed(): Promise<void> {
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  private wake(): void {
    const waiting = this.waiting;
    this.waiting = [];
    for (const resolve of waiting) resolve();
  }
}
