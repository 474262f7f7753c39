import { renameSync, writeFileSync } from 'node:fs';

/** How far the embedded engine is; `/readyz` shows it while the engine does not answer. */
export interface EngineState {
  readonly phase: 'installing' | 'starting' | 'ready' | 'failed' | 'unavailable' | 'stopped';
  /** For the operator, in a sentence; never a secret. */
  readonly detail: string;
  /** RFC 3339. */
  readonly updatedAt: string;
}

/** Writes the state so that a reader never sees half of it. */
export function writeEngineState(file: string, phase: EngineState['phase'], detail: string): void {
  const state: EngineState = { phase, detail, updatedAt: new Date().toISOString() };
  const partial = `${file}.${process.pid}`;
  writeFileSync(partial, `${JSON.stringify(state)}\n`, { mode: 0o600 });
  renameSync(partial, file);
}
