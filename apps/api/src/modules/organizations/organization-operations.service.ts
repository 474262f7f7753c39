import { Injectable } from '@nestjs/common';
import { TransactionRunner } from '@weir/database';
import { Clock, invalidInput, notFound, runAs, runAsSystem, type Actor } from '@weir/kernel';
import { AuditService } from '../audit/audit.service';
import {
  OrganizationOperationsRepository,
  type OperatedOrganizationRow,
} from './organization-operations.repository';

/** Stands for the operator, who is at the command line and nobody's user, and for the place before every id. */
const NOBODY = '00000000-0000-0000-0000-000000000000';
const MAX_REASON = 500;

/** What the operator does with whole organizations, for the command line. */
@Injectable()
export class OrganizationOperations {
  constructor(
    private readonly transactions: TransactionRunner,
    private readonly organizations: OrganizationOperationsRepository,
    private readonly audit: AuditService,
    private readonly clock: Clock,
  ) {}

  /**
   * Members still sign in and read; nothing runs and nothing changes, within 5 s on every process.
   * @param reason shown to the members
   */
  async suspend(organizationId: string, reason: string): Promise<void> {
    const text = reason.trim();
    if (text === '' || text.length > MAX_REASON)
      throw invalidInput(`Say in 1 to ${MAX_REASON} characters why the organization is suspended.`, [
        { pointer: '/reason', detail: `must have 1 to ${MAX_REASON} characters` },
      ]);
    await this.change(organizationId, text, 'organization.suspended');
  }

  async resume(organizationId: string): Promise<void> {
    await this.change(organizationId, null, 'organization.resumed');
  }

  /** In the order of their creation. @param afterId the last id of the page before */
  listAll(limit: number, afterId: string = NOBODY): Promise<OperatedOrganizationRow[]> {
    return runAsSystem(() => this.organizations.listPage(afterId, limit));
  }

  /** By a present or former slug, exactly. */
  findBySlug(slug: string): Promise<OperatedOrganizationRow | null> {
    return runAsSystem(() => this.organizations.findBySlug(slug));
  }

  private async change(organizationId: string, reason: string | null, action: string): Promise<void> {
    const operator: Actor = { userId: NOBODY, organizationId, role: 'viewer', via: 'system' };
    await runAs(operator, () =>
      this.transactions.run(async () => {
        const found = await this.organizations.setSuspension(organizationId, reason, this.clock.now());
        if (!found) throw notFound('organization', organizationId);
        await this.audit.record(operator, {
          action,
          objectType: 'organization',
          objectId: organizationId,
          changes: { reason },
        });
      }),
    );
  }
}
