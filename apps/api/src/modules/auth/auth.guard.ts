import { type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { AuthGuard } from '@nestjs/passport';
import { PUBLIC_ROUTE, REQUIRED_PERMISSION } from '@weir/http';
import { roleMay, type Actor, type Permission } from '@weir/kernel';
import type { FastifyRequest } from 'fastify';
import type { AccessTokenClaims } from './access-token';
import { ApiKeyAccess, apiKeyOf } from './api-key-access';
import { forbidden, organizationSuspended, scopeMissing, unauthenticated } from './auth.errors';
import { SessionsService } from './sessions.service';

type RequestOfUser = FastifyRequest & { user: AccessTokenClaims };

interface Admission {
  readonly actor: Actor;
  /** Null for a session, which may whatever its role may. */
  readonly scopes: readonly Permission[] | null;
  readonly suspended: string | null;
}

/**
 * Deny by default: a route is public by name, or asks for a live session or key whose role has the route's permission; of a
 * key the scopes must have it too. A route that declares neither is refused for everybody.
 */
@Injectable()
export class AccessGuard extends AuthGuard('access-token') {
  constructor(
    private readonly reflector: Reflector,
    private readonly sessions: SessionsService,
    private readonly apiKeys: ApiKeyAccess,
  ) {
    super();
  }

  override async canActivate(context: ExecutionContext): Promise<boolean> {
    const targets = [context.getHandler(), context.getClass()];
    if (this.reflector.getAllAndOverride<boolean | undefined>(PUBLIC_ROUTE, targets) === true) return true;
    const request = context.switchToHttp().getRequest<RequestOfUser>();
    const { actor, scopes, suspended } = await this.admit(context, request);
    request.weirContext.actor = actor;
    const permission = this.reflector.getAllAndOverride<Permission | undefined>(REQUIRED_PERMISSION, targets);
    if (permission === undefined || !roleMay(actor.role, permission)) throw forbidden(permission ?? 'none');
    if (scopes !== null && !scopes.includes(permission)) throw scopeMissing(permission);
    if (suspended !== null && stopsInSuspension(permission)) throw organizationSuspended(suspended);
    return true;
  }

  // Passport reports every failure here; the client learns one thing only.
  override handleRequest<User>(error: unknown, user: User | false, info: unknown): User {
    if (error !== null && error !== undefined) throw unauthenticated(error);
    if (user === false) throw unauthenticated(info);
    return user;
  }

  private async admit(context: ExecutionContext, request: RequestOfUser): Promise<Admission> {
    const key = apiKeyOf(request.headers);
    if (key !== null) return this.apiKeys.get().authenticate(key, request.ip);
    await super.canActivate(context);
    const standing = await this.sessions.findStanding(request.user);
    if (standing === null) throw unauthenticated();
    const { userId, organizationId, sessionId } = request.user;
    const actor: Actor = { userId, organizationId, role: standing.role, via: 'session', sessionId };
    return { actor, scopes: null, suspended: standing.suspended };
  }
}

/** A suspended organization is for reading; the own account is nobody's organization (F3). */
function stopsInSuspension(permission: Permission): boolean {
  return permission.endsWith(':write') && permission !== 'account:write';
}
