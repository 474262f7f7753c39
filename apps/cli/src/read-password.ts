import { UsageError } from './exit-codes';

/** Far above what a password may be; only bounds what is read. */
const MAX_BYTES = 10_000;

/** What came through the pipe, without the line break at its end. An argument would be seen in the list of processes. */
export async function readPassword(input: AsyncIterable<Buffer | string>): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of input) {
    const part = Buffer.from(chunk);
    chunks.push(part);
    bytes += part.length;
    if (bytes > MAX_BYTES) throw new UsageError('--password-stdin got more than a password');
  }
  // Decoded as a whole: a character may have come in two pieces.
  const password = Buffer.concat(chunks)
    .toString('utf8')
    .replace(/\r?\n$/, '');
  if (password === '') {
    throw new UsageError(
      `--password-stdin got nothing: pipe the password in, as in: printf '%s' "$PASSWORD" | weir user add …`,
    );
  }
  return password;
}
