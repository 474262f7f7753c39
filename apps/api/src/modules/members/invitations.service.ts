import { Injectable } from '@nestjs/common';
import { hashToken, newToken } from '@weir/crypto';
import { TransactionRunner } from '@weir/database';
import {
  Clock,
  decodeTimeCursor,
  newId,
  notFound,
  toPage,
  type Actor,
  type Page,
  type PageRequest,
  type Role,
} from '@weir/kernel';
import { AuditService } from '../audit/audit.service';
import { OrganizationsService } from '../organizations/organizations.service';
import { InvitationDelivery, type DeliveredInvitation } from './invitation-delivery';
import { alreadyMember, invitationOpen, invitationOver } from './invitations.errors';
import { InvitationsRepository, type InvitationRow } from './invitations.repository';
import { teamRequired } from './members.errors';
import { requireMayGrant } from './members.policy';

const DAY_MS = 24 * 60 * 60 * 1000;
const LIFETIME_MS = 7 * DAY_MS;

export interface SentInvitation extends DeliveredInvitation {
  readonly invitation: InvitationRow;
}

/** What the organization's owners and admins do with invitations; accepting one is {@link InvitationAcceptance}. */
@Injectable()
export class InvitationsService {
  constructor(
    private readonly transactions: TransactionRunner,
    private readonly invitations: InvitationsRepository,
    private readonly organizations: OrganizationsService,
    private readonly delivery: InvitationDelivery,
    private readonly audit: AuditService,
    private readonly clock: Clock,
  ) {}

  async invite(
    actor: Actor,
    { email, role }: { readonly email: string; readonly role: Role },
  ): Promise<SentInvitation> {
    requireMayGrant(actor.role, role);
    const { kind } = await this.organizations.getActive(actor);
    if (kind === 'personal') throw teamRequired();
    if (await this.invitations.isMember(actor, email)) throw alreadyMember(email);
    const createdAt = this.clock.now();
    const token = newToken();
    const id = newId();
    await this.transactions.run(async () => {
      await this.invitations.revokeExpired(actor, email, createdAt);
      const made = await this.invitations.insert(actor, {
        id,
        email,
        role,
        tokenHash: hashOfInvitation(token),
        createdAt,
        expiresAt: new Date(createdAt.getTime() + LIFETIME_MS),
      });
      if (!made) throw invitationOpen(email);
      await this.record(actor, id, 'invitation.created', { email, role });
    });
    return { invitation: await this.get(actor, id), ...this.delivery.deliver(token) };
  }

  /** Newest first, also those that are over. */
  async list(actor: Actor, { limit, cursor }: PageRequest): Promise<Page<InvitationRow>> {
    const after = cursor === undefined ? null : decodeTimeCursor(cursor);
    const rows = await this.invitations.listPage(actor, after, limit + 1);
    return toPage(rows, limit, ({ createdAt, id }) => ({ sort: createdAt.toISOString(), id }));
  }

  /** A new link and a new term; the link before stops working. */
  async resend(actor: Actor, id: string): Promise<SentInvitation> {
    const { email, role } = await this.get(actor, id);
    requireMayGrant(actor.role, role);
    const token = newToken();
    const expiresAt = new Date(this.clock.now().getTime() + LIFETIME_MS);
    await this.transactions.run(async () => {
      const changed = await this.invitations.replaceToken(actor, id, hashOfInvitation(token), expiresAt);
      if (changed === 0) throw invitationOver(email);
      await this.record(actor, id, 'invitation.resent', { email });
    });
    return { invitation: await this.get(actor, id), ...this.delivery.deliver(token) };
  }

  async revoke(actor: Actor, id: string): Promise<void> {
    const { email } = await this.get(actor, id);
    await this.transactions.run(async () => {
      if ((await this.invitations.revoke(actor, id, this.clock.now())) === 0) throw invitationOver(email);
      await this.record(actor, id, 'invitation.revoked', { email });
    });
  }

  private async get(actor: Actor, id: string): Promise<InvitationRow> {
    const invitation = await this.invitations.findById(actor, id);
    if (invitation === null) throw notFound('invitation', id);
    return invitation;
  }

  private async record(
    actor: Actor,
    objectId: string,
    action: string,
    changes: Record<string, string>,
  ): Promise<void> {
    await this.audit.record(actor, { action, objectType: 'invitation', objectId, changes });
  }
}

/** Only this is stored: who reads the database can accept nothing. */
export function hashOfInvitation(token: string): Buffer {
  return Buffer.from(hashToken(token), 'hex');
}
