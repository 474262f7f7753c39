import { invalidInput, type AppError } from '@weir/kernel';

export function auditRangeBeyondEnd(from: number, last: number): AppError {
  return invalidInput(
    `The audit trail ends with event ${last}, so an export cannot begin with event ${from}. Begin with ${last + 1} or earlier.`,
    [{ pointer: 'query/from', detail: 'is behind the end of the audit trail' }],
  );
}

export function notAMoment(name: 'from' | 'to'): AppError {
  return invalidInput(`'${name}' is not a moment. Write it as 2026-11-21T09:30:00Z.`, [
    { pointer: `query/${name}`, detail: 'must be a date and time with its time zone' },
  ]);
}
