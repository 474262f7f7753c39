import { TextField, UuidField } from '@weir/http';
import { EmailField, lowerCase, PASSWORD } from './login-fields';

export class RegisterDto {
  @EmailField('Your address; also your login.')
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

export class SwitchDto {
  @UuidField({ about: 'One of those that GET /v1/organizations lists.' })
  readonly organizationId!: string;
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
