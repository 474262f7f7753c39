import { issueAccessToken } from '../../../apps/api/src/modules/auth/access-token';
import { parseJwtKeys } from '@weir/crypto';
import { newId, SystemClock, type Role } from '@weir/kernel';
import { ApiClient, PASSWORD } from '../api-client';
import type { TestApp } from '../test-app';

/** A new login of the same person. */
export async function logInAgain(api: TestApp, person: ApiClient): Promise<ApiClient> {
  const login = await api
    .anonymous()
    .post('/v1/auth/login', { email: person.me.user.email, password: PASSWORD });
  if (login.status !== 200) throw new Error(`sign-in failed: ${login.status} ${login.text}`);
  return new ApiClient(api.url, login.body);
}

/** A new person who is a member of the host's organization and acts in it. */
export async function joinOrganization(api: TestApp, host: ApiClient, role: Role): Promise<ApiClient> {
  const person = await api.signUp();
  const { user } = person.me;
  const { organization } = host.me;
  const sessionId = newId();
  await api.database.query("update organizations set kind = 'team' where id = $1", [organization.id]);
  await api.database.query(
    'insert into memberships (organization_id, id, user_id, role) values ($1, $2, $3, $4)',
    [organization.id, newId(), user.id, role],
  );
  await api.database.query(
    `insert into sessions (organization_id, id, user_id, created_at, last_used_at, idle_expires_at, expires_at)
     values ($1, $2, $3, now(), now(), now() + interval '1 day', now() + interval '1 day')`,
    [organization.id, sessionId, user.id],
  );
  const accessToken = issueAccessToken(parseJwtKeys(api.config.keys.jwt), new SystemClock(), {
    userId: user.id,
    sessionId,
    organizationId: organization.id,
  });
  return new ApiClient(api.url, { ...person.me, organization, accessToken });
}

/** A person whose role in the own organization is a weaker one; the objects were made before it was. */
export async function weaken(api: TestApp, person: ApiClient, role: Role): Promise<ApiClient> {
  await api.database.query('update memberships set role = $2 where user_id = $1', [person.me.user.id, role]);
  // A new session: the old one's role may be known to the process for two seconds more.
  return logInAgain(api, person);
}
