/** The part of a response that tells how far its reader is. */
export interface Outlet {
  readonly writableNeedDrain: boolean;
  readonly writableLength: number;
  readonly destroyed: boolean;
  once(event: 'close', listener: () => void): unknown;
  destroy(): unknown;
}

/** Breaks a connection whose reader took nothing during a whole period although something waits for it. */
export function dropWhenStalled(outlet: Outlet, periodMs: number): void {
  let waiting: number | null = null;
  const timer = setInterval(() => {
    const now = outlet.writableNeedDrain ? outlet.writableLength : null;
    if (now !== null && now === waiting) outlet.destroy();
    waiting = now;
  }, periodMs);
  timer.unref();
  outlet.once('close', () => clearInterval(timer));
}
