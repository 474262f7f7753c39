import { applyDecorators } from '@nestjs/common';
import { TextField } from '@weir/http';
import { Transform } from 'class-transformer';
import { isEmail, ValidateBy } from 'class-validator';

/** Addresses are stored and compared in lower case. */
export const lowerCase = Transform(({ value }: { value: unknown }) =>
  typeof value === 'string' ? value.trim().toLowerCase() : value,
);

// The library's own decorator throws for half a surrogate pair, before TextField can refuse it.
const isAddress = ValidateBy({
  name: 'isEmail',
  validator: {
    validate: (value: unknown) => typeof value === 'string' && value.isWellFormed() && isEmail(value),
    defaultMessage: () => '$property must be an e-mail address',
  },
});

export function EmailField(about: string): PropertyDecorator {
  return applyDecorators(TextField({ about, max: 254, example: 'ada@example.com' }), isAddress, lowerCase);
}

// Wide on purpose: what a password must be is judged with its reasons, in the service. 1,000 only bounds the work.
export const PASSWORD = {
  min: 1,
  max: 1000,
  multiline: true,
  example: 'correct horse battery staple',
} as const;
