import type { Role } from './actor';

/**
 * What each role may do: the one table behind the guard, the documentation and the tests.
 * Reading left to right is reading downwards in power; a permission missing here exists for nobody.
 */
const ALL: readonly Role[] = ['owner', 'admin', 'builder', 'operator', 'viewer'];
const ADMINS: readonly Role[] = ['owner', 'admin'];
const BUILDERS: readonly Role[] = ['owner', 'admin', 'builder'];
const RUNNERS: readonly Role[] = ['owner', 'admin', 'builder', 'operator'];

export const PERMISSIONS = {
  'account:read': ALL,
  'account:write': ALL,
  'organization:read': ALL,
  'organization:write': ADMINS,
  'organization:delete': ['owner'],
  'members:read': ALL,
  'members:write': ADMINS,
  'api-keys:read': BUILDERS,
  'api-keys:write': BUILDERS,
  'audit:read': ADMINS,
  'settings:read': ALL,
  'settings:write': ALL,
  'secrets:read': ALL,
  'secrets:write': ALL,
  'projects:read': ALL,
  'projects:write': BUILDERS,
  'workflows:read': ALL,
  'workflows:write': BUILDERS,
  'runs:read': ALL,
  'runs:write': RUNNERS,
  'conversations:read': ALL,
  'conversations:write': RUNNERS,
} as const satisfies Record<string, readonly Role[]>;

export type Permission = keyof typeof PERMISSIONS;

export function roleMay(role: Role, permission: Permission): boolean {
  const allowed: readonly Role[] = PERMISSIONS[permission];
  return allowed.includes(role);
}
