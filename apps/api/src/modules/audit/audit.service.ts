import { Injectable } from '@nestjs/common';
import { Clock, currentContext, newId, type Actor, type JsonObject } from '@weir/kernel';
import { AuditRepository } from './audit.repository';
import { redactChanges } from './redact-changes';

export interface AuditEntry {
  /** `<object>.<verb>`, e.g. `project.archived`. */
  readonly action: string;
  readonly objectType: string;
  readonly objectId: string | null;
  /** What changed, by field. Never a secret value, a password or a token: only that it changed. */
  readonly changes?: JsonObject;
}

/** The trail of changes. Call it inside the transaction of the change, so that neither exists without the other. */
@Injectable()
export class AuditService {
  constructor(
    private readonly events: AuditRepository,
    private readonly clock: Clock,
  ) {}

  async record(actor: Actor, ...entries: readonly AuditEntry[]): Promise<void> {
    const context = currentContext();
    const rows = entries.map(({ action, objectType, objectId, changes = {} }) => ({
      id: newId(),
      action,
      objectType,
      objectId,
      changes: redactChanges(changes),
      ip: context?.ip ?? null,
      requestId: context?.requestId ?? 'background',
      createdAt: this.clock.now(),
    }));
    if (rows.length > 0) await this.events.insertMany(actor, rows);
  }
}
