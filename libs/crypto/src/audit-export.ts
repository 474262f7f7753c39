import {
  AUDIT_EXPORT_FORMAT,
  canonicalJson,
  checkpointStatement,
  exportStatement,
  toHex,
  type ChainPlace,
} from './audit-chain';
import type { AuditSigner } from './audit-signer';

/** A stored checkpoint: the place that it vouches for, and by which key. */
export interface AuditCheckpoint extends ChainPlace {
  readonly publicKey: Uint8Array;
  readonly keyId: string;
  readonly signature: Uint8Array;
  readonly signedAt: Date;
}

/** The front of an event's line; everything up to the tail is what was hashed. */
export const EVENT_LINE_HEAD = '{"event":';
export const EVENT_LINE_TAIL = ',"hash":"';

/**
 * @param before the place in front of the first event: the hash that it continues
 * @param publicKey of the signature in the last line
 */
export function exportHeaderLine(before: ChainPlace, publicKey: Uint8Array): string {
  return canonicalJson({
    format: AUDIT_EXPORT_FORMAT,
    from: before.sequence + 1,
    organizationId: before.organizationId,
    previousHash: toHex(before.hash),
    publicKey: toBase64(publicKey),
  });
}

/** The canonical event stands in it byte by byte, so that whoever verifies it need not write canonical JSON. */
export function exportEventLine(canonical: string, hash: Uint8Array): string {
  return `${EVENT_LINE_HEAD}${canonical}${EVENT_LINE_TAIL}${toHex(hash)}"}`;
}

export function exportCheckpointLine(checkpoint: AuditCheckpoint): string {
  const { sequence, hash, publicKey, keyId, signature, signedAt } = checkpoint;
  return canonicalJson({
    checkpoint: {
      hash: toHex(hash),
      keyId,
      publicKey: toBase64(publicKey),
      sequence,
      signature: toBase64(signature),
      signedAt: signedAt.toISOString(),
    },
  });
}

/** The last line: signed, so that an export cannot be cut and given a new end. */
export function exportEndLine(signer: AuditSigner, from: number, end: ChainPlace, exportedAt: Date): string {
  const at = exportedAt.toISOString();
  return canonicalJson({
    end: {
      count: end.sequence - from + 1,
      exportedAt: at,
      hash: toHex(end.hash),
      sequence: end.sequence,
      signature: toBase64(signer.sign(exportStatement(from, end, at))),
    },
  });
}

/** Signs how far a chain went. */
export function signCheckpoint(signer: AuditSigner, place: ChainPlace, signedAt: Date): AuditCheckpoint {
  const { publicKey, keyId } = signer;
  const signature = signer.sign(checkpointStatement(place, signedAt.toISOString()));
  return { ...place, publicKey, keyId, signature, signedAt };
}

function toBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}
