import { BoolField, DateField, EnumField, TextField, UuidField } from '@weir/http';
import { ROLES } from '@weir/kernel';
import type { OwnOrganizationRow } from '../organizations/organizations.repository';

export class OwnOrganizationView {
  @UuidField() readonly id!: string;
  @EnumField(['personal', 'team'], { about: '`personal` organizations belong to one person.' })
  readonly kind!: string;
  @TextField({ max: 200, example: 'Acme' }) readonly name!: string;
  @TextField({ about: 'null for a personal one.', max: 63, nullable: true, example: 'acme' })
  readonly slug!: string | null;
  @EnumField(ROLES, { about: 'Yours in it.' }) readonly role!: string;
  @BoolField({ about: 'Reading works; running and changing does not.', example: false })
  readonly suspended!: boolean;
  @TextField({ about: "The operator's words.", max: 500, nullable: true, example: null })
  readonly suspendedReason!: string | null;
  @DateField() readonly joinedAt!: string;
}

export function toOwnOrganizationView(row: OwnOrganizationRow): OwnOrganizationView {
  const { id, kind, name, slug, role, suspendedReason, joinedAt } = row;
  return {
    id,
    kind,
    name,
    slug,
    role,
    suspended: suspendedReason !== null,
    suspendedReason,
    joinedAt: joinedAt.toISOString(),
  };
}

export class DeletedOrganizationView {
  @UuidField() readonly id!: string;
  @DateField({ about: 'Until then the operator can bring it back; then everything in it is removed.' })
  readonly purgeAfter!: string;
}
