import type { EphemeralPostgres } from '../ephemeral-postgres';

/** Where the global set-up leaves the server for the global tear-down, which runs in the same process. */
export const handle: { postgres: EphemeralPostgres | null } = ((globalThis as Record<string, unknown>)[
  '__weirPostgres'
] ??= { postgres: null }) as { postgres: EphemeralPostgres | null };
