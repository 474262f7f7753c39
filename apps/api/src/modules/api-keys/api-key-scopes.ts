import type { Permission } from '@weir/kernel';

/** What a key can be for. Accounts, members, keys and everything that builds are for people alone. */
export const API_KEY_SCOPES = [
  'runs:read',
  'runs:write',
  'workflows:read',
  'conversations:read',
  'conversations:write',
  'projects:read',
  'secrets:read',
] as const satisfies readonly Permission[];
export type ApiKeyScope = (typeof API_KEY_SCOPES)[number];
