import { Injectable } from '@nestjs/common';
import { Database, type Prisma } from '@weir/database';
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
    const data = rows.map((row): Prisma.AuditEventCreateManyInput => ({
      ...row,
      organizationId: actor.organizationId,
      userId: actor.userId,
      onBehalfOf: actor.onBehalfOf ?? null,
      via: actor.via,
    }));
    await this.database.client.auditEvent.createMany({ data });
  }
}
