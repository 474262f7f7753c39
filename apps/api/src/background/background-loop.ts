import type { Logger } from '@weir/logging';

export interface LoopDefinition {
  /** For logs and metrics, e.g. `engine-copies`. */
  readonly name: string;
  /** Pause after each turn, in milliseconds; varied by a fifth either way so that replicas spread out. */
  readonly everyMs: number;
  /**
   * One turn. Answer true when there is more to do: the next turn then follows at once.
   * Aborted when the process stops: finish what is under way, begin nothing new.
   */
  readonly work: (signal: AbortSignal) => Promise<boolean>;
}

const JITTER = 0.2;

/**
 * Repeats work in the background. A turn begins only when the one before has ended, so a loop never overlaps itself; a
 * turn that fails is logged and counted, and the next one comes after the usual pause.
 */
export class BackgroundLoop {
  readonly name: string;
  /** Turns that threw, since the start. */
  failures = 0;
  private readonly stopping = new AbortController();
  private timer: NodeJS.Timeout | null = null;
  private turn: Promise<void> | null = null;
  private wanted = false;

  constructor(
    private readonly definition: LoopDefinition,
    private readonly logger: Logger,
  ) {
    this.name = definition.name;
  }

  /** Begins the first turn, and the next one at once when there is work that cannot wait for the pause. */
  wake(): void {
    if (this.stopping.signal.aborted) return;
    if (this.turn !== null) {
      this.wanted = true;
      return;
    }
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    this.turn = this.takeTurn().then((again) => this.schedule(again));
  }

  /** No further turn begins; resolves when the one under way has ended. */
  async stop(): Promise<void> {
    this.stopping.abort();
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    await this.turn;
  }

  private async takeTurn(): Promise<boolean> {
    try {
      return await this.definition.work(this.stopping.signal);
    } catch (error) {
      this.failures += 1;
      this.logger.error({ event: 'background.failed', loop: this.name, err: error });
      return false;
    }
  }

  private schedule(again: boolean): void {
    this.turn = null;
    if (this.stopping.signal.aborted) return;
    const soon = again || this.wanted;
    this.wanted = false;
    const pause = this.definition.everyMs * (1 - JITTER + 2 * JITTER * Math.random());
    this.timer = setTimeout(() => this.wake(), soon ? 0 : pause);
    // A loop alone must not keep a process alive that has nothing else to do.
    this.timer.unref();
  }
}
