import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type AppConfig } from '@weir/config';

/** What the inviting person gets to see. */
export interface DeliveredInvitation {
  /** To be handed on by the inviting person. */
  readonly link: string;
  readonly token: string;
}

/**
 * How an invitation reaches its address: today through the person who invites. Only this class knows, so that mail is one
 * more way of delivery and no change of invitations.
 */
@Injectable()
export class InvitationDelivery {
  constructor(@Inject(CONFIG) private readonly config: AppConfig) {}

  deliver(token: string): DeliveredInvitation {
    const origin = (this.config.http.publicUrl ?? '').replace(/\/+$/, '');
    // Behind the #: browsers keep it to themselves, so that it is in no log and no Referer.
    return { token, link: `${origin}/invitation#${token}` };
  }
}
