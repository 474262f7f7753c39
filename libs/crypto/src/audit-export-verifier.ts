import type { JsonObject } from '@weir/kernel';
import {
  canonicalJson,
  checkpointStatement,
  exportStatement,
  genesisHash,
  nextHash,
  type ChainPlace,
} from './audit-chain';
import { EVENT_LINE_HEAD, EVENT_LINE_TAIL } from './audit-export';
import {
  readCheckpoint,
  readEnd,
  readHeader,
  readJson,
  type AuditExportHeader,
  type CheckpointLine,
  type SignedPlace,
} from './audit-export-lines';
import { auditKeyId, isAuditSignature } from './audit-signer';

export const AUDIT_FLAWS = [
  'malformed',
  'altered',
  'missing',
  'repeated',
  'foreign',
  'signature',
  'key',
  'truncated',
  'trailing',
] as const;
export type AuditFlaw = (typeof AUDIT_FLAWS)[number];

export interface AuditProblem {
  readonly flaw: AuditFlaw;
  /** Line of the file, from 1. */
  readonly line: number;
  /** Number of the first event that cannot be trusted. */
  readonly sequence: number;
  readonly detail: string;
}

export interface AuditVerdict {
  readonly organizationId: string | null;
  readonly from: number;
  /** The last event that was found good. */
  readonly to: number;
  readonly checkpoints: number;
  /** Of the keys whose signatures are in it. */
  readonly keyIds: readonly string[];
  /** The first thing that is wrong; null: nothing is. */
  readonly problem: AuditProblem | null;
}

class Flaw extends Error {
  constructor(
    readonly flaw: AuditFlaw,
    readonly detail: string,
    readonly sequence: number,
  ) {
    super(detail);
  }
}

const HEAD = Buffer.from(EVENT_LINE_HEAD);
const TAIL = Buffer.from(EVENT_LINE_TAIL);
const HASH_CHARACTERS = 64;
const TAIL_BYTES = TAIL.length + HASH_CHARACTERS + '"}'.length;

/**
 * Verifies an export of an audit trail line by line, with nothing but the file and, if the reader has them, public keys.
 * Stops at the first flaw. Holds one hash, whatever the size of the file.
 */
export class AuditExportVerifier {
  private header: AuditExportHeader | null = null;
  private hash: Buffer = Buffer.alloc(0);
  private sequence = 0;
  private line = 0;
  private checkpoints = 0;
  private vouchedFor = 0;
  private ended = false;
  private problem: AuditProblem | null = null;
  private readonly keyIds = new Set<string>();
  private readonly trusted: ReadonlySet<string> | null;

  /** @param trustedKeys public keys (raw) that the reader got by another way; none: the file's own are believed */
  constructor(trustedKeys: readonly Uint8Array[] = []) {
    this.trusted =
      trustedKeys.length === 0
        ? null
        : new Set(trustedKeys.map((key) => Buffer.from(key).toString('base64')));
  }

  /**
   * Takes the next line, without its line break.
   * @returns false when there is no sense in going on
   */
  accept(line: Buffer): boolean {
    this.line += 1;
    try {
      this.read(line);
    } catch (error) {
      if (!(error instanceof Flaw)) throw error;
      this.note(error);
    }
    return this.problem === null;
  }

  /** To be called once, behind the last line. */
  finish(): AuditVerdict {
    if (this.problem === null && !this.ended) {
      this.line += 1;
      this.note(this.flaw('truncated', 'The file stops before its last line: what followed is missing.'));
    }
    const from = this.header?.from ?? 0;
    return {
      organizationId: this.header?.organizationId ?? null,
      from,
      to: this.sequence,
      checkpoints: this.checkpoints,
      keyIds: [...this.keyIds],
      problem: this.problem,
    };
  }

  private note({ flaw, sequence, detail }: Flaw): void {
    this.problem = { flaw, line: this.line, sequence, detail };
  }

  private read(line: Buffer): void {
    if (this.ended) throw this.flaw('trailing', 'Something was added behind the last line.');
    if (this.header === null) this.begin(line);
    else if (line.subarray(0, HEAD.length).equals(HEAD)) this.readEvent(this.header, line);
    else this.readStatement(this.header, line);
  }

  private begin(line: Buffer): void {
    const header = readHeader(this.parse(line));
    if (header === null) throw this.flaw('malformed', 'The first line is not the header of an audit export.');
    const { organizationId, from, previousHash } = header;
    if (from === 1 && !previousHash.equals(genesisHash(organizationId)))
      throw this.flaw('altered', 'The header does not begin the chain of its organization.');
    this.hash = previousHash;
    this.sequence = from - 1;
    this.vouchedFor = from - 1;
    this.header = header;
  }

