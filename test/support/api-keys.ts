import { ApiClient, type ApiResponse } from './api-client';

const ALL_SCOPES = [
  'runs:read',
  'runs:write',
  'workflows:read',
  'conversations:read',
  'conversations:write',
  'projects:read',
  'secrets:read',
];

/** A request for a key with every scope there is, unless `input` says otherwise. */
export function requestKey(person: ApiClient, input: object = {}): Promise<ApiResponse> {
  return person.post('/v1/api-keys', { name: 'Help desk', scopes: ALL_SCOPES, ...input });
}

/** The answer to one that must succeed. */
export async function makeKey(person: ApiClient, input: object = {}): Promise<any> {
  const { status, body, text } = await requestKey(person, input);
  if (status !== 201) throw new Error(`no key: ${status} ${text}`);
  return body;
}

/** A client that signs in with the key instead of the person's token. */
export function withKey(person: ApiClient, key: string): ApiClient {
  return new ApiClient(person.url, { ...person.me, accessToken: key });
}

export async function keyClient(person: ApiClient, input: object = {}): Promise<ApiClient> {
  return withKey(person, (await makeKey(person, input)).key);
}
