import { createHash } from 'node:crypto';
import type { JsonObject, JsonValue } from '@weir/kernel';

/** The first bytes of every chain; another one for every way in which events could be written down. */
const CHAIN_FORMAT = 'weir-audit-v1';
export const AUDIT_EXPORT_FORMAT = 'weir-audit-export-v1';
const CHECKPOINT_FORMAT = 'weir-audit-checkpoint-v1';

/** An event as it is sealed: every column of its row, and its number. What is not in here, nothing proves. */
export interface SealedAuditEvent {
  readonly organizationId: string;
  readonly sequence: number;
  readonly id: string;
  readonly userId: string;
  readonly onBehalfOf: string | null;
  readonly via: string;
  readonly action: string;
  readonly objectType: string;
  readonly objectId: string | null;
  readonly changes: JsonObject;
  readonly ip: string | null;
  readonly requestId: string;
  readonly createdAt: Date;
}

/** How far a chain went: its last number and the hash over everything up to it. */
export interface ChainPlace {
  readonly organizationId: string;
  readonly sequence: number;
  readonly hash: Uint8Array;
}

/**
 * JSON in the one form that RFC 8785 knows for it: members sorted by their UTF-16 code units, no spaces. Two programs that
 * hold the same value write the same bytes.
 */
export function canonicalJson(value: JsonValue): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value)
    .toSorted(([left], [right]) => compareCodeUnits(left, right))
    .map(([name, inner]) => `${JSON.stringify(name)}:${canonicalJson(inner)}`);
  return `{${members.join(',')}}`;
}

function compareCodeUnits(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

/** What is hashed of an event. Names every column by hand: one that is added later needs another format. */
export function canonicalEvent(event: SealedAuditEvent): string {
  return canonicalJson({
    action: event.action,
    changes: event.changes,
    createdAt: event.createdAt.toISOString(),
    id: event.id,
    ip: event.ip,
    objectId: event.objectId,
    objectType: event.objectType,
    onBehalfOf: event.onBehalfOf,
    organizationId: event.organizationId,
    requestId: event.requestId,
    sequence: event.sequence,
    userId: event.userId,
    via: event.via,
  });
}

/** The hash before the first event: no chain of one organization can be passed off as another's. */
export function genesisHash(organizationId: string): Buffer {
  return createHash('sha256').update(CHAIN_FORMAT).update(organizationId).digest();
}

/** @param canonical {@link canonicalEvent}, or its bytes */
export function nextHash(previous: Uint8Array, canonical: string | Uint8Array): Buffer {
  return createHash('sha256').update(previous).update(canonical).digest();
}

/** What a checkpoint signs. */
export function checkpointStatement(place: ChainPlace, signedAt: string): string {
  return [CHECKPOINT_FORMAT, place.organizationId, place.sequence, toHex(place.hash), signedAt].join('|');
}

/** What the last line of an export signs: that this is all there was, from one number to another. */
export function exportStatement(from: number, end: ChainPlace, exportedAt: string): string {
  return [AUDIT_EXPORT_FORMAT, end.organizationId, from, end.sequence, toHex(end.hash), exportedAt].join('|');
}

export function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');
}
