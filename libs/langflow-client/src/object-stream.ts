import type { JsonObject } from '@weir/kernel';
import { isJsonObject } from '@weir/kernel';
import { EngineError } from './engine-error';
import { tryParseJson } from './json-reader';

const LINE_FEED = 0x0a;

/**
 * Cuts Langflow's stream into its objects. The content type says `text/event-stream`, but there is no SSE framing: each
 * event is one line of JSON followed by a blank line. Works on bytes, so a character split between two chunks is safe.
 *
 * @param maxObjectBytes longest line that is kept in memory
 * @throws EngineError `too_large` for a longer line, `protocol` for a line that is no JSON object (also for a cut-off last one)
 */
export async function* readObjects(
  chunks: AsyncIterable<Buffer>,
  maxObjectBytes: number,
): AsyncGenerator<JsonObject, void, undefined> {
  let pending: Buffer[] = [];
  let pendingBytes = 0;

  for await (const chunk of chunks) {
    let start = 0;
    let end = chunk.indexOf(LINE_FEED);
    while (end !== -1) {
      pending.push(chunk.subarray(start, end));
      const object = parseLine(pending, maxObjectBytes);
      if (object !== null) yield object;
      pending = [];
      pendingBytes = 0;
      start = end + 1;
      end = chunk.indexOf(LINE_FEED, start);
    }
    pending.push(chunk.subarray(start));
    pendingBytes += chunk.length - start;
    if (pendingBytes > maxObjectBytes) throw new EngineError('too_large');
  }

  const last = parseLine(pending, maxObjectBytes);
  if (last !== null) yield last;
}

function parseLine(parts: readonly Buffer[], maxObjectBytes: number): JsonObject | null {
  const line = Buffer.concat(parts);
  if (line.length > maxObjectBytes) throw new EngineError('too_large');
  const text = line.toString('utf8').trim();
  if (text === '') return null;
  const value = tryParseJson(text);
  if (!isJsonObject(value)) throw new EngineError('protocol', { providerMessage: text.slice(0, 200) });
  return value;
}
