import fc from 'fast-check';
import { LineTooLongError, LONGEST_LINE, readLines } from './read-lines';

async function* chunksOf(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size);
}

async function linesOf(chunks: AsyncIterable<Buffer>): Promise<string[]> {
  const lines: string[] = [];
  for await (const batch of readLines(chunks)) lines.push(...batch.map((line) => line.toString('utf8')));
  return lines;
}

describe('readLines', () => {
  it('gives the same lines wherever the chunks are cut', async () => {
    const line = fc.string({ unit: 'grapheme' }).map((text) => text.replaceAll('\n', '\u2028'));
    await fc.assert(
      fc.asyncProperty(fc.array(line), fc.integer({ min: 1, max: 20 }), async (lines, size) => {
        const bytes = Buffer.from(lines.map((text) => `${text}\n`).join(''));
        expect(await linesOf(chunksOf(bytes, size))).toEqual(lines);
      }),
    );
  });

  it('gives the last line although its break is missing', async () => {
    expect(await linesOf(chunksOf(Buffer.from('a\r\n\nb'), 2))).toEqual(['a\r', '', 'b']);
  });

  it('does not collect a line without end', async () => {
    const chunk = Buffer.alloc(LONGEST_LINE / 4, 'x');
    async function* endless() {
      for (;;) yield chunk;
    }
    await expect(linesOf(endless())).rejects.toThrow(LineTooLongError);
  });
});
