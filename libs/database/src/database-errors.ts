import { errorCode, isJsonObject, type JsonObject } from '@weir/kernel';

export type ConstraintKind = 'unique' | 'foreign_key' | 'check' | 'not_null' | 'row_security';

const KIND_BY_SQLSTATE: Readonly<Record<string, ConstraintKind>> = {
  '23505': 'unique',
  '23503': 'foreign_key',
  '23514': 'check',
  '23502': 'not_null',
  '42501': 'row_security',
};
const KIND_BY_PRISMA_CODE: Readonly<Record<string, ConstraintKind>> = {
  P2002: 'unique',
  P2003: 'foreign_key',
  P2004: 'check',
  P2011: 'not_null',
};

/**
 * Which kind of constraint refused a write, if that is what happened. Callers turn it into an error of their own feature;
 * the database's words (which may name rows of others) never travel further.
 */
export function violatedConstraint(error: unknown): ConstraintKind | null {
  const sqlState = sqlStateOf(error);
  if (sqlState !== undefined && sqlState in KIND_BY_SQLSTATE) return KIND_BY_SQLSTATE[sqlState] ?? null;
  return KIND_BY_PRISMA_CODE[errorCode(error) ?? ''] ?? null;
}

/** What the function `assert_that` of the database raises. */
const FAILED_ASSERTION = 'WR001';

/** True when a statement failed because a condition that it stood on (`assert_that`) did not hold. */
export function isFailedAssertion(error: unknown): boolean {
  return sqlStateOf(error) === FAILED_ASSERTION;
}

const UNREACHABLE_CODES: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  // Prisma: credentials, not reachable, timed out, closed, no free connection, transaction API.
  'P1000',
  'P1001',
  'P1002',
  'P1008',
  'P1017',
  'P2024',
  'P2028',
]);
/** What Prisma's adapter calls them; a raw query hides them behind P2010. */
const UNREACHABLE_KINDS: ReadonlySet<string> = new Set([
  'DatabaseNotReachable',
  'DatabaseAccessDenied',
  'DatabaseDoesNotExist',
  'AuthenticationFailed',
  'ConnectionClosed',
  'SocketTimeout',
  'TooManyConnections',
  'TlsConnectionError',
]);
/** Connection exceptions, a server that shuts down or starts, and one that is out of connections or memory. */
const UNREACHABLE_SQLSTATES = /^(08|57P0|53)/;

/** True when the database could not be reached or did not answer in time: worth a 503, not a 500. */
export function isDatabaseUnavailable(error: unknown): boolean {
  const code = errorCode(error) ?? '';
  const kind = adapterCause(error)?.['kind'];
  return (
    UNREACHABLE_CODES.has(code) ||
    (typeof kind === 'string' && UNREACHABLE_KINDS.has(kind)) ||
    UNREACHABLE_SQLSTATES.test(sqlStateOf(error) ?? code) ||
    (error instanceof Error &&
      /timeout exceeded when trying to connect|Connection terminated/.test(error.message))
  );
}

/** SQLSTATE of a pg error, or of the one that Prisma wrapped. */
function sqlStateOf(error: unknown): string | undefined {
  const direct = errorCode(error);
  if (direct !== undefined && /^[0-9A-Z]{5}$/.test(direct) && !direct.startsWith('P')) return direct;
  const wrapped = adapterCause(error)?.['originalCode'];
  return typeof wrapped === 'string' ? wrapped : undefined;
}

/** What the driver said, in the place where Prisma keeps it: `meta.driverAdapterError.cause`. */
function adapterCause(error: unknown): JsonObject | undefined {
  const cause = memberOf(memberOf(memberOf(error, 'meta'), 'driverAdapterError'), 'cause');
  return isJsonObject(cause) ? cause : undefined;
}

function memberOf(value: unknown, name: string): unknown {
  return isJsonObject(value) ? value[name] : undefined;
}
