import {
  createParamDecorator,
  type ExecutionContext,
  SetMetadata,
  UnauthorizedException,
} from '@nestjs/common';
import type { Actor, Permission } from '@weir/kernel';
import type { FastifyRequest } from 'fastify';

export const PUBLIC_ROUTE = 'weir:public';
export const REQUIRED_PERMISSION = 'weir:permission';

/** A route without sign-in. Every other route names its permission: the guard refuses one that names neither. */
export const Public = (): MethodDecorator & ClassDecorator => SetMetadata(PUBLIC_ROUTE, true);

export const Requires = (permission: Permission): MethodDecorator =>
  SetMetadata(REQUIRED_PERMISSION, permission);

/** Who acts. Only on routes that are not public. */
export const CurrentActor = createParamDecorator((_data: unknown, context: ExecutionContext): Actor => {
  const actor = context.switchToHttp().getRequest<FastifyRequest>().weirContext.actor;
  if (actor === null || actor === 'system') throw new UnauthorizedException();
  return actor;
});
