import { AppError, invalidInput } from '@weir/kernel';

export function keyMalformed(): AppError {
  return invalidInput('Idempotency-Key takes 1 to 255 printable ASCII characters; a UUID is a good one.', [
    { pointer: 'header/idempotency-key', detail: 'must be 1 to 255 printable ASCII characters' },
  ]);
}

export function keyReused(): AppError {
  return new AppError({
    code: 'idempotency_key_reused',
    status: 422,
    title: 'Key used for another request',
    detail:
      'This Idempotency-Key was used for another request within the last 24 hours. Take a new key for a new request.',
    errors: [{ pointer: 'header/idempotency-key', detail: 'belongs to another request' }],
  });
}

export function stillInProgress(): AppError {
  return new AppError({
    code: 'idempotency_in_progress',
    status: 409,
    title: 'First request still under way',
    detail:
      'A request with this Idempotency-Key is still being worked on. Send it again after the time in Retry-After.',
    retryAfterSeconds: 1,
  });
}
