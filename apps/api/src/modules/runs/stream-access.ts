import { Injectable } from '@nestjs/common';
import type { Actor } from '@weir/kernel';
import { SessionsService } from '../auth/sessions.service';

/** A stream may outlive the login that opened it; it must not (F63). */
@Injectable()
export class StreamAccess {
  constructor(private readonly sessions: SessionsService) {}

  async mayRead({ userId, organizationId, sessionId, via }: Actor): Promise<boolean> {
    if (via !== 'session' || sessionId === undefined) return true;
    return (await this.sessions.findRole({ userId, organizationId, sessionId })) !== null;
  }
}
