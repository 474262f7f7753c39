import type { RunEvent } from './run-event';

/** A run that is told as it goes. Becomes server-sent events at the edge. */
export class RunStream {
  constructor(
    readonly runId: string,
    readonly events: AsyncIterable<RunEvent>,
  ) {}
}
