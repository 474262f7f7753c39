import { AppError } from '@weir/kernel';

const ENGINE_RETRY_SECONDS = 5;
const UNSAFE_RETRY_SECONDS = 60;

export function engineUnavailable(cause?: unknown): AppError {
  return new AppError({
    code: 'engine_unavailable',
    status: 503,
    title: 'Engine not available',
    detail: 'The engine that runs workflows does not answer right now. Nothing is lost; try again soon.',
    retryAfterSeconds: ENGINE_RETRY_SECONDS,
    cause,
  });
}

/** The reason is for the operator, who finds it in /readyz. */
export function engineUnsafe(): AppError {
  return new AppError({
    code: 'engine_unsafe',
    status: 503,
    title: 'Engine not accepted',
    detail:
      'The engine is not set up safely, so nothing is sent to it. The operator of this service finds the reason in /readyz.',
    retryAfterSeconds: UNSAFE_RETRY_SECONDS,
  });
}

export function engineTimeout(cause: unknown): AppError {
  return new AppError({
    code: 'engine_timeout',
    status: 504,
    title: 'Run took too long',
    detail:
      'The workflow did not finish within its deadline and was stopped. Raise its deadlineSeconds, or make it do less.',
    cause,
  });
}

export function runAborted(cause: unknown): AppError {
  return new AppError({
    code: 'run_aborted',
    status: 409,
    title: 'Run stopped',
    detail: 'The run was stopped before it had finished.',
    cause,
  });
}

/** The engine rejects what we authenticate with: ours to mend, nothing that a user could do. */
export function engineRejectsUs(cause: unknown): AppError {
  return new AppError({
    code: 'engine_unavailable',
    status: 503,
    title: 'Engine not available',
    detail:
      'The engine does not accept requests of this service right now. The operator has to check its identity settings.',
    retryAfterSeconds: UNSAFE_RETRY_SECONDS,
    cause,
  });
}

export function engineProtocol(cause: unknown): AppError {
  return new AppError({
    code: 'engine_protocol',
    status: 502,
    title: 'Engine answer not understood',
    detail:
      'The engine gave an answer that could not be understood. Run again; if it happens again, report the requestId.',
    cause,
  });
}

export function answerTooLarge(cause: unknown): AppError {
  return new AppError({
    code: 'engine_answer_too_large',
    status: 502,
    title: 'Answer too large',
    detail: 'The workflow gave an answer of more than 32 MB, which is not taken. Make it give less.',
    cause,
  });
}

export interface ProviderTrouble {
  /** Names of secrets, never values. Usually one. */
  readonly secretNames: readonly string[];
  /** The component as the canvas names it, when the engine told. */
  readonly component: string | null;
  /** Redacted words of the provider, for people who may build. */
  readonly message: string | null;
  readonly cause: unknown;
}

export function providerRejectedKey({ secretNames, component, message, cause }: ProviderTrouble): AppError {
  return new AppError({
    code: 'provider_rejected_key',
    status: 502,
    title: 'Provider rejected the key',
    detail: `The provider${usedBy(component)} rejected ${listOf(secretNames)}. Replace the value and run again.`,
    extensions: extensionsOf({ secretNames, component, message }),
    cause,
  });
}

export function providerRateLimited({ secretNames, component, message, cause }: ProviderTrouble): AppError {
  return new AppError({
    code: 'provider_rate_limited',
    status: 502,
    title: 'Provider limits the rate',
    detail: `The provider${usedBy(component)} refuses more requests for now, or your account there is used up. Wait, or check the account.`,
    extensions: extensionsOf({ secretNames, component, message }),
    cause,
  });
}

/** The engine looked for a secret that the run did not bring. */
export function secretsMissingInEngine({
  secretNames,
  component,
  message,
  cause,
}: ProviderTrouble): AppError {
  return new AppError({
    code: 'secrets_missing',
    status: 422,
    title: 'Secrets missing',
    detail: `The component ${quoted(component)} needs ${secretNames.length === 0 ? 'a secret' : listOf(secretNames)} that the run could not give it. Store the secret and run again.`,
    extensions: extensionsOf({ secretNames, component, message }),
    cause,
  });
}

export interface ComponentTrouble {
  readonly component: string | null;
  readonly message: string | null;
  readonly cause: unknown;
}

export function componentFailed({ component, message, cause }: ComponentTrouble): AppError {
  return new AppError({
    code: 'component_failed',
    status: 502,
    title: 'A component failed',
    detail: `The component ${quoted(component)} of the workflow failed. Open the workflow and check its settings, or ask who built it.`,
    extensions: extensionsOf({ component, message }),
    cause,
  });
}

export function flowRefused({ component, message, cause }: ComponentTrouble): AppError {
  return new AppError({
    code: 'flow_refused',
    status: 422,
    title: 'Engine refuses the workflow',
    detail:
      'The engine refuses to run this workflow, for instance because it contains code of its own. See the findings of its version.',
    extensions: extensionsOf({ component, message }),
    cause,
  });
}

/** The value fits no way of passing it to this place. */
export function secretUndeliverable(secretName: string, nodeName: string): AppError {
  return new AppError({
    code: 'secret_undeliverable',
    status: 422,
    title: 'Secret cannot be passed on',
    detail: `The value of '${secretName}' has line breaks or other characters that the component '${nodeName}' cannot be given. Store it without them.`,
    extensions: { secretNames: [secretName], component: nodeName },
  });
}

export function tweakRefused(
  problems: readonly { readonly pointer: string; readonly detail: string }[],
): AppError {
  return new AppError({
    code: 'tweak_refused',
    status: 422,
    title: 'Tweak refused',
    detail: 'A tweak names something that a run may not change.',
    errors: problems,
  });
}

function extensionsOf(members: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(members).filter(
      ([, value]) => value !== null && !(Array.isArray(value) && value.length === 0),
    ),
  );
}

const quoted = (component: string | null): string => (component === null ? 'in question' : `'${component}'`);
const usedBy = (component: string | null): string => (component === null ? '' : ` behind '${component}'`);

function listOf(names: readonly string[]): string {
  if (names.length === 0) return 'the key that was used';
  return `${names.length === 1 ? 'the secret' : 'one of the secrets'} ${names.map((name) => `'${name}'`).join(', ')}`;
}
