import { Injectable } from '@nestjs/common';
import { Database } from '@weir/database';
import type { Actor, JsonObject } from '@weir/kernel';

export interface AuditRow {
  readonly id: string;
  readonly action: string;
  readonly objectType: string;
  readonly objectId: string | null;
  readonly changes: JsonObject;
  readonly ip: string | null;
  readonly requestId: string;
  readonly createdAt: Date;
}

@Injectable()
export class AuditRepository {
  constructor(private readonly database: Database) {}

  async insertMany(actor: Actor, rows: readonly AuditRow[]): Promise<void> {
    const { organizationId, userId, onBehalfOf = null, via } = actor;
    await this.database.execute`
      insert into audit_events (organization_id, id, user_id, on_behalf_of, via, action, object_type, object_id, changes, ip,
        request_id, created_at)
      select ${organizationId}::uuid, r.id, ${userId}::uuid, ${onBehalfOf}::uuid, ${via}, r.action, r."objectType",
        r."objectId", r.changes, r.ip, r."requestId", r."createdAt"
      from json_to_recordset(${JSON.stringify(rows)}::json) as r(id uuid, action text, "objectType" text, "objectId" text,
        changes jsonb, ip text, "requestId" text, "createdAt" timestamptz)`;
  }
}
