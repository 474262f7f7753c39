import { createReadStream, existsSync, readFileSync } from 'node:fs';
import { AuditExportVerifier, parseAuditPublicKey, type AuditVerdict } from '@weir/crypto';
import { EXIT, UsageError, type ExitCode } from '../exit-codes';
import type { Output } from '../output';
import { LineTooLongError, readLines } from '../read-lines';

export interface AuditVerifyOptions {
  /** Files, or base64. */
  readonly publicKey?: readonly string[];
}

/** `weir audit verify <file>`: needs the file alone; no settings, no database, no network. */
export async function auditVerify(
  output: Output,
  file: string,
  { publicKey = [] }: AuditVerifyOptions,
): Promise<ExitCode> {
  const keys = publicKey.map(readPublicKey);
  if (!existsSync(file)) throw new UsageError(`There is no file '${file}'. GET /v1/audit/export gives one.`);
  const verdict = await verifyFile(file, keys);
  output.result(toResult(verdict, keys.length > 0), toLines(verdict, keys.length > 0));
  return verdict.problem === null ? EXIT.ok : EXIT.failed;
}

async function verifyFile(file: string, keys: readonly Uint8Array[]): Promise<AuditVerdict> {
  const verifier = new AuditExportVerifier(keys);
  try {
    for await (const lines of readLines(createReadStream(file))) {
      if (!lines.every((line) => verifier.accept(line))) break;
    }
  } catch (error) {
    if (!(error instanceof LineTooLongError)) throw error;
    // Nothing that an export holds is as long; what was read so far tells the place.
    verifier.accept(Buffer.alloc(0));
  }
  return verifier.finish();
}

function readPublicKey(source: string): Buffer {
  const key = parseAuditPublicKey(existsSync(source) ? readFileSync(source, 'utf8') : source);
  if (key !== null) return key;
  throw new UsageError(
    `--public-key '${source}' is neither a file with an Ed25519 public key (PEM) nor its 32 bytes in base64`,
  );
}

function toResult(verdict: AuditVerdict, trusted: boolean) {
  const { organizationId, from, to, checkpoints, keyIds, problem } = verdict;
  return {
    ok: problem === null,
    organizationId,
    from,
    to,
    checkpoints,
    keyIds: [...keyIds],
    keysGiven: trusted,
    problem: problem === null ? null : { ...problem },
  };
}

function toLines(
  { organizationId, from, to, checkpoints, keyIds, problem }: AuditVerdict,
  trusted: boolean,
): string[] {
  if (problem !== null) {
    const { line, sequence, detail, flaw } = problem;
    const good =
      to < from
        ? 'No event before it was verified.'
        : `Events ${from} to ${to} continue each other without a gap.`;
    return [`NOT intact: ${flaw} at event ${sequence} (line ${line}). ${detail}`, good];
  }
  const events = to < from ? 'no events' : `events ${from} to ${to}`;
  return [
    `Intact: ${events} of organization ${organizationId ?? ''}, ${checkpoints} checkpoints, signed by key ${keyIds.join(', ')}.`,
    ...(trusted
      ? []
      : ["The key was taken from the file. Give the operator's with --public-key to know who signed."]),
  ];
}
