import { isJsonObject, type JsonObject, type JsonValue } from '@weir/kernel';
import { MASK } from './references';
import { sanitizeFlowData } from './sanitize';
import type { FlowData, TemplateField } from './types';
import { fieldsOf, nodesOf, type NodePlace } from './walk';

/**
 * Puts back what a client received masked: a mask means "unchanged", so the value of the previous version takes its place,
 * found by node and field. Where there was none the field becomes empty. No mask is left in the result.
 * Never changes its inputs.
 */
export function restoreMasked(previous: FlowData, next: FlowData): FlowData {
  const copy = structuredClone(next);
  if (!JSON.stringify(copy).includes(MASK)) return copy;
  restoreFields(previous, copy);
  const before = new Map([...nodesOf(previous)].map((place) => [keyOf(place), place.node]));
  const shown = new Map([...nodesOf(sanitizeFlowData(previous))].map((place) => [keyOf(place), place.node]));
  for (const place of nodesOf(copy)) {
    const key = keyOf(place);
    restoreInside(place.node, { before: before.get(key), shown: shown.get(key) });
  }
  const { nodes: _nodes, ...rest } = copy;
  const { nodes: _before, ...restBefore } = previous;
  restoreInside(rest, { before: restBefore, shown: restBefore });
  return { ...copy, ...rest };
}

/** Node ids are unique within their graph only. */
function keyOf(place: NodePlace): string {
  return [...place.groups.map(({ id }) => id), place.id].join('\n');
}

/** A masked field takes value and kind of the previous one: a reference comes back as a reference. */
function restoreFields(previous: FlowData, next: FlowData): void {
  const before = new Map<string, TemplateField>();
  for (const { node, name, field } of fieldsOf(previous)) before.set(`${keyOf(node)}\n\n${name}`, field);
  for (const { node, name, field } of fieldsOf(next)) {
    if (field['value'] !== MASK) continue;
    const old = before.get(`${keyOf(node)}\n\n${name}`);
    field['value'] = old?.['value'] ?? '';
    if (old?.['load_from_db'] !== undefined) field['load_from_db'] = old['load_from_db'];
    else if (field['load_from_db'] === true) field['load_from_db'] = false;
  }
}

/** The same place in the previous version: as it was stored, and as the client saw it. */
interface Counterpart {
  readonly before: JsonValue | undefined;
  readonly shown: JsonValue | undefined;
}

function restoreInside(container: JsonObject | JsonValue[], counterpart: Counterpart): void {
  for (const [key, value] of Object.entries(container)) {
    const inner = { before: memberOf(counterpart.before, key), shown: memberOf(counterpart.shown, key) };
    if (typeof value === 'string') setMember(container, key, restoreText(value, inner));
    else if (Array.isArray(value) || isJsonObject(value)) restoreInside(value, inner);
  }
}

function restoreText(text: string, { before, shown }: Counterpart): string {
  if (!text.includes(MASK)) return text;
  if (typeof before === 'string' && (shown === text || text === MASK)) return before.replaceAll(MASK, '');
  return text.replaceAll(MASK, '');
}

function memberOf(value: JsonValue | undefined, key: string): JsonValue | undefined {
  if (Array.isArray(value)) return value[Number(key)];
  return isJsonObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

function setMember(container: JsonObject | JsonValue[], key: string, value: string): void {
  if (Array.isArray(container)) container[Number(key)] = value;
  else container[key] = value;
}
