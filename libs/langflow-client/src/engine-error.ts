/** What went wrong, in words a caller can branch on. Which HTTP answer each becomes is the caller's decision. */
export type EngineErrorKind =
  /** The engine did not accept the request: nothing listens, the name does not resolve, 502/503/504 before a body. */
  | 'unreachable'
  /** A bound of time was reached: connecting, waiting for the first byte, silence in between, or in total. */
  | 'timeout'
  /** The engine does not know our token or key; a new one may help. */
  | 'credential_rejected'
  /** The engine has no such flow for this identity: push it again. */
  | 'flow_not_found'
  /** The engine knows the flow and will not run it: custom code, refused tweaks, malformed data. */
  | 'flow_refused'
  /** A model provider (or another service a component calls) refused the secret it was given. */
  | 'provider_rejected_key'
  | 'provider_rate_limited'
  /** A component needs a secret that did not reach it. */
  | 'secret_missing'
  /** A component failed for any other reason. */
  | 'component_failed'
  /** The answer (or the upload) is larger than allowed. */
  | 'too_large'
  /** The answer is not what Langflow of a supported version says. */
  | 'protocol'
  /** The caller's signal was aborted. */
  | 'aborted';

/** Which bound of time was reached. */
export type TimeoutPhase = 'connect' | 'first_byte' | 'idle' | 'total';

export interface EngineErrorDetails {
  /** True only when the engine surely did not start the work, so that sending it again cannot do it twice. */
  readonly retrySafe?: boolean;
  /** Display name of the component that failed, as Langflow tells it. */
  readonly component?: string;
  /** Name of the variable that was missing, for `secret_missing`. */
  readonly secretName?: string;
  /** HTTP status of the engine's answer, when there was one. */
  readonly status?: number;
  readonly timeoutPhase?: TimeoutPhase;
  /**
   * The engine's own words, unchanged. Providers echo keys and Langflow echoes values in here:
   * it must pass a redactor before it is shown, logged or stored.
   */
  readonly providerMessage?: string;
  readonly cause?: unknown;
}

const SUMMARIES: Record<EngineErrorKind, string> = {
  unreachable: 'The engine cannot be reached.',
  timeout: 'The engine did not answer in time.',
  credential_rejected: 'The engine does not accept the credential it was given.',
  flow_not_found: 'The engine does not have this flow.',
  flow_refused: 'The engine refuses to run this flow.',
  provider_rejected_key: 'A provider rejected the secret that a component used.',
  provider_rate_limited: 'A provider limits the rate of a component.',
  secret_missing: 'A component needs a secret that it did not get.',
  component_failed: 'A component of the flow failed.',
  too_large: 'The answer of the engine is larger than allowed.',
  protocol: 'The engine gave an answer that was not understood.',
  aborted: 'The request to the engine was aborted.',
};

/**
 * The only error that this library throws for anything an engine did or did not do.
 * Its `message` is one fixed sentence per kind and safe to log; everything variable is in {@link EngineErrorDetails}.
 */
export class EngineError extends Error {
  readonly kind: EngineErrorKind;
  readonly retrySafe: boolean;
  readonly component: string | null;
  readonly secretName: string | null;
  readonly status: number | null;
  readonly timeoutPhase: TimeoutPhase | null;

  /** Raw; see {@link EngineErrorDetails.providerMessage}. Not enumerable, so that a logger does not print it by accident. */
  declare readonly providerMessage: string | null;

  constructor(kind: EngineErrorKind, details: EngineErrorDetails = {}) {
    super(SUMMARIES[kind], details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'EngineError';
    this.kind = kind;
    this.retrySafe = details.retrySafe ?? false;
    this.component = details.component ?? null;
    this.secretName = details.secretName ?? null;
    this.status = details.status ?? null;
    this.timeoutPhase = details.timeoutPhase ?? null;
    Object.defineProperty(this, 'providerMessage', {
      value: details.providerMessage ?? null,
      enumerable: false,
    });
  }
}

/** True for an {@link EngineError}, optionally of one of the given kinds. */
export function isEngineError(error: unknown, ...kinds: readonly EngineErrorKind[]): error is EngineError {
  return error instanceof EngineError && (kinds.length === 0 || kinds.includes(error.kind));
}
