/** One entry of `errors` in a problem document: where in the input, and what is wrong there. */
export interface FieldError {
  /** JSON pointer (RFC 6901) into the request body, or `query/<name>`, `header/<name>`. */
  readonly pointer: string;
  readonly detail: string;
}

export interface AppErrorOptions {
  /** Stable, documented in docs/problems.md; clients branch on it. */
  readonly code: string;
  /** HTTP status of the problem document. Plain number: the kernel knows no framework. */
  readonly status: number;
  /** Short summary that is the same for every occurrence of the code. */
  readonly title: string;
  /** What happened to which thing, and what to do next. Shown to the client: never a secret, an address of ours, or a trace. */
  readonly detail: string;
  readonly errors?: readonly FieldError[];
  /** Further members of the problem document (RFC 9457 section 3.2), e.g. `runId`. */
  readonly extensions?: Readonly<Record<string, unknown>>;
  /** Seconds; becomes `Retry-After`. */
  readonly retryAfterSeconds?: number;
  readonly cause?: unknown;
}

/**
 * An error that a client may see. Everything else that is thrown becomes a 500 without detail.
 * Features declare theirs in `x.errors.ts`; nothing compares messages.
 */
export class AppError extends Error {
  readonly code: string;
  readonly status: number;
  readonly title: string;
  readonly detail: string;
  readonly errors: readonly FieldError[] | undefined;
  readonly extensions: Readonly<Record<string, unknown>> | undefined;
  readonly retryAfterSeconds: number | undefined;

  constructor(options: AppErrorOptions) {
    super(options.detail, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'AppError';
    this.code = options.code;
    this.status = options.status;
    this.title = options.title;
    this.detail = options.detail;
    this.errors = options.errors;
    this.extensions = options.extensions;
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}

/**
 * The one answer for "does not exist" and "belongs to somebody else": same body for both, so that nothing can be probed.
 * @param kind the word of docs/architecture.md for the thing, e.g. `workflow`
 */
export function notFound(kind: string, id: string): AppError {
  return new AppError({
    code: 'not_found',
    status: 404,
    title: 'Not found',
    detail: `There is no ${kind} '${id}' that you can see.`,
  });
}

/** Input that parsed but is not acceptable; `errors` names each place. */
export function invalidInput(detail: string, errors: readonly FieldError[] = []): AppError {
  return new AppError({ code: 'validation_failed', status: 422, title: 'Invalid input', detail, errors });
}

/** A change that collides with the state of things (a taken name, a protected object). */
export function conflict(
  code: string,
  detail: string,
  extensions?: Readonly<Record<string, unknown>>,
): AppError {
  return new AppError({
    code,
    status: 409,
    title: 'Conflict',
    detail,
    ...(extensions === undefined ? {} : { extensions }),
  });
}
