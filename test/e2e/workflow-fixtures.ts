import { readFileSync } from 'node:fs';
import type { ApiClient, ApiResponse } from '../support/api-client';

/** Langflow exports to send: the starters of the pinned engine, with changes. Files are read from the repository's root. */
export function starterExport(id: string): any {
  return JSON.parse(readFileSync(`engines/langflow/starters/${id}.json`, 'utf8'));
}

export const echo = (): any => starterExport('echo').data;

/** The first node of a component type. */
export function nodeOfType(flowData: any, type: string): any {
  return flowData.nodes.find((node: any) => node.data.type === type);
}

/** Basic Prompting with a key in its language model, as an export from a careless editor holds it. */
export function flowWithKey(key: string): any {
  const flow = starterExport('basic-prompting');
  const field = keyField(flow.data);
  field.value = key;
  field.load_from_db = false;
  return flow;
}

export function keyField(flowData: any): any {
  return nodeOfType(flowData, 'LanguageModelComponent').data.node.template.api_key;
}

export async function defaultProjectId(client: ApiClient): Promise<string> {
  const { body } = await client.get('/v1/projects');
  return body.data.find((project: any) => project.isDefault).id;
}

/** Creates a workflow in the default project. */
export async function create(client: ApiClient, input: Record<string, unknown>): Promise<ApiResponse> {
  return client.post(`/v1/projects/${await defaultProjectId(client)}/workflows`, input);
}

export async function created(client: ApiClient, input: Record<string, unknown>): Promise<any> {
  const response = await create(client, input);
  if (response.status !== 201) throw new Error(`not created: ${response.status} ${response.text}`);
  return response.body;
}

/** A multipart import into the default project. */
export async function importFile(
  client: ApiClient,
  content: string | Uint8Array<ArrayBuffer>,
  fields: Readonly<Record<string, string>> = {},
): Promise<ApiResponse> {
  const form = new FormData();
  form.append('file', new Blob([content], { type: 'application/json' }), 'flow.json');
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  return client.request('POST', `/v1/projects/${await defaultProjectId(client)}/workflows/import`, {
    body: form,
  });
}
