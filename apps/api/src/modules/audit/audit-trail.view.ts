import { ACTOR_CHANNELS, type JsonObject } from '@weir/kernel';
import { DateField, EnumField, IntField, JsonField, ObjectField, TextField, UuidField } from '@weir/http';
import type { AuditEvent } from './audit-trail.service';

const LONG = 1_000;

export class AuditActorView {
  @UuidField() readonly userId!: string;
}

export class AuditObjectView {
  @TextField({ max: LONG, example: 'project' }) readonly type!: string;
  @TextField({ max: LONG, nullable: true, example: '01938b5e-7c1a-7d52-b3a4-2f9f6d1c8e10' })
  readonly id!: string | null;
}

export class AuditEventView {
  @UuidField() readonly id!: string;
  @DateField() readonly at!: string;
  @ObjectField(() => AuditActorView) readonly actor!: AuditActorView;
  @UuidField({ about: 'For whom an operator acted.', nullable: true }) readonly onBehalfOf!: string | null;
  @EnumField(ACTOR_CHANNELS, { about: 'How the actor came in.' }) readonly via!: string;
  @TextField({ max: LONG, example: 'project.updated' }) readonly action!: string;
  @ObjectField(() => AuditObjectView) readonly object!: AuditObjectView;
  @JsonField({
    about: 'What changed. Values of secrets are never in it.',
    example: { name: 'Customer support' },
  })
  readonly changes!: JsonObject;
  @TextField({ about: 'Where the request came from.', max: LONG, nullable: true, example: '192.0.2.7' })
  readonly ip!: string | null;
  @TextField({ max: LONG, example: '01a1fd77-05c5-74f7-aef3-20a9626804a1' }) readonly requestId!: string;
  @IntField({
    about: 'Its number in the chain; null for the seconds until it is sealed.',
    min: 1,
    max: Number.MAX_SAFE_INTEGER,
    nullable: true,
    example: 42,
  })
  readonly sequence!: number | null;
  @TextField({
    about: 'SHA-256 over the chain up to it, in hex; null until it is sealed.',
    max: 64,
    nullable: true,
    example: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  })
  readonly hash!: string | null;
}

export function toAuditEventView(event: AuditEvent): AuditEventView {
  return {
    id: event.id,
    at: event.createdAt.toISOString(),
    actor: { userId: event.userId },
    onBehalfOf: event.onBehalfOf,
    via: event.via,
    action: event.action,
    object: { type: event.objectType, id: event.objectId },
    changes: event.changes,
    ip: event.ip,
    requestId: event.requestId,
    sequence: event.sequence,
    hash: event.hash?.toString('hex') ?? null,
  };
}
