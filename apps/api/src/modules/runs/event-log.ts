import { setImmediate as endOfPacket } from 'node:timers/promises';
import { storable } from './storable';
import type { NewRunEvent, RunEvent } from './run-event';

/** Writes events; false when the run is not this process's any more. */
export type StoreEvents = (events: readonly RunEvent[]) => Promise<boolean>;

/**
 * The log of one run while it is executed. What gathers during one insert goes into the next, so that a fast model costs a
 * handful of statements a second and not one a token, and a slow database slows nothing but the readers.
 */
export class EventLog {
  private sequence = 0;
  private waiting: RunEvent[] = [];
  private writing: Promise<void> | null = null;

  /**
   * @param store called for one batch at a time, in order
   * @param onStored events may be sent from here on
   * @param onFailed the batch stays, and goes with the next one
   */
  constructor(
    private readonly store: StoreEvents,
    private readonly onStored: (events: readonly RunEvent[]) => void,
    private readonly onFailed: (error: unknown) => void,
  ) {}

  add(...events: readonly NewRunEvent[]): void {
    for (const { type, data } of events) {
      this.sequence += 1;
      this.waiting.push({ sequence: this.sequence, type, data: storable(data) });
    }
  }

  /** Begins to write what was added, together with what the engine's present packet still adds; returns at once. */
  flush(): void {
    if (this.writing === null && this.waiting.length > 0) this.writing = this.write();
  }

  /**
   * Waits for the insert under way and hands over what is left and `last`, to be written by the caller. Only then is `last`
   * added: an insert would take it along, and readers would see the end before it is recorded.
   */
  async close(last: NewRunEvent): Promise<readonly RunEvent[]> {
    while (this.writing !== null) await this.writing;
    this.add(last);
    const left = this.waiting;
    this.waiting = [];
    return left;
  }

  private async write(): Promise<void> {
    let batch: RunEvent[] = [];
    try {
      await endOfPacket();
      while (this.waiting.length > 0) {
        batch = this.waiting;
        this.waiting = [];
        if (!(await this.store(batch))) throw new EventsRefusedError();
        this.onStored(batch);
      }
    } catch (error) {
      // Kept for the next attempt, at the latest for the end of the run: a gap would be a lie.
      this.waiting = [...batch, ...this.waiting];
      this.onFailed(error);
    } finally {
      this.writing = null;
    }
  }
}

/** The run's row is not running at our attempt: another process or a deletion came in between. */
export class EventsRefusedError extends Error {
  constructor() {
    super('The run is not executed by this process any more.');
    this.name = 'EventsRefusedError';
  }
}
