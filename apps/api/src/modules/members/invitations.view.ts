import { DateField, EnumField, TextField, UuidField } from '@weir/http';
import { ROLES } from '@weir/kernel';
import type { InvitationRow } from './invitations.repository';
import type { SentInvitation } from './invitations.service';

const STATES = ['open', 'expired', 'accepted', 'revoked'] as const;
type State = (typeof STATES)[number];

export class InvitationView {
  @UuidField() readonly id!: string;
  @TextField({ max: 254, example: 'ada@example.com' }) readonly email!: string;
  @EnumField(ROLES) readonly role!: string;
  @EnumField(STATES) readonly state!: State;
  @UuidField({ about: 'The member who invites.' }) readonly invitedBy!: string;
  @DateField() readonly createdAt!: string;
  @DateField() readonly expiresAt!: string;
}

export class SentInvitationView extends InvitationView {
  @TextField({
    about: 'Hand it to the invited person. Shown here and never again.',
    max: 2000,
    example: 'https://weir.example.com/invitation#q0x7…',
  })
  readonly link!: string;
  @TextField({ about: 'The part of the link behind the #.', max: 200, example: 'q0x7…' })
  readonly token!: string;
}

export function toInvitationView(row: InvitationRow, now: Date): InvitationView {
  const { id, email, role, invitedBy, createdAt, expiresAt } = row;
  return {
    id,
    email,
    role,
    state: stateOf(row, now),
    invitedBy,
    createdAt: createdAt.toISOString(),
    expiresAt: expiresAt.toISOString(),
  };
}

export function toSentInvitationView(
  { invitation, link, token }: SentInvitation,
  now: Date,
): SentInvitationView {
  return Object.assign(toInvitationView(invitation, now), { link, token });
}

function stateOf({ acceptedAt, revokedAt, expiresAt }: InvitationRow, now: Date): State {
  if (acceptedAt !== null) return 'accepted';
  if (revokedAt !== null) return 'revoked';
  return expiresAt <= now ? 'expired' : 'open';
}
