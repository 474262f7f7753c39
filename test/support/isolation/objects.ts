import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { ApiClient, ApiResponse } from '../api-client';

/** One of everything that a person can own. */
export interface Objects {
  /** Stands in every text of these objects and nowhere else. */
  readonly marker: string;
  readonly project: string;
  readonly workflow: string;
  /** Slug of a published workflow. */
  readonly endpoint: string;
  readonly conversation: string;
  readonly userMessage: string;
  readonly assistantMessage: string;
  readonly run: string;
  readonly secretName: string;
  /** Another session of the same person. */
  readonly session: string;
  readonly apiKey: string;
  /** Known to every member. */
  readonly organization: string;
}

const STARTER = 'engines/langflow/starters/echo.json';

/** A flow that answers what it is told, with the marker in a text of it. */
export function markedFlow(marker: string): unknown {
  const flow = JSON.parse(readFileSync(STARTER, 'utf8')) as {
    data: { nodes: { data: { node: { description: string } } }[] };
  };
  for (const node of flow.data.nodes) node.data.node.description = `noted by ${marker}`;
  return flow.data;
}

/** Makes one of everything through the API, as a client would. */
export async function plantObjects(person: ApiClient, login: () => Promise<ApiClient>): Promise<Objects> {
  const marker = `mark${randomBytes(6).toString('hex')}`;
  const secretName = `${marker.toUpperCase()}_KEY`;
  const other = await login();
  const session = await idOf(
    person.get('/v1/auth/sessions'),
    (body) => body.data.find(({ current }: { current: boolean }) => !current).id,
  );
  await done(other.get('/v1/me'));
  await done(person.put(`/v1/secrets/${secretName}`, { value: `value of ${marker}` }));
  await done(person.patch('/v1/settings', { toursCompleted: [marker] }));
  const project = await idOf(person.post('/v1/projects', { name: `Project ${marker}`, description: marker }));
  const workflow = await idOf(
    person.post(`/v1/projects/${project}/workflows`, {
      name: `Workflow ${marker}`,
      tags: [marker],
      flowData: markedFlow(marker),
    }),
  );
  const published = await done(
    person.post(`/v1/projects/${project}/workflows`, {
      // Not the marker: searches are expected to find one workflow by it.
      name: `Endpoint ${randomBytes(6).toString('hex')}`,
      flowData: markedFlow(marker),
    }),
  );
  await done(person.post(`/v1/workflows/${published.body.id}/versions/1/publish`));
  const apiKey = await idOf(person.post('/v1/api-keys', { name: `Key ${marker}`, scopes: ['runs:read'] }));
  const conversation = await idOf(
    person.post(`/v1/workflows/${workflow}/conversations`, { title: `Talk ${marker}` }),
  );
  await done(person.post(`/v1/conversations/${conversation}/messages`, { content: `I am ${marker}` }));
  const messages = (await done(person.get(`/v1/conversations/${conversation}/messages`))).body.data as {
    id: string;
    role: string;
  }[];
  const run = await idOf(person.post(`/v1/workflows/${workflow}/runs`, { input: `run of ${marker}` }));
  const messageOf = (role: string): string => messages.find((message) => message.role === role)?.id ?? '';
  return {
    marker,
    project,
    workflow,
    endpoint: published.body.slug,
    conversation,
    userMessage: messageOf('user'),
    assistantMessage: messageOf('assistant'),
    run,
    secretName,
    session,
    apiKey,
    organization: person.me.organization.id,
  };
}

/** What must never be seen by anybody else: every id and the marker in each of its spellings. */
export function tracesOf({ organization: _known, ...objects }: Objects): string[] {
  return [...new Set<string>(Object.values(objects)), objects.marker.toUpperCase()];
}

async function done(request: Promise<ApiResponse>): Promise<ApiResponse> {
  const response = await request;
  if (response.status >= 300) throw new Error(`the fixture was refused: ${response.status} ${response.text}`);
  return response;
}

async function idOf(request: Promise<ApiResponse>, pick = (body: any): string => body.id): Promise<string> {
  return pick((await done(request)).body);
}
