import {
  BoolField,
  DateField,
  IntField,
  ObjectField,
  ObjectListField,
  TextField,
  UuidField,
} from '@weir/http';
import { OrganizationView, toOrganizationView } from '../organizations/organizations.view';
import { toUserView, UserView } from '../users/users.view';
import type { SignedIn } from './auth.service';
import type { SessionRow } from './sessions.repository';

export class TokensView {
  @TextField({ about: 'Send as `Authorization: Bearer …`.', max: 4000, example: 'eyJhbGciOi…' })
  readonly accessToken!: string;
  @TextField({ about: 'Works once, for /v1/auth/refresh.', max: 200, example: 'q0x7…' })
  readonly refreshToken!: string;
  @IntField({ about: 'Seconds until the access token expires.', min: 1, max: 86_400, example: 900 })
  readonly expiresIn!: number;
}

export class SignedInView extends TokensView {
  @ObjectField(() => UserView) readonly user!: UserView;
  @ObjectField(() => OrganizationView, { about: 'The active organization.' })
  readonly organization!: OrganizationView;
}

export function toSignedInView({ user, organization, tokens }: SignedIn): SignedInView {
  return { user: toUserView(user), organization: toOrganizationView(organization), ...tokens };
}

export class MeView {
  @ObjectField(() => UserView) readonly user!: UserView;
  @ObjectField(() => OrganizationView) readonly organization!: OrganizationView;
}

export class SessionView {
  @UuidField() readonly id!: string;
  @BoolField({ about: 'The session that asks.' }) readonly current!: boolean;
  @TextField({ max: 100, nullable: true, example: '203.0.113.7' }) readonly ip!: string | null;
  @TextField({ max: 256, nullable: true, example: 'Mozilla/5.0' }) readonly userAgent!: string | null;
  @DateField() readonly createdAt!: string;
  @DateField() readonly lastUsedAt!: string;
  @DateField({ about: 'When it ends unless it is used before.' }) readonly expiresAt!: string;
}

export function toSessionView(row: SessionRow, currentId: string | undefined): SessionView {
  return {
    id: row.id,
    current: row.id === currentId,
    ip: row.ip,
    userAgent: row.userAgent,
    createdAt: row.createdAt.toISOString(),
    lastUsedAt: row.lastUsedAt.toISOString(),
    expiresAt: row.idleExpiresAt.toISOString(),
  };
}

export class SessionListView {
  @ObjectListField(() => SessionView) readonly data!: SessionView[];
}
