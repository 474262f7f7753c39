import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JsonObject, JsonValue } from '@weir/kernel';
import { parseCatalogue } from '../catalogue';
import { parseFlow } from '../parse-flow';
import { objectOf } from '../walk';
import type { FlowData, FlowDocument, FlowEdge, FlowNode, TemplateField } from '../types';

/** Relative to the root of the repository, where Jest runs. */
const STARTERS = 'engines/langflow/starters';

/** Slugs of the flows that the pinned Langflow ships, and `echo`. */
export const STARTER_SLUGS: readonly string[] = readdirSync(STARTERS)
  .filter((file) => file.endsWith('.json'))
  .map((file) => file.replace('.json', ''));

export function starterFile(slug: string): JsonObject {
  return JSON.parse(readFileSync(join(STARTERS, `${slug}.json`), 'utf8'));
}

export function starter(slug: string): FlowDocument {
  return parseFlow(starterFile(slug));
}

export const CATALOGUE = parseCatalogue(
  JSON.parse(readFileSync(join(STARTERS, '../component-catalogue.json'), 'utf8')),
);

export function flowOf(nodes: FlowNode[], edges: FlowEdge[] = []): FlowData {
  return { nodes, edges, viewport: { x: 0, y: 0, zoom: 1 } };
}

export function nodeOf(type: string, template: JsonObject, id = `${type}-1`): FlowNode {
  return {
    id,
    type: 'genericNode',
    position: { x: 0, y: 0 },
    data: { id, type, node: { display_name: type, template, outputs: [] } },
  };
}

export function noteOf(description: string, id = 'note-1'): FlowNode {
  return { id, type: 'noteNode', data: { id, type: 'note', node: { description, template: {} } } };
}

/** A group with `inner` inside and the given fields on the outside. */
export function groupOf(inner: FlowNode[], template: JsonObject, id = 'Group-1'): FlowNode {
  const node = { display_name: 'Group', template, flow: { name: 'Group', data: flowOf(inner) } };
  return { id, type: 'genericNode', data: { id, type: 'GroupNode', node } };
}

export function secretField(value: JsonValue, more: JsonObject = {}): TemplateField {
  return {
    type: 'str',
    _input_type: 'SecretStrInput',
    password: true,
    load_from_db: false,
    show: true,
    value,
    ...more,
  };
}

export function textField(value: JsonValue, more: JsonObject = {}): TemplateField {
  return { type: 'str', _input_type: 'MessageTextInput', load_from_db: false, show: true, value, ...more };
}

export function field(type: string, value: JsonValue, more: JsonObject = {}): TemplateField {
  return { type, show: true, value, ...more };
}

export function headersField(rows: JsonValue[]): TemplateField {
  return field('table', rows, {
    _input_type: 'TableInput',
    table_schema: [
      { name: 'key', display_name: 'Header', type: 'str' },
      { name: 'value', display_name: 'Value', type: 'str' },
    ],
  });
}

export function modelField(provider: string | null): TemplateField {
  const value =
    provider === null ? '' : [{ name: 'some-model', provider, metadata: { api_key_param: 'api_key' } }];
  return field('model', value, { _input_type: 'ModelInput' });
}

/** The component of a node, for tests that change it. */
export function componentOf(node: FlowNode | undefined): JsonObject {
  return objectOf(node?.data['node']);
}

/** The field of a node of the outermost graph. */
export function fieldAt(flowData: FlowData, nodeId: string, name: string): JsonObject {
  const node = flowData.nodes.find(({ id }) => id === nodeId);
  return objectOf(objectOf(componentOf(node)['template'])[name]);
}
