import { newId, type Role } from '@weir/kernel';
import { ApiClient, PASSWORD } from './api-client';
import type { TestApp } from './test-app';

/** A slug that nobody has. */
export const newSlug = (): string => `team-${newId().slice(-12)}`;

/** The same person with a session in another organization. */
export async function switchTo(person: ApiClient, organizationId: string): Promise<ApiClient> {
  const response = await person.post('/v1/auth/switch', { organizationId });
  if (response.status !== 200) throw new Error(`switch failed: ${response.status} ${response.text}`);
  return new ApiClient(person.url, response.body);
}

/** Makes a team organization; the client of its owner acts in it. */
export async function createTeam(person: ApiClient, slug = newSlug()): Promise<ApiClient> {
  const response = await person.post('/v1/organizations', { name: `Team ${slug}`, slug });
  if (response.status !== 201) throw new Error(`no team: ${response.status} ${response.text}`);
  return switchTo(person, response.body.id);
}

/** Invites a new person into the owner's organization and accepts; the client acts in it. */
export async function addMember(api: TestApp, owner: ApiClient, role: Role): Promise<ApiClient> {
  const email = `${newId()}@example.com`;
  const invited = await owner.post('/v1/invitations', { email, role });
  if (invited.status !== 201) throw new Error(`no invitation: ${invited.status} ${invited.text}`);
  const { token } = invited.body;
  const accepted = await api
    .anonymous()
    .post('/v1/invitations/accept', { token, name: `New ${role}`, password: PASSWORD });
  if (accepted.status !== 200) throw new Error(`not accepted: ${accepted.status} ${accepted.text}`);
  return new ApiClient(api.url, accepted.body);
}
