import { AppError, conflict, invalidInput } from '@weir/kernel';

export function keyExpired(expiredAt: Date): AppError {
  return new AppError({
    code: 'key_expired',
    status: 401,
    title: 'API key expired',
    detail: `This API key expired on ${expiredAt.toISOString()}. Create a new one with POST /v1/api-keys.`,
  });
}

export function addressNotAllowed(ip: string): AppError {
  return new AppError({
    code: 'address_not_allowed',
    status: 403,
    title: 'Address not allowed',
    detail: `This API key does not work from the address ${ip}. Use it from one of its addresses, or create a key without a list.`,
  });
}

/** Nobody hands out more than he has. */
export function scopesBeyondRole(scopes: readonly string[]): AppError {
  const list = scopes.map((scope) => `'${scope}'`).join(', ');
  return new AppError({
    code: 'forbidden',
    status: 403,
    title: 'Not allowed',
    detail: `Your role in this organization does not have ${list}, so a key of yours cannot have it. Leave it out.`,
    errors: [{ pointer: '/scopes', detail: `exceeds your role: ${list}` }],
  });
}

export function alreadyExpired(): AppError {
  return invalidInput('The key would have expired already. Choose a time to come, or leave expiresAt out.', [
    { pointer: '/expiresAt', detail: 'must be in the future' },
  ]);
}

export function unknownWorkflows(ids: readonly string[]): AppError {
  return invalidInput(
    'The key can only be limited to workflows that you can see. GET /v1/workflows lists them.',
    ids.map((id) => ({ pointer: '/workflowIds', detail: `there is no workflow '${id}' that you can see` })),
  );
}

export function keyOver(name: string): AppError {
  return conflict(
    'api_key_over',
    `API key '${name}' was rotated already or has expired. Rotate the key that took its place, or create a new one.`,
  );
}
