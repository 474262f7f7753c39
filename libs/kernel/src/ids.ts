import { uuidv7 } from 'uuidv7';

/** A new id: UUIDv7, so that ids sort by creation and indexes grow at one end (RFC 9562 section 5.7). */
export function newId(): string {
  return uuidv7();
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i;

export function isUuid(value: string): boolean {
  return UUID.test(value);
}
