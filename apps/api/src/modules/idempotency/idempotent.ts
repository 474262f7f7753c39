import { applyDecorators, SetMetadata } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';

export const IDEMPOTENT_ROUTE = 'weir:idempotent';

/** A POST that may carry an `Idempotency-Key`: sent twice with the same key and body, it happens once. */
export function Idempotent(): MethodDecorator {
  return applyDecorators(
    SetMetadata(IDEMPOTENT_ROUTE, true),
    ApiHeader({
      name: 'Idempotency-Key',
      required: false,
      description:
        'Any text of your own, e.g. a UUID. The same key with the same body within 24 hours answers what the first request answered, with `Idempotency-Replayed: true`.',
      example: '6f0d9c1e-9d0f-4a8b-8f5e-2c2a6b1d4e77',
    }),
  );
}
