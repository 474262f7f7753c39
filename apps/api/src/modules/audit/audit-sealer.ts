import { Injectable, type OnModuleInit } from '@nestjs/common';
import { runAs, runAsSystem, type Actor } from '@weir/kernel';
import { Logger } from '@weir/logging';
import { BackgroundLoops } from '../../background/background-loops';
import { AuditChainRepository, type UnsealedOrganization } from './audit-chain.repository';
import { AuditChainService, SEALING_BATCH } from './audit-chain.service';

const EVERY_MS = 2_000;
const ORGANIZATIONS = 100;

/** Seals what was written to the audit trails, whoever's they are. Every process may: a chain has one writer at a time. */
@Injectable()
export class AuditSealer implements OnModuleInit {
  constructor(
    private readonly loops: BackgroundLoops,
    private readonly repository: AuditChainRepository,
    private readonly chain: AuditChainService,
    private readonly logger: Logger,
  ) {}

  onModuleInit(): void {
    this.loops.add({
      name: 'audit-sealer',
      everyMs: EVERY_MS,
      work: (signal) => this.takeTurn(signal),
    });
  }

  /** @returns true when there is more to seal */
  private async takeTurn(signal: AbortSignal): Promise<boolean> {
    const waiting = await runAsSystem(() => this.repository.findUnsealedOrganizations(ORGANIZATIONS));
    const sealed: number[] = [];
    for (const organization of waiting) {
      if (signal.aborted) return false;
      sealed.push(await this.sealOne(organization));
    }
    // At once only after some progress: what fails again and again waits for the pause.
    return sealed.some((count) => count === SEALING_BATCH || (count > 0 && waiting.length === ORGANIZATIONS));
  }

  /** One organization that cannot be sealed must not keep the others waiting. @returns how many events were sealed */
  private async sealOne({ organizationId, userId }: UnsealedOrganization): Promise<number> {
    const actor: Actor = { organizationId, userId, role: 'owner', via: 'system' };
    try {
      return await runAs(actor, () => this.chain.seal(actor));
    } catch (error) {
      this.logger.error({ event: 'audit.unsealed', organizationId, err: error });
      return 0;
    }
  }
}
