import { Transform } from 'class-transformer';
import { isEmail, ValidateBy } from 'class-validator';
import { TextField } from '@weir/http';

const lowerCase = Transform(({ value }: { value: unknown }) =>
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

// Wide on purpose: what a password must be is judged with its reasons, in the service. 1,000 only bounds the work.
const PASSWORD = { min: 1, max: 1000, multiline: true, example: 'correct horse battery staple' } as const;

export class RegisterDto {
  @TextField({ about: 'Your address; also your login.', max: 254, example: 'ada@example.com' })
  @isAddress
  @lowerCase
  readonly email!: string;

  @TextField({ ...PASSWORD, about: '12 characters or more, at most 72 bytes; any characters.' })
  readonly password!: string;

  @TextField({ about: 'How others see you.', min: 1, max: 200, example: 'Ada Lovelace', trim: true })
  readonly name!: string;
}

export class LoginDto {
  @TextField({ max: 254, example: 'ada@example.com' })
  @lowerCase
  readonly email!: string;

  @TextField(PASSWORD)
  readonly password!: string;
}

export class RefreshDto {
  @TextField({ about: 'From sign-in or the refresh before. Works once.', min: 1, max: 200, example: 'q0x7…' })
  readonly refreshToken!: string;
}

export class ChangePasswordDto {
  @TextField(PASSWORD)
  readonly currentPassword!: string;

  @TextField({ ...PASSWORD, about: 'Ends all your other sessions.' })
  readonly newPassword!: string;
}

export class UpdateMeDto {
  @TextField({ min: 1, max: 200, example: 'Ada King', trim: true })
  readonly name!: string;
}
