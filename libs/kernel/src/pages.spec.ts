import { AppError } from './app-error';
import { newId } from './ids';
import { decodeCursor, encodeCursor, toPage } from './pages';

describe('cursors', () => {
  it('come back as they were made', () => {
    const keyset = { sort: '2026-01-01T00:00:00.000Z', id: newId() };
    expect(decodeCursor(encodeCursor(keyset))).toEqual(keyset);
  });

  it.each(['', 'x', 'W10', Buffer.from('["a","not-an-id"]').toString('base64url'), '%00'])(
    'that were tampered with are refused: %p (R48)',
    (cursor) => {
      expect(() => decodeCursor(cursor)).toThrow(AppError);
    },
  );
});

describe('toPage', () => {
  const rows = [1, 2, 3].map((n) => ({ sort: String(n), id: newId() }));

  it('gives a cursor only when there is more', () => {
    expect(toPage(rows, 3, (row) => row).nextCursor).toBeNull();
    const page = toPage(rows, 2, (row) => row);
    expect(page.data).toHaveLength(2);
    expect(decodeCursor(page.nextCursor ?? '')).toEqual(rows[1]);
  });
});
