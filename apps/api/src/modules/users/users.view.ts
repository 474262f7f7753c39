import { DateField, TextField, UuidField } from '@weir/http';
import type { UserRow } from './users.repository';

export class UserView {
  @UuidField() readonly id!: string;
  @TextField({ max: 254, example: 'ada@example.com' }) readonly email!: string;
  @TextField({ max: 200, example: 'Ada Lovelace' }) readonly name!: string;
  @DateField() readonly createdAt!: string;
}

export function toUserView({ id, email, name, createdAt }: UserRow): UserView {
  return { id, email, name, createdAt: createdAt.toISOString() };
}
