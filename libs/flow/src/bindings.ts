import { isJsonObject, type JsonObject, type JsonValue } from '@weir/kernel';
import { ignoresOwnKey } from './components';
import { isMarkedSecret } from './judge-field';
import { cellReferences, markerName, referenceName, ROW_REFERENCES } from './references';
import { providerIdOf } from './secret-names';
import type { Binding, Delivery, FlowData } from './types';
import { fieldsOf, isConnected, isShadowed, type FieldPlace } from './walk';

/**
 * Every place of a flow that refers to a secret or variable by name, in document order, nodes inside groups included.
 * A name can occur many times; a run needs each name once.
 */
export function listBindings(flowData: FlowData): Binding[] {
  return [...fieldsOf(flowData)].flatMap((place) => bindingsOf(place));
}

function bindingsOf(place: FieldPlace): Binding[] {
  const name = referenceName(place.field);
  if (name !== null) return [bindingOf(place, name, 'reference')];
  const marked = markerName(place.field['value']);
  if (marked !== null) return [bindingOf(place, marked, 'tweak')];
  return cellReferences(place.field).map((cell) =>
    bindingOf(place, cell.name, 'reference', `${place.name}/${cell.row}/${cell.column}`),
  );
}

function bindingOf(place: FieldPlace, secretName: string, delivery: Delivery, field = place.name): Binding {
  return {
    nodeId: place.node.id,
    nodeName: place.node.name,
    component: place.owner.type,
    field,
    secretName,
    provider: providerIdOf(secretName, place),
    delivery,
    required: isRead(place),
  };
}

/** The engine fails on a reference that it reads and cannot resolve, so every place it reads is required. */
function isRead(place: FieldPlace): boolean {
  if (isConnected(place.node, place.name) || isShadowed(place.node, place.name)) return false;
  return !(isMarkedSecret(place.field) && ignoresOwnKey(place.owner));
}

export interface TweakResult {
  /** `{ nodeId: { field: value } }` as Langflow's run endpoints take it. Holds secrets. */
  readonly tweaks: JsonObject;
  /** Places inside groups that no tweak can reach. */
  readonly unreachable: readonly Binding[];
}

/**
 * The tweaks that put values where no reference can stand, see {@link Delivery}.
 * @param values secret name -> value as it was lifted; names without a value are left out
 */
export function buildTweaks(flowData: FlowData, values: ReadonlyMap<string, string>): TweakResult {
  const tweaks: Record<string, JsonObject> = {};
  const unreachable: Binding[] = [];
  for (const place of fieldsOf(flowData)) {
    const name = markerName(place.field['value']);
    const value = name === null ? undefined : values.get(name);
    if (name === null || value === undefined || isShadowed(place.node, place.name)) continue;
    if (place.node.groups.length > 0) {
      unreachable.push(bindingOf(place, name, 'tweak'));
      continue;
    }
    tweaks[place.node.id] = { ...tweaks[place.node.id], [place.name]: tweakValue(place, parseValue(value)) };
  }
  return { tweaks, unreachable };
}

function parseValue(text: string): JsonValue {
  try {
    const value: JsonValue = JSON.parse(text);
    return value;
  } catch {
    // Somebody stored plain text under the name; Langflow gets it as it is.
    return text;
  }
}

/**
 * Langflow copies the members of an object into the field, except for dictionaries and MCP configurations, which it sets as
 * the value; of a dictionary it unwraps a single `value` (`lfx.processing.process.apply_tweaks`).
 */
function tweakValue(place: FieldPlace, value: JsonValue): JsonValue {
  if (!isJsonObject(value)) return value;
  const type = place.field['type'];
  return type === 'mcp' || type === 'NestedDict' ? value : { value };
}

/**
 * Gives references other names, for instance because the owner already keeps another value under one.
 * @returns a copy
 */
export function renameSecrets(flowData: FlowData, names: ReadonlyMap<string, string>): FlowData {
  const copy = structuredClone(flowData);
  for (const { field } of fieldsOf(copy)) {
    const value = field['value'] ?? null;
    const name = referenceName(field) ?? markerName(value);
    const renamed = name === null ? undefined : names.get(name);
    if (renamed !== undefined) field['value'] = replaceName(value, renamed);
    for (const cell of cellReferences(field)) {
      const row = Array.isArray(value) ? value[cell.row] : undefined;
      const cellName = names.get(cell.name);
      if (isJsonObject(row) && cellName !== undefined && cell.column !== ROW_REFERENCES)
        row[cell.column] = cellName;
    }
  }
  return copy;
}

function replaceName(value: JsonValue, name: string): JsonValue {
  if (typeof value === 'string') return name;
  return Array.isArray(value) ? value.map((item) => replaceName(item, name)) : { $secret: name };
}
