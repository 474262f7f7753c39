import { AppError, conflict } from '@weir/kernel';

/** One answer for an unknown address, a wrong password and a disabled account: nothing can be told apart. */
export function wrongCredentials(): AppError {
  return new AppError({
    code: 'wrong_credentials',
    status: 401,
    title: 'Sign-in failed',
    detail: 'The e-mail address or the password is wrong.',
  });
}

export function unauthenticated(cause?: unknown): AppError {
  return new AppError({
    code: 'unauthenticated',
    status: 401,
    title: 'Not signed in',
    detail: 'The access token is missing, expired or no longer valid. Sign in, or refresh it.',
    cause,
  });
}

/** For every refresh token that does not work, whatever the reason. */
export function refreshRefused(): AppError {
  return new AppError({
    code: 'refresh_refused',
    status: 401,
    title: 'Session ended',
    detail: 'The refresh token is not valid any more. Sign in again.',
  });
}

export function forbidden(permission: string): AppError {
  return new AppError({
    code: 'forbidden',
    status: 403,
    title: 'Not allowed',
    detail: `Your role in this organization does not have the permission '${permission}'.`,
  });
}

/** Of a key whose maker may do more. */
export function scopeMissing(permission: string): AppError {
  return new AppError({
    code: 'forbidden',
    status: 403,
    title: 'Not allowed',
    detail: `This API key does not have the scope '${permission}'. Use a key that has it, or sign in.`,
  });
}

/** @param reason in the operator's words */
export function organizationSuspended(reason: string): AppError {
  return new AppError({
    code: 'organization_suspended',
    status: 403,
    title: 'Organization suspended',
    detail: `This organization is suspended: ${reason}. You can read everything; to run and to change things again, ask the operator of this service.`,
  });
}

export function signupClosed(mode: 'invite' | 'closed'): AppError {
  const detail =
    mode === 'invite'
      ? 'New accounts need an invitation here. Ask the operator of this service for one.'
      : 'This service does not take new accounts.';
  return new AppError({ code: 'signup_closed', status: 403, title: 'Sign-up is not open', detail });
}

export function personalOrganizationRequired(): AppError {
  return conflict(
    'personal_organization_required',
    'You act in a team organization. Sign in to your personal organization to delete your account.',
  );
}

export function stillMember(organizations: readonly string[]): AppError {
  const names = organizations.map((name) => `'${name}'`).join(', ');
  return conflict(
    'still_member',
    `You are a member of ${names}. Leave or delete the organization first, then delete your account.`,
  );
}

export function passwordRefused(reasons: readonly string[], pointer: string): AppError {
  return new AppError({
    code: 'password_refused',
    status: 422,
    title: 'Choose another password',
    detail: reasons.join(' '),
    errors: reasons.map((detail) => ({ pointer, detail })),
  });
}

export function currentPasswordWrong(): AppError {
  return new AppError({
    code: 'current_password_wrong',
    status: 403,
    title: 'Password not changed',
    detail: 'The current password is wrong.',
    errors: [{ pointer: '/currentPassword', detail: 'is not your current password' }],
  });
}
