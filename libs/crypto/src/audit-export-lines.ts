import { isJsonObject, isUuid, type JsonObject } from '@weir/kernel';
import { AUDIT_EXPORT_FORMAT } from './audit-chain';
import { ED25519_KEY_BYTES } from './audit-signer';
import { decodeBase64Strictly } from './bytes';

export interface AuditExportHeader {
  readonly organizationId: string;
  /** Number of the first event. */
  readonly from: number;
  /** The hash that the first event continues. */
  readonly previousHash: Buffer;
  /** Of the signature in the last line. */
  readonly publicKey: Buffer;
}

/** A place of the chain that somebody signed. */
export interface SignedPlace {
  readonly sequence: number;
  readonly hash: Buffer;
  readonly signature: Buffer;
  readonly signedAt: string;
}

export interface CheckpointLine extends SignedPlace {
  readonly publicKey: Buffer;
  readonly keyId: string;
}

export interface EndLine extends SignedPlace {
  readonly count: number;
}

/** @returns null when the bytes are no JSON object in UTF-8 */
export function readJson(bytes: Buffer): JsonObject | null {
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'));
    return isJsonObject(value) ? value : null;
  } catch {
    return null;
  }
}

/** @returns null when it is not the first line of an export */
export function readHeader(value: JsonObject): AuditExportHeader | null {
  const { format, from, organizationId } = value;
  if (!hasMembers(value, 5)) return null;
  const previousHash = hashOf(value['previousHash']);
  const publicKey = bytesOf(value['publicKey'], ED25519_KEY_BYTES);
  if (format !== AUDIT_EXPORT_FORMAT || typeof organizationId !== 'string' || !isUuid(organizationId))
    return null;
  if (!isSequence(from) || from < 1 || previousHash === null || publicKey === null) return null;
  return { organizationId, from, previousHash, publicKey };
}

export function readCheckpoint(line: JsonObject): CheckpointLine | null {
  const { checkpoint } = line;
  if (!isJsonObject(checkpoint) || !hasMembers(line, 1) || !hasMembers(checkpoint, 6)) return null;
  const place = readPlace(checkpoint, checkpoint['signedAt']);
  const publicKey = bytesOf(checkpoint['publicKey'], ED25519_KEY_BYTES);
  const { keyId } = checkpoint;
  return place === null || publicKey === null || typeof keyId !== 'string'
    ? null
    : { ...place, publicKey, keyId };
}

export function readEnd(line: JsonObject): EndLine | null {
  const { end } = line;
  if (!isJsonObject(end) || !hasMembers(line, 1) || !hasMembers(end, 5)) return null;
  const place = readPlace(end, end['exportedAt']);
  const { count } = end;
  return place === null || !isSequence(count) ? null : { ...place, count };
}

function readPlace(value: JsonObject, signedAt: unknown): SignedPlace | null {
  const { sequence } = value;
  const hash = hashOf(value['hash']);
  const signature = bytesOf(value['signature'], 2 * ED25519_KEY_BYTES);
  if (!isSequence(sequence) || hash === null || signature === null || typeof signedAt !== 'string')
    return null;
  return { sequence, hash, signature, signedAt };
}

/** A member that nobody signed has no place in a line. */
function hasMembers(value: JsonObject, count: number): boolean {
  return Object.keys(value).length === count;
}

function isSequence(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

function hashOf(value: unknown): Buffer | null {
  return typeof value === 'string' && /^[0-9a-f]{64}$/.test(value) ? Buffer.from(value, 'hex') : null;
}

function bytesOf(value: unknown, length: number): Buffer | null {
  const bytes = typeof value === 'string' ? decodeBase64Strictly(value) : null;
  // Padding may be left out of base64, but an export never does.
  return bytes?.length === length && bytes.toString('base64') === value ? bytes : null;
}
