import { Injectable } from '@nestjs/common';
import { decodeTimeCursor, toPage, type Actor, type Page, type PageRequest } from '@weir/kernel';
import { AuditTrailRepository, type AuditEvent, type AuditFilter } from './audit-trail.repository';

export type { AuditEvent };
export type AuditSearch = PageRequest & Omit<AuditFilter, 'after' | 'take'>;

/** What was done in the actor's organization, by whomever. */
@Injectable()
export class AuditTrailService {
  constructor(private readonly events: AuditTrailRepository) {}

  async list(actor: Actor, { limit, cursor, ...filter }: AuditSearch): Promise<Page<AuditEvent>> {
    const after = cursor === undefined ? null : decodeTimeCursor(cursor);
    const rows = await this.events.listPage(actor, { ...filter, after, take: limit + 1 });
    return toPage(rows, limit, ({ createdAt, id }) => ({ sort: createdAt.toISOString(), id }));
  }
}
