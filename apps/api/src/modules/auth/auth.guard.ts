import { type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { AuthGuard } from '@nestjs/passport';
import { PUBLIC_ROUTE, REQUIRED_PERMISSION } from '@weir/http';
import { roleMay, type Actor, type Permission } from '@weir/kernel';
import type { FastifyRequest } from 'fastify';
import type { AccessTokenClaims } from './access-token';
import { forbidden, unauthenticated } from './auth.errors';
import { SessionsService } from './sessions.service';

/**
 * Deny by default: a route is public by name, or asks for a live session whose role has the route's permission. A route
 * that declares neither is refused for everybody.
 */
@Injectable()
export class AccessGuard extends AuthGuard('access-token') {
  constructor(
    private readonly reflector: Reflector,
    private readonly sessions: SessionsService,
  ) {
    super();
  }

  override async canActivate(context: ExecutionContext): Promise<boolean> {
    const targets = [context.getHandler(), context.getClass()];
    if (this.reflector.getAllAndOverride<boolean | undefined>(PUBLIC_ROUTE, targets) === true) return true;
    await super.canActivate(context);
    const request = context.switchToHttp().getRequest<FastifyRequest & { user: AccessTokenClaims }>();
    const actor = await this.actorOf(request.user);
    request.weirContext.actor = actor;
    const permission = this.reflector.getAllAndOverride<Permission | undefined>(REQUIRED_PERMISSION, targets);
    if (permission === undefined || !roleMay(actor.role, permission)) throw forbidden(permission ?? 'none');
    return true;
  }

  // Passport reports every failure here; the client learns one thing only.
  override handleRequest<User>(error: unknown, user: User | false, info: unknown): User {
    if (error !== null && error !== undefined) throw unauthenticated(error);
    if (user === false) throw unauthenticated(info);
    return user;
  }

  private async actorOf(claims: AccessTokenClaims): Promise<Actor> {
    const role = await this.sessions.findRole(claims);
    if (role === null) throw unauthenticated();
    const { userId, organizationId, sessionId } = claims;
    return { userId, organizationId, role, via: 'session', sessionId };
  }
}
