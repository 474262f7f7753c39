export type CheckStatus = 'ok' | 'starting' | 'failing';

/** One thing that the service needs. */
export interface Check {
  readonly status: CheckStatus;
  /** For the operator: why, and what to do. Never an address of the engine, never a secret. */
  readonly detail: string;
}

export const CHECK_NAMES = ['database', 'migrations', 'engine', 'keyRing'] as const;
export type CheckName = (typeof CHECK_NAMES)[number];

export type Checks = Readonly<Record<CheckName, Check>>;

export interface Readiness {
  readonly status: CheckStatus;
  readonly checks: Checks;
}

/** `ok` when all is; `starting` when something still starts and nothing fails. */
export function toReadiness(checks: Checks): Readiness {
  const all = new Set(Object.values(checks).map(({ status }) => status));
  if (all.has('failing')) return { status: 'failing', checks };
  return { status: all.has('starting') ? 'starting' : 'ok', checks };
}

export const ok = (detail: string): Check => ({ status: 'ok', detail });
export const failing = (detail: string): Check => ({ status: 'failing', detail });
export const starting = (detail: string): Check => ({ status: 'starting', detail });
