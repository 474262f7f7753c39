import type { AppConfig } from '@weir/config';
import { parseJwtKeys } from '@weir/crypto';
import type { AppError } from '@weir/kernel';
import type { FastifyRequest } from 'fastify';
import { isGenuineToken } from './modules/auth/access-token';
import { unauthenticated } from './modules/auth/auth.errors';

/**
 * Who shows neither a token that we signed nor an API key is refused by its headers alone. It is no authentication (the
 * session may have ended, the key be unknown): the guard decides that when the body is there.
 */
export function refuseStrangers(config: AppConfig): (request: FastifyRequest) => AppError | null {
  const keys = parseJwtKeys(config.keys.jwt);
  return ({ headers }) => {
    const [scheme, token = ''] = (headers.authorization ?? '').split(' ');
    if (headers['x-api-key'] !== undefined || token.startsWith('wk_')) return null;
    return scheme?.toLowerCase() === 'bearer' && isGenuineToken(keys, token) ? null : unauthenticated();
  };
}
