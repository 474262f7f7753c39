import { ROLES, type Role } from '@weir/kernel';

/** True when `role` has more power than `other`; ROLES is in the order of power. */
export function outranks(role: Role, other: Role): boolean {
  return ROLES.indexOf(role) < ROLES.indexOf(other);
}
