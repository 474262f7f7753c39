import { DateField, EnumField, TextField, UuidField } from '@weir/http';
import { ROLES } from '@weir/kernel';
import type { MemberRow } from './members.repository';

export class MemberView {
  @UuidField() readonly id!: string;
  @UuidField({ about: 'Names the person in the other routes.' }) readonly userId!: string;
  @TextField({ max: 200, example: 'Ada Lovelace' }) readonly name!: string;
  @TextField({ max: 254, example: 'ada@example.com' }) readonly email!: string;
  @EnumField(ROLES) readonly role!: string;
  @DateField() readonly joinedAt!: string;
}

export function toMemberView({ id, userId, name, email, role, joinedAt }: MemberRow): MemberView {
  return { id, userId, name, email, role, joinedAt: joinedAt.toISOString() };
}
