import type { AppConfig } from '@weir/config';
import { findIsolationProblems } from '@weir/database';

/** Raised before the first request: the service would run, but its walls would not stand. */
export class UnsafeStartError extends Error {
  constructor(problems: readonly string[]) {
    super(
      `Refusing to start, because tenants would not be isolated:\n${problems.map((line) => `  - ${line}`).join('\n')}`,
    );
    this.name = 'UnsafeStartError';
  }
}

/** @throws UnsafeStartError when the database role or a table defeats row-level security (F8) */
export async function refuseUnsafeStart(config: AppConfig): Promise<void> {
  const problems = await findIsolationProblems(config.database.url);
  if (problems.length > 0) throw new UnsafeStartError(problems);
}
