/** 3 to 63 characters, so that a slug can also be a label of a host name (RFC 1123). The database checks the same. */
export const SLUG_PATTERN = /^[a-z0-9](?:[a-z0-9-]{1,61}[a-z0-9])$/;
export const SLUG_HINT =
  'must be 3 to 63 lower-case letters, digits and hyphens, with a letter or digit at both ends';

/** Words that are, or may become, addresses of the service itself. */
const RESERVED: ReadonlySet<string> = new Set([
  'account',
  'admin',
  'api',
  'app',
  'auth',
  'billing',
  'console',
  'dashboard',
  'docs',
  'health',
  'help',
  'internal',
  'invitations',
  'login',
  'logout',
  'mail',
  'members',
  'me',
  'openapi',
  'operator',
  'organization',
  'organizations',
  'personal',
  'public',
  'root',
  'settings',
  'signup',
  'static',
  'status',
  'support',
  'system',
  'tenant',
  'tenants',
  'v1',
  'weir',
  'www',
]);

/** Why a text cannot be the slug of an organization; null when it can. */
export function slugProblem(slug: string): string | null {
  // First, because some of these words are too short as well, and this is what helps.
  if (RESERVED.has(slug)) return 'is reserved for the service itself';
  return SLUG_PATTERN.test(slug) ? null : SLUG_HINT;
}
