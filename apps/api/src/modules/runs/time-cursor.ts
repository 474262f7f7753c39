import { decodeCursor, invalidInput } from '@weir/kernel';

export interface TimePlace {
  readonly at: Date;
  readonly id: string;
}

/**
 * The place that a cursor of a list sorted by time names. Years that JavaScript and Postgres both know: a tampered one
 * must not become an error of the database (R48).
 */
export function decodeTimeCursor(cursor: string): TimePlace {
  const { sort, id } = decodeCursor(cursor);
  const at = new Date(sort);
  if (/^[12]\d{3}-/.test(sort) && !Number.isNaN(at.getTime())) return { at, id };
  throw invalidInput('The cursor is not one that this list returned. Start again without it.', [
    { pointer: 'query/cursor', detail: 'is not a cursor of this list' },
  ]);
}
