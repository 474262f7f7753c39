import { AppError, invalidInput } from '@weir/kernel';

export function unknownAccount(email: string): AppError {
  return unknown(`There is no account with the address '${email}'. \`weir user list\` shows all.`);
}

export function unknownOrganization(slugOrId: string): AppError {
  return unknown(
    `There is no organization with the slug or id '${slugOrId}'. \`weir tenant list\` shows all.`,
  );
}

/** Nobody could act in what such an owner has. */
export function ownerDisabled(email: string): AppError {
  return invalidInput(
    `The account '${email}' is disabled and cannot own an organization. \`weir user enable\` lets it sign in again.`,
    [{ pointer: '/owner', detail: 'is disabled' }],
  );
}

function unknown(detail: string): AppError {
  return new AppError({ code: 'not_found', status: 404, title: 'Not found', detail });
}
