import { AppError, conflict, type Role } from '@weir/kernel';

/** An organization without an owner could never be managed or deleted again. */
export function lastOwner(): AppError {
  return conflict(
    'last_owner',
    'This is the only owner of the organization. Make another member an owner first, or delete the organization.',
  );
}

export function roleAboveOwn(role: Role): AppError {
  return new AppError({
    code: 'role_above_own',
    status: 403,
    title: 'Not allowed',
    detail: `The role '${role}' is above your own in this organization. Ask somebody who has it.`,
  });
}

export function ownRole(): AppError {
  return new AppError({
    code: 'own_role',
    status: 403,
    title: 'Not allowed',
    detail: 'Nobody changes the own role. Ask another owner or admin of this organization.',
  });
}

export function teamRequired(): AppError {
  return conflict(
    'team_required',
    'A personal organization belongs to one person. Make a team organization with POST /v1/organizations.',
  );
}
