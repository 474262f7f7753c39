import { readObjects } from './object-stream';

async function* from(...chunks: Buffer[]): AsyncGenerator<Buffer> {
  for (const chunk of chunks) yield chunk;
}

async function read(chunks: AsyncIterable<Buffer>, limit = 1_000): Promise<unknown[]> {
  const objects: unknown[] = [];
  for await (const object of readObjects(chunks, limit)) objects.push(object);
  return objects;
}

const stream = Buffer.from('{"event":"token","data":{"chunk":"grüß 😀\\n\\n"}}\n\n{"event":"end"}\n\n');
const expected = [{ event: 'token', data: { chunk: 'grüß 😀\n\n' } }, { event: 'end' }];

describe('readObjects', () => {
  it('finds the objects wherever the chunks are cut, also inside a character', async () => {
    for (let cut = 0; cut <= stream.length; cut++) {
      expect(await read(from(stream.subarray(0, cut), stream.subarray(cut)))).toEqual(expected);
    }
    expect(await read(from(...[...stream].map((byte) => Buffer.from([byte]))))).toEqual(expected);
  });

  it('does not need a blank line at the end', async () => {
    expect(await read(from(Buffer.from('{"a":1}\r\n\r\n{"b":2}')))).toEqual([{ a: 1 }, { b: 2 }]);
  });

  it.each([
    ['text', 'Internal Server Error\n'],
    ['a cut-off object', '{"event":"tok'],
    ['a list', '[1]\n'],
  ])('refuses %s as protocol', async (_, text) => {
    await expect(read(from(Buffer.from(text)))).rejects.toMatchObject({ kind: 'protocol' });
  });

  it('stops at an object that is too large, in one chunk or growing (R59)', async () => {
    const large = Buffer.from(`{"a":"${'x'.repeat(2_000)}"}\n\n`);
    await expect(read(from(large))).rejects.toMatchObject({ kind: 'too_large' });
    const pieces = Array.from({ length: 20 }, () => Buffer.from('x'.repeat(100)));
    await expect(read(from(Buffer.from('{"a":"'), ...pieces))).rejects.toMatchObject({ kind: 'too_large' });
  });
});