  private readEvent({ organizationId }: AuditExportHeader, line: Buffer): void {
    const tail = line.length - TAIL_BYTES;
    if (tail < HEAD.length || !line.subarray(tail, tail + TAIL.length).equals(TAIL) || !isClosed(line))
      throw this.flaw('malformed', 'The line is not an event and its hash.');
    const canonical = line.subarray(HEAD.length, tail);
    const expected = this.sequence + 1;
    const event = readJson(canonical);
    if (event === null) throw this.flaw('malformed', 'The event is not JSON.');
    this.checkPlace(event['sequence'], expected);
    if (event['organizationId'] !== organizationId)
      throw this.flaw('foreign', `Event ${expected} is of another organization.`);
    const hash = nextHash(this.hash, canonical);
    const stated = line.toString('latin1', tail + TAIL.length, tail + TAIL.length + HASH_CHARACTERS);
    if (hash.toString('hex') !== stated)
      throw this.flaw('altered', `Event ${expected} or its hash is not what was sealed.`);
    this.hash = hash;
    this.sequence = expected;
  }

  private checkPlace(found: unknown, expected: number): void {
    if (found === expected) return;
    if (typeof found !== 'number')
      throw this.flaw('altered', `The event in the place of ${expected} has no number.`);
    if (found > expected)
      throw this.flaw('missing', `Event ${expected} is not in its place: event ${found} is.`);
    throw this.flaw('repeated', `Event ${found} stands in the place of event ${expected}.`);
  }

  private readStatement(header: AuditExportHeader, line: Buffer): void {
    const value = this.parse(line);
    const checkpoint = readCheckpoint(value);
    if (checkpoint !== null) return this.readCheckpoint(header, checkpoint);
    const end = readEnd(value);
    if (end === null) throw this.flaw('malformed', 'The line is neither event, checkpoint nor end.');
    this.checkStatement(header, end, 'end');
    if (end.count !== end.sequence - header.from + 1)
      throw this.flaw('altered', `The end counts ${end.count} events.`);
    const statement = exportStatement(header.from, this.placeOf(header), end.signedAt);
    this.checkSignature(header.publicKey, statement, end.signature, 'end of the file');
    this.ended = true;
  }

  private readCheckpoint(header: AuditExportHeader, checkpoint: CheckpointLine): void {
    this.checkStatement(header, checkpoint, 'checkpoint');
    const { publicKey, keyId, signature, signedAt, sequence } = checkpoint;
    if (keyId !== auditKeyId(publicKey))
      throw this.flaw('signature', `The checkpoint at event ${sequence} names another key than it has.`);
    const statement = checkpointStatement(this.placeOf(header), signedAt);
    this.checkSignature(publicKey, statement, signature, `checkpoint at event ${sequence}`);
    this.checkpoints += 1;
    this.vouchedFor = sequence;
  }

  /** The statement is about the place at which it stands. */
  private checkStatement({ from }: AuditExportHeader, stated: SignedPlace, what: string): void {
    const { sequence } = this;
    if (stated.sequence > sequence)
      throw this.flaw('missing', `Event ${sequence + 1} is missing: the ${what} counts ${stated.sequence}.`);
    if (stated.sequence < sequence)
      throw this.flaw('repeated', `The ${what} of event ${stated.sequence} stands behind event ${sequence}.`);
    if (!stated.hash.equals(this.hash)) {
      const first = Math.max(from, this.vouchedFor + 1);
      throw new Flaw('altered', `The ${what} at event ${sequence} has another hash than the events.`, first);
    }
  }

  private checkSignature(publicKey: Buffer, statement: string, signature: Buffer, what: string): void {
    const keyId = auditKeyId(publicKey);
    const first = this.vouchedFor + 1;
    if (this.trusted !== null && !this.trusted.has(publicKey.toString('base64')))
      throw new Flaw('key', `The ${what} is signed by key ${keyId}, which is none of the given ones.`, first);
    if (!isAuditSignature(publicKey, statement, signature))
      throw new Flaw(
        'signature',
        `The signature of the ${what} does not fit: events from here on are not vouched for.`,
        first,
      );
    this.keyIds.add(keyId);
  }

  /** Statements are written in one way only: a changed byte that means the same is a changed byte. */
  private parse(line: Buffer): JsonObject {
    const value = readJson(line);
    if (value === null || canonicalJson(value) !== line.toString('utf8'))
      throw this.flaw('malformed', 'The line is not JSON as an export writes it.');
    return value;
  }

  private placeOf({ organizationId }: AuditExportHeader): ChainPlace {
    return { organizationId, sequence: this.sequence, hash: this.hash };
  }

  private flaw(flaw: AuditFlaw, detail: string): Flaw {
    return new Flaw(flaw, detail, this.sequence + 1);
  }
}

function isClosed(line: Buffer): boolean {
  return line.toString('latin1', line.length - 2) === '"}';
}
