import { EnumField, ObjectField, PROBLEM_CONTENT_TYPE, TextField, toProblem, type Problem } from '@weir/http';
import { AppError } from '@weir/kernel';
import type { Check, CheckStatus, Checks, Readiness } from './readiness';

const STATUSES = ['ok', 'starting', 'failing'];

export class CheckView implements Check {
  @EnumField(STATUSES)
  status!: CheckStatus;

  @TextField({ max: 1000, about: 'Why, and what to do.', example: 'Answers.' })
  detail!: string;
}

export class ChecksView implements Checks {
  @ObjectField(() => CheckView)
  database!: CheckView;

  @ObjectField(() => CheckView)
  migrations!: CheckView;

  @ObjectField(() => CheckView)
  engine!: CheckView;

  @ObjectField(() => CheckView)
  keyRing!: CheckView;
}

export class ReadinessView {
  @EnumField(['ok'])
  status!: 'ok';

  @ObjectField(() => ChecksView)
  checks!: ChecksView;
}

/** What /readyz answers. */
export interface ReadinessAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: ReadinessView | Problem;
}

/**
 * 200, or a problem document of status 503 with the same checks. The problem is made here and not thrown: not being ready yet
 * is no failure of the request, and would fill the log while an engine starts.
 */
export function toReadinessAnswer({ status, checks }: Readiness, requestId: string): ReadinessAnswer {
  if (status === 'ok') return { status: 200, contentType: 'application/json', body: { status, checks } };
  const notOk = Object.entries(checks).filter(([, check]) => check.status !== 'ok');
  const problem = new AppError({
    code: 'not_ready',
    status: 503,
    title: status === 'starting' ? 'Starting' : 'Not ready',
    detail: notOk.map(([name, check]) => `${name}: ${check.detail}`).join(' '),
    extensions: { readiness: status, checks },
  });
  return { status: 503, contentType: PROBLEM_CONTENT_TYPE, body: toProblem(problem, requestId) };
}
