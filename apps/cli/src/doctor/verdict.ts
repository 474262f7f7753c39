/** `warning`: works, and somebody should know. `failed`: must not serve like this. */
export type Status = 'ok' | 'warning' | 'failed';

/** What the doctor found about one thing. Never a secret: neither keys nor addresses with passwords. */
export interface Verdict {
  readonly status: Status;
  readonly reason: string;
  /** What to do next; null when nothing is to be done. */
  readonly fix: string | null;
}

export const ok = (reason: string): Verdict => ({ status: 'ok', reason, fix: null });
export const warning = (reason: string, fix: string): Verdict => ({ status: 'warning', reason, fix });
export const failed = (reason: string, fix: string): Verdict => ({ status: 'failed', reason, fix });

/** One thing to look at. */
export interface Check {
  readonly name: string;
  /** May throw: what is thrown is the reason of a failure. */
  readonly examine: () => Verdict | Promise<Verdict>;
}

export interface Finding extends Verdict {
  readonly name: string;
}
