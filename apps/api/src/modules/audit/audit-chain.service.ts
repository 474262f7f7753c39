import { Inject, Injectable } from '@nestjs/common';
import {
  AuditSigner,
  canonicalEvent,
  genesisHash,
  nextHash,
  signCheckpoint,
  type ChainPlace,
} from '@weir/crypto';
import { TransactionRunner } from '@weir/database';
import { Clock, type Actor } from '@weir/kernel';
import { AuditChainRepository, type AuditLink, type UnsealedAuditEvent } from './audit-chain.repository';
import { AUDIT_SIGNER } from './audit.tokens';

/** Events that are sealed in one transaction. */
export const SEALING_BATCH = 1_000;

/** Extends the chain of the actor's organization. Nothing in a chain ever changes. */
@Injectable()
export class AuditChainService {
  constructor(
    private readonly transactions: TransactionRunner,
    private readonly chain: AuditChainRepository,
    @Inject(AUDIT_SIGNER) private readonly signer: AuditSigner,
    private readonly clock: Clock,
  ) {}

  /**
   * Gives the oldest unsealed events their numbers and signs how far the chain went.
   * @returns how many; fewer than {@link SEALING_BATCH} means that none is left
   */
  seal(actor: Actor): Promise<number> {
    return this.transactions.run(async () => {
      await this.chain.lock(actor);
      const events = await this.chain.listUnsealed(actor, SEALING_BATCH);
      if (events.length === 0) return 0;
      const { links, end } = linkAll(await this.last(actor), events);
      const at = this.clock.now();
      await this.chain.insertLinks(actor, links, at);
      await this.chain.insertCheckpoint(actor, signCheckpoint(this.signer, end, at));
      return events.length;
    });
  }

  /** Seals whatever was committed before the call. */
  async sealAll(actor: Actor): Promise<void> {
    while ((await this.seal(actor)) === SEALING_BATCH);
  }

  /** How far the chain goes. */
  async last(actor: Actor): Promise<ChainPlace> {
    return (await this.chain.findPlace(actor, null)) ?? beginning(actor);
  }
}

/** The place before the first event. */
export function beginning({ organizationId }: Actor): ChainPlace {
  return { organizationId, sequence: 0, hash: genesisHash(organizationId) };
}

function linkAll(
  start: ChainPlace,
  events: readonly UnsealedAuditEvent[],
): { readonly links: readonly AuditLink[]; readonly end: ChainPlace } {
  let end = start;
  const links = events.map((event) => {
    const sequence = end.sequence + 1;
    const hash = nextHash(end.hash, canonicalEvent({ ...event, sequence }));
    end = { organizationId: start.organizationId, sequence, hash };
    return { sequence, eventId: event.id, hash };
  });
  return { links, end };
}
