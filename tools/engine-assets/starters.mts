import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isRecord, type JsonRecord } from './json.mts';

export interface Starter {
  readonly slug: string;
  readonly flow: JsonRecord;
}

/** The smallest flow that runs without a model key, made of the nodes that Langflow ships, so that their code is the shipped one. */
const ECHO_SOURCE = 'basic-prompting';

/**
 * Langflow's starter projects, one per name: a name that only differs in Unicode normal form is the same flow twice.
 * @param unpacked folder with the unpacked `langflow-base` wheel
 */
export function buildStarters(unpacked: string): Starter[] {
  const files = globSync(join(unpacked, 'langflow/initial_setup/starter_projects/*.json')).toSorted();
  const bySlug = new Map<string, Starter>();
  for (const file of files) {
    const flow: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (!isRecord(flow) || typeof flow['name'] !== 'string') throw new Error(`${file} is not a flow`);
    const name = flow['name'].normalize('NFC');
    const slug = slugOf(name);
    if (!bySlug.has(slug)) bySlug.set(slug, { slug, flow: { ...flow, name } });
  }
  const source = bySlug.get(ECHO_SOURCE);
  if (source === undefined)
    throw new Error(`The starter '${ECHO_SOURCE}' is gone: choose another source for Echo`);
  bySlug.set('echo', { slug: 'echo', flow: echoFrom(source.flow) });
  return [...bySlug.values()].toSorted((a, b) => a.slug.localeCompare(b.slug, 'en'));
}

function slugOf(name: string): string {
  return name
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '');
}

function echoFrom(flow: JsonRecord): JsonRecord {
  const input = withId(nodeOfType(flow, 'ChatInput'), 'ChatInput-echo', 0);
  const output = withId(nodeOfType(flow, 'ChatOutput'), 'ChatOutput-echo', 420);
  return {
    name: 'Echo',
    description: 'Answers with what it was told. Needs no model key.',
    tags: ['chatbots'],
    last_tested_version: flow['last_tested_version'],
    data: { nodes: [input, output], edges: [edgeInto(output)], viewport: { x: 0, y: 0, zoom: 1 } },
  };
}

function nodeOfType(flow: JsonRecord, type: string): JsonRecord {
  const data = flow['data'];
  const nodes: unknown = isRecord(data) ? data['nodes'] : undefined;
  const found: unknown = Array.isArray(nodes)
    ? nodes.find((node: unknown) => isRecord(node) && isRecord(node['data']) && node['data']['type'] === type)
    : undefined;
  if (!isRecord(found)) throw new Error(`'${ECHO_SOURCE}' has no ${type}`);
  return found;
}

function withId(node: JsonRecord, id: string, x: number): JsonRecord {
  const data = node['data'];
  if (!isRecord(data) || !isRecord(data['node'])) throw new Error(`${id} has no component`);
  const template = blankValues(data['node']['template']);
  return {
    id,
    type: 'genericNode',
    position: { x, y: 0 },
    data: { ...data, id, node: { ...data['node'], template } },
  };
}

/** The starter's own example question is not part of Echo. */
function blankValues(template: unknown): JsonRecord {
  if (!isRecord(template)) throw new Error('A component has no template');
  const field = template['input_value'];
  return isRecord(field) ? { ...template, input_value: { ...field, value: '' } } : template;
}

function edgeInto(output: JsonRecord): JsonRecord {
  const field = inputFieldOf(output);
  const sourceHandle = {
    dataType: 'ChatInput',
    id: 'ChatInput-echo',
    name: 'message',
    output_types: ['Message'],
  };
  const targetHandle = {
    fieldName: 'input_value',
    id: 'ChatOutput-echo',
    inputTypes: field['input_types'],
    type: field['type'],
  };
  return {
    id: 'reactflow__edge-echo',
    source: 'ChatInput-echo',
    target: 'ChatOutput-echo',
    sourceHandle: handle(sourceHandle),
    targetHandle: handle(targetHandle),
    data: { sourceHandle, targetHandle },
  };
}

function inputFieldOf(node: JsonRecord): JsonRecord {
  const component = isRecord(node['data']) ? node['data']['node'] : undefined;
  const template = isRecord(component) ? component['template'] : undefined;
  const field = isRecord(template) ? template['input_value'] : undefined;
  if (!isRecord(field)) throw new Error('Chat Output has no input_value');
  return field;
}

/** Langflow writes handles as JSON with `œ` in place of quotes. */
function handle(value: JsonRecord): string {
  return JSON.stringify(value).replaceAll('"', 'œ');
}
