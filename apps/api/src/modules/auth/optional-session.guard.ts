import { createParamDecorator, type ExecutionContext, Injectable } from '@nestjs/common';
import { AuthGuard } from '@nestjs/passport';
import type { Actor } from '@weir/kernel';
import type { FastifyRequest } from 'fastify';
import type { AccessTokenClaims } from './access-token';
import { unauthenticated } from './auth.errors';
import { SessionsService } from './sessions.service';

/**
 * For a public route that does something else for whoever is signed in. A token that does not work is refused: taking its
 * bearer for a stranger would answer another question than the one that was asked.
 */
@Injectable()
export class OptionalSessionGuard extends AuthGuard('access-token') {
  constructor(private readonly sessions: SessionsService) {
    super();
  }

  override async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<FastifyRequest & { user: AccessTokenClaims }>();
    if (request.headers.authorization === undefined) return true;
    await super.canActivate(context);
    const standing = await this.sessions.findStanding(request.user);
    if (standing === null) throw unauthenticated();
    request.weirContext.actor = { ...request.user, role: standing.role, via: 'session' };
    return true;
  }

  override handleRequest<User>(error: unknown, user: User | false, info: unknown): User {
    if (error !== null && error !== undefined) throw unauthenticated(error);
    if (user === false) throw unauthenticated(info);
    return user;
  }
}

/** Who acts, or null without a login. For routes behind {@link OptionalSessionGuard}. */
export const OptionalActor = createParamDecorator(
  (_data: unknown, context: ExecutionContext): Actor | null => {
    const { actor } = context.switchToHttp().getRequest<FastifyRequest>().weirContext;
    return actor === 'system' ? null : actor;
  },
);
