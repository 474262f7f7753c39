import { ValidationPipe, type ValidationError } from '@nestjs/common';
import { AppError, invalidInput, type FieldError } from '@weir/kernel';

const MAX_ERRORS = 20;

/** Strict: unknown fields are refused, nothing is converted silently but query strings declared as numbers or booleans. */
export function strictValidation(): ValidationPipe {
  return new ValidationPipe({
    whitelist: true,
    forbidNonWhitelisted: true,
    forbidUnknownValues: true,
    transform: true,
    stopAtFirstError: true,
    validationError: { target: false, value: false },
    exceptionFactory: (errors) => validationError(errors),
  });
}

function validationError(errors: readonly ValidationError[]): AppError {
  const fields = errors.flatMap((error) => fieldErrors(error, ''));
  const first = fields[0];
  const more = fields.length > 1 ? ` (and ${fields.length - 1} more)` : '';
  const detail =
    first === undefined ? 'The input is not valid.' : `'${first.pointer}' ${first.detail}${more}.`;
  return invalidInput(detail, fields.slice(0, MAX_ERRORS));
}

/** JSON pointer (RFC 6901) of each complaint, nested objects included. */
function fieldErrors(error: ValidationError, parent: string): FieldError[] {
  const pointer = `${parent}/${error.property.replaceAll('~', '~0').replaceAll('/', '~1')}`;
  const own = Object.entries(error.constraints ?? {}).map(([rule, message]) => ({
    pointer,
    detail:
      rule === 'whitelistValidation' ? 'is not a known field' : message.replace(`${error.property} `, ''),
  }));
  return [...own, ...(error.children ?? []).flatMap((child) => fieldErrors(child, pointer))];
}
