import type { Role } from '@weir/kernel';
import { ownRole, roleAboveOwn } from './members.errors';
import { outranks } from './roles';

interface Person {
  readonly userId: string;
  readonly role: Role;
}

/** Nobody hands out more than the own role (F28). */
export function requireMayGrant(own: Role, granted: Role): void {
  if (outranks(granted, own)) throw roleAboveOwn(granted);
}

/** Nobody changes the own role, or anything about somebody above (F28). */
export function requireMayChangeRole(me: Person, member: Person, role: Role): void {
  if (member.userId === me.userId) throw ownRole();
  requireMayRemove(me, member);
  requireMayGrant(me.role, role);
}

/** Everybody may go; nobody sends somebody above away. */
export function requireMayRemove(me: Person, member: Person): void {
  if (outranks(member.role, me.role)) throw roleAboveOwn(member.role);
}
