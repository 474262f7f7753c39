import { AppError, isJsonObject, type FieldError, type JsonObject, type JsonValue } from '@weir/kernel';

/** Why a run ended badly, as the row keeps it and every later answer tells it again. Redacted before it gets here. */
export interface StoredProblem {
  readonly code: string;
  readonly status: number;
  readonly title: string;
  readonly detail: string;
  readonly errors?: readonly FieldError[];
  readonly extensions?: JsonObject;
  readonly retryAfterSeconds?: number;
}

export function toStoredProblem(error: AppError): StoredProblem {
  const { code, status, title, detail, errors, extensions, retryAfterSeconds } = error;
  return {
    code,
    status,
    title,
    detail,
    ...(errors === undefined ? {} : { errors }),
    ...(extensions === undefined ? {} : { extensions: asJson(extensions) }),
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  };
}

/** The error for the client, with the run that it is about (F45). */
export function toAppError(problem: StoredProblem, runId: string): AppError {
  return new AppError({ ...problem, extensions: { ...problem.extensions, runId } });
}

/** Extensions may hold anything that JSON can say; the row holds what JSON made of it. */
function asJson(extensions: Readonly<Record<string, unknown>>): JsonObject {
  const json: JsonValue = JSON.parse(JSON.stringify(extensions));
  return isJsonObject(json) ? json : {};
}
