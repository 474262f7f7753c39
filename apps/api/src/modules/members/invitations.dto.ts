import { EnumField, TextField } from '@weir/http';
import { ROLES, type Role } from '@weir/kernel';
import { EmailField, PASSWORD } from '../auth/login-fields';

export class InviteDto {
  @EmailField('Who is invited. Only this address can accept.')
  readonly email!: string;

  @EnumField(ROLES, { about: 'Not above your own.', example: 'builder' })
  readonly role!: Role;
}

export class AcceptInvitationDto {
  @TextField({ about: 'From the link, behind the #.', min: 1, max: 200, example: 'q0x7…' })
  readonly token!: string;

  @TextField({
    about: 'For a new account: how others see you.',
    min: 1,
    max: 200,
    example: 'Ada Lovelace',
    trim: true,
    optional: true,
  })
  readonly name?: string;

  @TextField({
    ...PASSWORD,
    about: 'For a new account: 12 characters or more, at most 72 bytes.',
    optional: true,
  })
  readonly password?: string;
}
