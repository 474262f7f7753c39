import { atMost } from './at-most';
import type { RunEvent } from './run-event';

/** Milliseconds after which a client that lost its connection should come back. */
const RETRY_MS = 2_000;

/**
 * Events as text/event-stream (HTML standard, section 9.2). The first chunk goes out at once, so that the answer begins
 * before there is anything to tell; a comment keeps proxies from closing a connection on which nothing happens.
 */
export async function* toServerSentEvents(
  events: AsyncIterable<RunEvent>,
  heartbeatMs: number,
): AsyncGenerator<string> {
  yield `retry: ${RETRY_MS}\n\n`;
  const iterator = events[Symbol.asyncIterator]();
  try {
    let next = iterator.next();
    for (;;) {
      const step = await atMost(heartbeatMs, next);
      if (step === null) {
        yield ': still here\n\n';
        continue;
      }
      if (step.done === true) return;
      yield format(step.value);
      next = iterator.next();
    }
  } finally {
    // Not awaited: a reader that waits for its next event lets go when that comes, at the latest with its next poll.
    void iterator.return?.();
  }
}

/** JSON has no line breaks of its own, so that one `data:` line is enough. */
function format({ sequence, type, data }: RunEvent): string {
  return `id: ${sequence}\nevent: ${type}\ndata: ${JSON.stringify(data)}\n\n`;
}
