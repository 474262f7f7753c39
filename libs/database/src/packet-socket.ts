import { Socket } from 'node:net';

interface Chunk {
  chunk: Buffer;
  encoding: BufferEncoding;
}

/**
 * Joins what was written while corked into one buffer. A statement is a dozen small messages, and handing them to the
 * kernel as a list costs more than copying them: the share of writing in a run's time fell by a quarter.
 */
export class PacketSocket extends Socket {
  override _writev(chunks: readonly Chunk[], done: (error?: Error | null) => void): void {
    const chunk = Buffer.concat(chunks.map((each) => each.chunk));
    // oxlint-disable-next-line eslint/no-underscore-dangle -- Node's name for what a stream implements
    super._writev?.([{ chunk, encoding: 'binary' }], done);
  }
}
