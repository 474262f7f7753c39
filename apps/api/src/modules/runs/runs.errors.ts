import type { Binding, Finding } from '@weir/flow';
import { AppError } from '@weir/kernel';
import type { WorkflowChangedError } from '../workflows/workflows.service';

export function flowBlocked(workflowName: string, findings: readonly Finding[]): AppError {
  const [first] = findings;
  const more = findings.length > 1 ? ` (and ${findings.length - 1} more)` : '';
  return new AppError({
    code: 'flow_blocked',
    status: 422,
    title: 'Workflow may not run',
    detail: `Workflow '${workflowName}' may not run here: ${first?.detail ?? 'it was not approved'}${more} Change the flow, then run it again.`,
    extensions: { findings },
  });
}

export function secretsMissing(names: readonly string[], bindings: readonly Binding[]): AppError {
  const missing = names.map((name) => ({
    secretName: name,
    nodes: bindings
      .filter(({ secretName }) => secretName === name)
      .map(({ nodeId, nodeName, field }) => ({ nodeId, nodeName, field })),
  }));
  const list = missing.map(
    ({ secretName, nodes }) => `${secretName} (${nodes.map(({ nodeName }) => nodeName).join(', ')})`,
  );
  return new AppError({
    code: 'secrets_missing',
    status: 422,
    title: 'Secrets missing',
    detail: `The workflow needs secrets that you have not stored: ${list.join('; ')}. Store them with PUT /v1/secrets/{name}, then run it again.`,
    extensions: { secretNames: names, missing },
  });
}

export function workflowChanging(cause: WorkflowChangedError): AppError {
  return new AppError({
    code: 'workflow_changing',
    status: 409,
    title: 'Workflow is being changed',
    detail: `Workflow '${cause.workflowName}' was changed again and again while the run was started. Try again in a moment.`,
    retryAfterSeconds: 1,
    cause,
  });
}

/** @param at of the run that would have been one too many */
export function quotaExceeded(at: Date): AppError {
  const resetAt = new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + 1));
  return new AppError({
    code: 'quota_exceeded',
    status: 429,
    title: 'Quota used up',
    detail: `This API key has used up its runs of this month. It can start runs again from ${resetAt.toISOString()}; until then use another key.`,
    retryAfterSeconds: Math.ceil((resetAt.getTime() - at.getTime()) / 1000),
    extensions: { resetAt: resetAt.toISOString() },
  });
}

export function runCancelled(): AppError {
  return new AppError({
    code: 'run_cancelled',
    status: 409,
    title: 'Run was cancelled',
    detail: 'The run was cancelled before it ended. Start another one when you still need the result.',
  });
}

/** A run that the stop of this process cut off. */
export function serverStopping(): AppError {
  return new AppError({
    code: 'server_stopping',
    status: 503,
    title: 'Run was stopped',
    detail: 'The server stopped before the run ended. Start it again.',
    retryAfterSeconds: 5,
  });
}

/** No new runs while this process stops. */
export function shuttingDown(): AppError {
  return new AppError({
    code: 'shutting_down',
    status: 503,
    title: 'Not available right now',
    detail: 'This server is stopping and starts no more runs. Try again soon.',
    retryAfterSeconds: 5,
  });
}

export function runLost(): AppError {
  return new AppError({
    code: 'run_lost',
    status: 502,
    title: 'Run was lost',
    detail:
      'The process that executed the run ended without a word, so its result is unknown. Check for effects of the run before you start it again.',
  });
}

export function runBroke(cause: unknown): AppError {
  return new AppError({
    code: 'internal_error',
    status: 500,
    title: 'Something went wrong on our side',
    detail: 'The run failed for a reason that is not yours. Quote the runId when you report it.',
    cause,
  });
}

export function stillRunning(runId: string): AppError {
  return new AppError({
    code: 'run_still_running',
    status: 503,
    title: 'Run is not over yet',
    detail: `Run '${runId}' has not ended yet. Ask for it with GET /v1/runs/${runId}.`,
    retryAfterSeconds: 5,
    extensions: { runId },
  });
}
