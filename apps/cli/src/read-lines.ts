const LINE_FEED = 10;
/** Far beyond the longest event; a file without a line break must not fill the memory. */
export const LONGEST_LINE = 16 * 1024 * 1024;

export class LineTooLongError extends Error {
  constructor() {
    super(`A line is longer than ${LONGEST_LINE} bytes.`);
    this.name = 'LineTooLongError';
  }
}

/**
 * The lines of a stream as the bytes that they are, a chunk's worth at a time: a line at a time would cost a promise each,
 * and text would hide bytes that are no UTF-8. Only `\n` ends a line.
 * @throws LineTooLongError
 */
export async function* readLines(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer[]> {
  let rest: Buffer[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    const lines: Buffer[] = [];
    let start = 0;
    for (let end = chunk.indexOf(LINE_FEED); end >= 0; end = chunk.indexOf(LINE_FEED, start)) {
      const piece = chunk.subarray(start, end);
      lines.push(rest.length === 0 ? piece : Buffer.concat([...rest, piece]));
      rest = [];
      length = 0;
      start = end + 1;
    }
    if (lines.length > 0) yield lines;
    if (start === chunk.length) continue;
    rest.push(chunk.subarray(start));
    length += chunk.length - start;
    if (length > LONGEST_LINE) throw new LineTooLongError();
  }
  if (rest.length > 0) yield [Buffer.concat(rest)];
}
