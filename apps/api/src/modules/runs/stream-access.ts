import { Injectable } from '@nestjs/common';
import type { Actor } from '@weir/kernel';
import { ApiKeyAccess } from '../auth/api-key-access';
import { SessionsService } from '../auth/sessions.service';

/** A stream may outlive the login or the key that opened it; it must not (F63). */
@Injectable()
export class StreamAccess {
  constructor(
    private readonly sessions: SessionsService,
    private readonly apiKeys: ApiKeyAccess,
  ) {}

  async mayRead(actor: Actor): Promise<boolean> {
    const { userId, organizationId, sessionId, via } = actor;
    if (via === 'api_key') return this.apiKeys.get().isAlive(actor);
    if (via !== 'session' || sessionId === undefined) return true;
    return (await this.sessions.findStanding({ userId, organizationId, sessionId })) !== null;
  }
}
