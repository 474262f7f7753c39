import { EnumField, TextField, UuidField } from '@weir/http';
import type { OrganizationRow } from './organizations.repository';

export class OrganizationView {
  @UuidField() readonly id!: string;
  @EnumField(['personal', 'team'], { about: '`personal` organizations belong to one person.' })
  readonly kind!: string;
  @TextField({ max: 200, example: 'Ada Lovelace' }) readonly name!: string;
}

export function toOrganizationView({ id, kind, name }: OrganizationRow): OrganizationView {
  return { id, kind, name };
}
