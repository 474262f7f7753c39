import { EnumField } from '@weir/http';
import { ROLES, type Role } from '@weir/kernel';

export class ChangeRoleDto {
  @EnumField(ROLES, { about: 'Not above your own.', example: 'builder' })
  readonly role!: Role;
}
