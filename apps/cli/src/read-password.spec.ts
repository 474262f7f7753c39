import { Readable } from 'node:stream';
import { UsageError } from './exit-codes';
import { readPassword } from './read-password';

const from = (...chunks: readonly (string | Buffer)[]) => readPassword(Readable.from(chunks));

describe('readPassword', () => {
  it.each([
    [['a quiet ', 'river\n'], 'a quiet river'],
    [['with blanks at the end  \r\n'], 'with blanks at the end  '],
    [['without a line break'], 'without a line break'],
    [['two\n\n'], 'two\n'],
  ])('reads %j', async (chunks, password) => {
    await expect(from(...chunks)).resolves.toBe(password);
  });

  it('reads characters that come in pieces', async () => {
    const bytes = Buffer.from('Grüße');
    await expect(from(bytes.subarray(0, 3), bytes.subarray(3))).resolves.toBe('Grüße');
  });

  it('refuses nothing, and more than a password', async () => {
    await expect(from('\n')).rejects.toThrow(UsageError);
    await expect(from('x'.repeat(10_001))).rejects.toThrow(UsageError);
  });
});
