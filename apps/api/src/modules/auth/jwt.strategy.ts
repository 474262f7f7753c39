import { Inject, Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import type { JwtKeyRing } from '@weir/crypto';
import { Clock } from '@weir/kernel';
import { ExtractJwt, Strategy } from 'passport-jwt';
import {
  ACCESS_TOKEN_AUDIENCE,
  ACCESS_TOKEN_ISSUER,
  keyForToken,
  readClaims,
  type AccessTokenClaims,
} from './access-token';
import { JWT_KEYS } from './auth.tokens';

/** Verifies access tokens: HS256 only, our issuer and audience, keys by `kid`. Tokens in addresses are not looked at (R24). */
@Injectable()
export class JwtStrategy extends PassportStrategy(Strategy, 'access-token') {
  constructor(
    @Inject(JWT_KEYS) keys: JwtKeyRing,
    private readonly clock: Clock,
  ) {
    super({
      jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(),
      issuer: ACCESS_TOKEN_ISSUER,
      audience: ACCESS_TOKEN_AUDIENCE,
      algorithms: ['HS256'],
      // Times are judged in readClaims, against our clock and with stricter types than the library's.
      ignoreExpiration: true,
      jsonWebTokenOptions: { ignoreNotBefore: true },
      secretOrKeyProvider: (_request, token: string, done) => {
        const key = keyForToken(keys, token);
        if (key === null) done(new Error('no key for this token'));
        // The types of passport-jwt are older than key objects; it hands the key to jsonwebtoken as it is.
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- see above
        else done(null, key as unknown as Buffer);
      },
    });
  }

  validate(payload: unknown): AccessTokenClaims | false {
    return readClaims(payload, this.clock) ?? false;
  }
}
