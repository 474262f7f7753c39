import { AppError, conflict } from '@weir/kernel';
import type { SecretUse } from './secret-usage';

/** Deleting it would break these workflows at their next run. */
export function secretInUse(name: string, workflows: readonly SecretUse[]): AppError {
  const names = workflows.map(({ workflowName }) => `'${workflowName}'`).join(', ');
  return conflict(
    'secret_in_use',
    `Secret '${name}' is used by ${names}. Change these workflows first, or delete it anyway with ?force=true.`,
    { workflows },
  );
}

/** An imported flow brings a value under a name that was taken in the same moment. */
export function secretNameTaken(names: readonly string[]): AppError {
  const list = names.map((name) => `'${name}'`).join(', ');
  return conflict(
    'secret_name_taken',
    `You keep another value as ${list}. Nothing was stored; send the request again.`,
  );
}

/** Two requests replaced the same secret again and again. */
export function secretBusy(name: string): AppError {
  return conflict(
    'secret_busy',
    `Secret '${name}' is being replaced by other requests. Nothing was stored; send it again.`,
  );
}
