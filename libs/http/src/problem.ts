import { AppError, type FieldError } from '@weir/kernel';

export const PROBLEM_CONTENT_TYPE = 'application/problem+json; charset=utf-8';
/** Documentation of the codes; the anchor is the code. */
const PROBLEM_DOCS = '/docs/problems';

/** RFC 9457 problem details, as every error of the API is answered. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: string;
  readonly requestId: string;
  readonly errors?: readonly FieldError[];
  readonly [extension: string]: unknown;
}

export function toProblem(error: AppError, requestId: string): Problem {
  return {
    type: `${PROBLEM_DOCS}#${error.code}`,
    title: error.title,
    status: error.status,
    detail: error.detail,
    code: error.code,
    requestId,
    ...(error.errors === undefined || error.errors.length === 0 ? {} : { errors: error.errors }),
    ...error.extensions,
  };
}

interface PlainProblem {
  readonly code: string;
  readonly title: string;
  readonly detail: string;
}

/** What the framework itself refuses, in our words: its own messages name libraries and paths. */
const BY_STATUS: Readonly<Record<number, PlainProblem>> = {
  400: {
    code: 'malformed_request',
    title: 'Malformed request',
    detail: 'The request could not be read. Check that the body is valid JSON.',
  },
  401: {
    code: 'unauthenticated',
    title: 'Not signed in',
    detail: 'Send a valid access token: Authorization: Bearer <token>.',
  },
  403: { code: 'forbidden', title: 'Not allowed', detail: 'Your role does not allow this.' },
  404: { code: 'route_not_found', title: 'No such route', detail: 'There is no such route. See /docs.' },
  406: {
    code: 'not_acceptable',
    title: 'Not acceptable',
    detail: 'The route cannot answer in the type that Accept asks for.',
  },
  408: {
    code: 'request_timeout',
    title: 'Request too slow',
    detail: 'The request took too long to arrive. Send it again.',
  },
  413: {
    code: 'body_too_large',
    title: 'Body too large',
    detail: 'The request body is larger than this route takes.',
  },
  414: {
    code: 'uri_too_long',
    title: 'Address too long',
    detail: 'The address, or a part of it, is too long.',
  },
  415: { code: 'unsupported_media_type', title: 'Unsupported media type', detail: 'Send application/json.' },
  429: {
    code: 'rate_limited',
    title: 'Too many requests',
    detail: 'Slow down and try again after the time in Retry-After.',
  },
  431: {
    code: 'headers_too_large',
    title: 'Headers too large',
    detail: 'The request headers are larger than 16 kB.',
  },
  503: {
    code: 'unavailable',
    title: 'Not available right now',
    detail: 'A part of the service does not answer. Try again soon.',
  },
};

export function frameworkError(status: number, cause: unknown): AppError {
  const known = BY_STATUS[status];
  if (known !== undefined) return new AppError({ ...known, status, cause });
  if (status >= 400 && status < 500)
    return new AppError({ ...(BY_STATUS[400] ?? internalProblem), status, cause });
  return internalError(cause);
}

const internalProblem: PlainProblem = {
  code: 'internal_error',
  title: 'Something went wrong on our side',
  detail: 'The request failed for a reason that is not yours. Quote the requestId when you report it.',
};

export function internalError(cause: unknown): AppError {
  return new AppError({ ...internalProblem, status: 500, cause });
}

export function databaseUnavailable(cause: unknown): AppError {
  return new AppError({
    code: 'database_unavailable',
    status: 503,
    title: 'Not available right now',
    detail: 'The database does not answer. Nothing was changed; try again soon.',
    retryAfterSeconds: 5,
    cause,
  });
}

export function methodNotAllowed(method: string, allowed: readonly string[]): AppError {
  return new AppError({
    code: 'method_not_allowed',
    status: 405,
    title: 'Method not allowed',
    detail: `This route does not take ${method}. It takes ${allowed.join(', ')}.`,
  });
}
