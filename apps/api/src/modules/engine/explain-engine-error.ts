import type { Binding } from '@weir/flow';
import { assertNever, roleMay, type Actor, type AppError } from '@weir/kernel';
import type { EngineError, Redactor } from '@weir/langflow-client';
import * as errors from './engine.errors';

/** What is known about the run that failed. */
export interface FailedRun {
  readonly actor: Actor;
  readonly bindings: readonly Binding[];
  readonly redactor: Redactor;
}

const MAX_MESSAGE_LENGTH = 1_000;
/** Where the client of the engine cuts the engine's words. */
const CUT_LENGTH = 4_000;

/**
 * What a client gets to know of a failure: a code, the component and the names of secrets. The provider's own words, redacted,
 * go only to people who may change the workflow (F77); the engine's trace to nobody.
 */
export function explainEngineError(error: EngineError, run: FailedRun): AppError {
  const component = error.component === null ? null : run.redactor.redact(error.component);
  const message = messageFor(error, run);
  const trouble = { component, message, cause: error };
  switch (error.kind) {
    case 'unreachable':
    case 'flow_not_found':
      return errors.engineUnavailable(error);
    case 'timeout':
      return error.timeoutPhase === 'connect' ? errors.engineUnavailable(error) : errors.engineTimeout(error);
    case 'credential_rejected':
      return errors.engineRejectsUs(error);
    case 'provider_rejected_key':
      return errors.providerRejectedKey({ ...trouble, secretNames: secretNamesOf(error, run.bindings) });
    case 'provider_rate_limited':
      return errors.providerRateLimited({ ...trouble, secretNames: secretNamesOf(error, run.bindings) });
    case 'secret_missing':
      return errors.secretsMissingInEngine({ ...trouble, secretNames: secretNamesOf(error, run.bindings) });
    case 'flow_refused':
      return errors.flowRefused(trouble);
    case 'component_failed':
      return errors.componentFailed(trouble);
    case 'too_large':
      return errors.answerTooLarge(error);
    case 'protocol':
      return errors.engineProtocol(error);
    case 'aborted':
      return errors.runAborted(error);
    default:
      return assertNever(error.kind);
  }
}

/** The secret that the engine named, else those bound to the component that failed, else all of the run's. */
function secretNamesOf(error: EngineError, bindings: readonly Binding[]): string[] {
  const all = [...new Set(bindings.map(({ secretName }) => secretName))];
  if (error.secretName !== null && all.includes(error.secretName)) return [error.secretName];
  const ofComponent = bindings.filter(({ nodeName }) => nodeName === error.component);
  const keys = ofComponent.filter(({ provider, field }) => provider !== null || field === 'api_key');
  const nearest = [keys, ofComponent].find((list) => list.length > 0);
  return nearest === undefined ? all : [...new Set(nearest.map(({ secretName }) => secretName))];
}

function messageFor(error: EngineError, { actor, redactor }: FailedRun): string | null {
  if (error.providerMessage === null || !roleMay(actor.role, 'workflows:write')) return null;
  const words =
    redactWords(error.providerMessage, redactor).split('Traceback (most recent call last)', 1)[0] ?? '';
  const text = words.trim().slice(0, MAX_MESSAGE_LENGTH);
  return text === '' ? null : text;
}

/** Long words arrive cut off, perhaps in the middle of a secret: a tail that could be the beginning of one stays back. */
function redactWords(words: string, redactor: Redactor): string {
  return words.length < CUT_LENGTH ? redactor.redact(words) : redactor.stream().push(words);
}
