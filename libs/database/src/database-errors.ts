import { errorCode, isJsonObject } from '@weir/kernel';

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

/** True when the database could not be reached or did not answer in time: worth a 503, not a 500. */
export function isDatabaseUnavailable(error: unknown): boolean {
  const code = errorCode(error) ?? '';
  const sqlState = sqlStateOf(error) ?? code;
  return (
    ['P1000', 'P1001', 'P1002', 'P1008', 'P1017', 'P2024', 'P2028', 'ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'EPIPE'].includes(code) ||
    /^(08|57P0|53)/.test(sqlState) ||
    (error instanceof Error && /timeout exceeded when trying to connect|Connection terminated/.test(error.message))
  );
}

/** SQLSTATE of a pg error, or of the one that Prisma wrapped (`meta.driverAdapterError.cause.originalCode`). */
function sqlStateOf(error: unknown): string | undefined {
  const direct = errorCode(error);
  if (direct !== undefined && /^[0-9A-Z]{5}$/.test(direct) && !direct.startsWith('P')) return direct;
  if (typeof error !== 'object' || error === null || !('meta' in error) || typeof error.meta !== 'object') return undefined;
  const adapterError: unknown = (error.meta as { driverAdapterError?: unknown } | null)?.driverAdapterError;
  const cause: unknown = (adapterError as { cause?: unknown } | undefined)?.cause;
  const code = isJsonObject(cause) ? cause['originalCode'] : undefined;
  return typeof code === 'string' ? code : undefined;
}
