import { Inject, Injectable } from '@nestjs/common';
import {
  AuditSigner,
  canonicalEvent,
  exportCheckpointLine,
  exportEndLine,
  exportEventLine,
  exportHeaderLine,
  type ChainPlace,
} from '@weir/crypto';
import { Clock, runAs, type Actor } from '@weir/kernel';
import { AuditChainRepository, type LinkedAuditEvent } from './audit-chain.repository';
import { AuditChainService, beginning } from './audit-chain.service';
import { auditRangeBeyondEnd } from './audit.errors';
import { AUDIT_SIGNER } from './audit.tokens';

/** Events that are held at a time. */
const BATCH = 1_000;

export interface AuditRange {
  /** Number of the first event. */
  readonly from: number;
  /** Number of the last one; undefined: all that there are. */
  readonly to: number | undefined;
}

/** Writes the chain of an organization down, so that it can be verified without us. docs/audit.md has the format. */
@Injectable()
export class AuditExportService {
  constructor(
    private readonly repository: AuditChainRepository,
    private readonly chain: AuditChainService,
    @Inject(AUDIT_SIGNER) private readonly signer: AuditSigner,
    private readonly clock: Clock,
  ) {}

  /**
   * The lines of an export, with their line breaks, a batch at a time. Everything that was committed before is in it.
   * Reads as fast as it is asked; between two batches it holds neither connection nor transaction, which a chain that only
   * ever grows does not need.
   * @throws AppError 422 when the part begins behind the end of the chain
   */
  async open(actor: Actor, range: AuditRange): Promise<AsyncGenerator<string>> {
    await this.chain.sealAll(actor);
    const last = await this.chain.last(actor);
    if (range.from > last.sequence + 1) throw auditRangeBeyondEnd(range.from, last.sequence);
    const before =
      range.from === 1 ? beginning(actor) : await this.repository.findPlace(actor, range.from - 1);
    return this.write(actor, before ?? beginning(actor), Math.min(range.to ?? last.sequence, last.sequence));
  }

  private async *write(actor: Actor, before: ChainPlace, to: number): AsyncGenerator<string> {
    yield `${exportHeaderLine(before, this.signer.publicKey)}\n`;
    let end = before;
    while (end.sequence < to) {
      // Whoever pulls is the socket, which knows no actor.
      const batch = await runAs(actor, () => this.readBatch(actor, end.sequence + 1, to));
      yield batch.text;
      end = batch.end;
    }
    yield `${exportEndLine(this.signer, before.sequence + 1, end, this.clock.now())}\n`;
  }

  private async readBatch(
    actor: Actor,
    from: number,
    to: number,
  ): Promise<{ readonly text: string; readonly end: ChainPlace }> {
    const events = await this.repository.listLinked(actor, from, to, BATCH);
    const end = events.at(-1);
    if (end === undefined)
      throw new Error(`The chain of organization ${actor.organizationId} stops before ${from}.`);
    // The last one vouches for all before it; a line for each would only make the file longer.
    const checkpoint = await this.repository.findCheckpoint(actor, from, end.sequence);
    const lines = events.flatMap((event) => [
      toLine(event),
      ...(checkpoint?.sequence === event.sequence ? [exportCheckpointLine(checkpoint)] : []),
    ]);
    return { text: lines.map((line) => `${line}\n`).join(''), end };
  }
}

function toLine(event: LinkedAuditEvent): string {
  return exportEventLine(canonicalEvent(event), event.hash);
}
