import { isUuid } from './ids';
import { invalidInput, type AppError } from './app-error';

/** What a list method takes: at most `limit` rows after the cursor. */
export interface PageRequest {
  readonly limit: number;
  readonly cursor?: string | undefined;
}

export interface Page<T> {
  readonly data: readonly T[];
  /** Pass it back as `cursor` for the next page; null on the last one. */
  readonly nextCursor: string | null;
}

/** The place of a row in a list: its sort value and, to break ties, its id. */
export interface Keyset {
  readonly sort: string;
  readonly id: string;
}

/**
 * Cursors are opaque to clients but hold nothing worth forging: the query still filters by the actor, so a tampered one
 * can only move within the reader's own list.
 */
export function encodeCursor(keyset: Keyset): string {
  return Buffer.from(JSON.stringify([keyset.sort, keyset.id])).toString('base64url');
}

/** @throws AppError 422 `validation_failed` when the cursor was not made by {@link encodeCursor}. */
export function decodeCursor(cursor: string): Keyset {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    if (Array.isArray(parsed) && parsed.length === 2) {
      const [sort, id]: unknown[] = parsed;
      if (typeof sort === 'string' && typeof id === 'string' && isUuid(id)) return { sort, id };
    }
  } catch {
    // Not base64url of JSON: falls through to the one answer for every bad cursor.
  }
  throw foreignCursor();
}

/** The place of a row in a list sorted by time. */
export interface TimePlace {
  readonly at: Date;
  readonly id: string;
}

/**
 * The place that a cursor of a list sorted by time names. Years that JavaScript and Postgres both know: a tampered one
 * must not become an error of the database (R48).
 * @throws AppError 422 `validation_failed`
 */
export function decodeTimeCursor(cursor: string): TimePlace {
  const { sort, id } = decodeCursor(cursor);
  const at = new Date(sort);
  if (/^[12]\d{3}-/.test(sort) && !Number.isNaN(at.getTime())) return { at, id };
  throw foreignCursor();
}

/** The one answer for every cursor that a list cannot have made. */
export function foreignCursor(): AppError {
  return invalidInput('The cursor is not one that this list returned. Start again without it.', [
    { pointer: 'query/cursor', detail: 'is not a cursor of this list' },
  ]);
}

/**
 * Makes a page from `limit + 1` rows: the extra row only tells that there is more.
 * @param keysetOf how the list is sorted
 */
export function toPage<T>(rows: readonly T[], limit: number, keysetOf: (row: T) => Keyset): Page<T> {
  const data = rows.slice(0, limit);
  const last = data.at(-1);
  const nextCursor = rows.length > limit && last !== undefined ? encodeCursor(keysetOf(last)) : null;
  return { data, nextCursor };
}
