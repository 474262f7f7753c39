import { Injectable } from '@nestjs/common';
import { Database, Prisma } from '@weir/database';
import type { Actor, JsonObject, TimePlace } from '@weir/kernel';

export interface AuditEvent {
  readonly id: string;
  readonly userId: string;
  readonly onBehalfOf: string | null;
  readonly via: string;
  readonly action: string;
  readonly objectType: string;
  readonly objectId: string | null;
  readonly changes: JsonObject;
  readonly ip: string | null;
  readonly requestId: string;
  readonly createdAt: Date;
  /** Null until it is sealed. */
  readonly sequence: number | null;
  readonly hash: Buffer | null;
}

export interface AuditFilter {
  readonly actorId: string | undefined;
  readonly action: string | undefined;
  readonly objectType: string | undefined;
  readonly objectId: string | undefined;
  /** Included. */
  readonly from: Date | undefined;
  /** Not included. */
  readonly to: Date | undefined;
  readonly after: TimePlace | null;
  /** Rows to read at most. */
  readonly take: number;
}

@Injectable()
export class AuditTrailRepository {
  constructor(private readonly database: Database) {}

  /** Newest first. */
  listPage(actor: Actor, filter: AuditFilter): Promise<AuditEvent[]> {
    return this.database.query<AuditEvent>`
      select e.id, e.user_id as "userId", e.on_behalf_of as "onBehalfOf", e.via, e.action, e.object_type as "objectType",
        e.object_id as "objectId", e.changes, e.ip, e.request_id as "requestId", e.created_at as "createdAt",
        l.sequence::float8 as sequence, l.hash
      from audit_events e
      left join audit_links l on l.organization_id = e.organization_id and l.event_id = e.id
      where ${Prisma.join(conditionsOf(actor, filter), ' and ')}
      order by e.created_at desc, e.id desc limit ${filter.take}`;
  }
}

function conditionsOf(actor: Actor, filter: AuditFilter): Prisma.Sql[] {
  const { actorId, action, objectType, objectId, from, to, after } = filter;
  const conditions = [Prisma.sql`e.organization_id = ${actor.organizationId}::uuid`];
  if (actorId !== undefined) conditions.push(Prisma.sql`e.user_id = ${actorId}::uuid`);
  if (action !== undefined) conditions.push(Prisma.sql`e.action = ${action}`);
  if (objectType !== undefined) conditions.push(Prisma.sql`e.object_type = ${objectType}`);
  if (objectId !== undefined) conditions.push(Prisma.sql`e.object_id = ${objectId}`);
  if (from !== undefined) conditions.push(Prisma.sql`e.created_at >= ${from}::timestamptz`);
  if (to !== undefined) conditions.push(Prisma.sql`e.created_at < ${to}::timestamptz`);
  if (after !== null)
    conditions.push(Prisma.sql`(e.created_at, e.id) < (${after.at}::timestamptz, ${after.id}::uuid)`);
  return conditions;
}
