import { AppError, conflict } from '@weir/kernel';

/** One answer for a link that never was, was used, was withdrawn or was replaced by a newer one. */
export function invitationNotFound(): AppError {
  return new AppError({
    code: 'not_found',
    status: 404,
    title: 'Not found',
    detail: 'This invitation does not exist, was used already or was withdrawn. Ask for a new one.',
  });
}

export function invitationExpired(): AppError {
  return new AppError({
    code: 'invitation_expired',
    status: 410,
    title: 'Invitation expired',
    detail: 'This invitation is too old. Ask whoever invited you to send it again.',
  });
}

export function invitationForOther(): AppError {
  return new AppError({
    code: 'invitation_for_other',
    status: 403,
    title: 'Not allowed',
    detail: 'This invitation is for another e-mail address. Sign in with the address that was invited.',
  });
}

export function signInFirst(): AppError {
  return conflict(
    'sign_in_first',
    'The invited address has an account already. Sign in, then accept the invitation again.',
  );
}

export function invitationOpen(email: string): AppError {
  return conflict(
    'invitation_open',
    `'${email}' is invited already. Send that invitation again with POST /v1/invitations/{id}/resend, or withdraw it first.`,
  );
}

export function alreadyMember(email: string): AppError {
  return conflict(
    'already_member',
    `'${email}' is a member of this organization already. Change the role with PATCH /v1/members/{userId}.`,
  );
}

export function invitationOver(email: string): AppError {
  return conflict(
    'invitation_over',
    `The invitation of '${email}' was accepted or withdrawn and cannot be changed. Make a new one.`,
  );
}
