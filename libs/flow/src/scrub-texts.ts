import { isJsonObject, type JsonObject, type JsonValue } from '@weir/kernel';
import { isSecretName, looksLikeVariableName } from './field-names';
import { isMarkedSecret, isScrubbed } from './judge-field';
import type { Occurrences } from './occurrences';
import { isSecretReferenceName, markerName, MASK, referenceName, REMOVED } from './references';
import type { FlowData, TemplateField } from './types';
import { scrubKeys } from './value-patterns';

export interface ScrubOptions {
  /** What takes the place of a secret. */
  readonly replacement: string;
  /** Values that are known to be secret. */
  readonly copies: Occurrences;
}

/** Members whose text holds the graph together. */
const STRUCTURE: ReadonlySet<string> = new Set([
  'id',
  'source',
  'target',
  'type',
  'sourceHandle',
  'targetHandle',
  '_type',
]);

/**
 * Cuts secrets out of everything that is no reference: notes, labels, edges, cached outputs, code, tool metadata. Changes the
 * graph in place; the values of ordinary fields have been judged before and only lose copies and texts that look like keys.
 */
export function scrubTexts(graph: FlowData, options: ScrubOptions): void {
  scrubMembers(graph, { ...options, secret: false });
}

/** `secret`: the name on the way here promises a secret, so `default`, `value` and the like are taken at their word. */
interface Context extends ScrubOptions {
  readonly secret: boolean;
}

function scrubMembers(object: JsonObject, context: Context): void {
  for (const [key, value] of Object.entries(object)) {
    if (key === 'template' && isJsonObject(value)) scrubTemplate(value, context);
    else if (!STRUCTURE.has(key) || typeof value !== 'string') object[key] = scrubMember(key, value, context);
    else object[key] = scrubKeys(value, context.replacement);
  }
}

function scrubMember(key: string, value: JsonValue, context: Context): JsonValue {
  if (typeof value === 'string') {
    const isSecret = isSecretName(key) || (context.secret && /^(?:default|value|const|examples?)$/.test(key));
    return isSecret && isLiteral(value) ? context.replacement : scrubText(value, context);
  }
  return scrubInside(value, { ...context, secret: isSecretName(key) || (context.secret && key === 'items') });
}

function scrubInside(value: JsonValue, context: Context): JsonValue {
  if (typeof value === 'string') return scrubText(value, context);
  if (Array.isArray(value)) return value.map((item) => scrubInside(item, context));
  if (isJsonObject(value)) scrubMembers(value, context);
  return value;
}

function scrubText(text: string, { replacement, copies }: ScrubOptions): string {
  return copies.replaceIn(scrubKeys(text, replacement), replacement);
}

/** Names of fields and variables (`api_key_param: "api_key"`) are no secrets. */
function isLiteral(text: string): boolean {
  if (text.trim() === '' || text === MASK || text === REMOVED) return false;
  return !isSecretReferenceName(text) && !looksLikeVariableName(text);
}

function scrubTemplate(template: JsonObject, context: Context): void {
  for (const [name, field] of Object.entries(template)) {
    if (isJsonObject(field)) scrubField(name, field, context);
    else template[name] = scrubInside(field, context);
  }
}

function scrubField(name: string, field: TemplateField, context: Context): void {
  for (const [attribute, value] of Object.entries(field)) {
    if (attribute === 'value') field[attribute] = scrubFieldValue(name, field, value, context);
    else if (STRUCTURE.has(attribute) && typeof value === 'string') continue;
    else if (isSpareValue(attribute) && isMarkedSecret(field)) field[attribute] = blankLiteral(value);
    else field[attribute] = scrubInside(value, context);
  }
}

/** Langflow falls back to `default` and shows `placeholder`: neither is a place for a key. */
function isSpareValue(attribute: string): boolean {
  return attribute === 'default' || attribute === 'placeholder';
}

function blankLiteral(value: JsonValue): JsonValue {
  return typeof value === 'string' && isLiteral(value) ? '' : value;
}

function scrubFieldValue(name: string, field: TemplateField, value: JsonValue, context: Context): JsonValue {
  if (referenceName(field) !== null || markerName(value) !== null) return value;
  if (typeof value === 'string') return scrubText(value, context);
  // Tools and models are descriptions in which names tell; the dictionaries of other fields were judged by their names already.
  return isScrubbed(name, field) ? scrubInside(value, context) : scrubDeep(value, context);
}

/** Texts only, whatever their names. */
function scrubDeep(value: JsonValue, context: Context): JsonValue {
  if (typeof value === 'string') return scrubText(value, context);
  if (Array.isArray(value)) return value.map((item) => scrubDeep(item, context));
  if (!isJsonObject(value)) return value;
  for (const [key, inner] of Object.entries(value)) value[key] = scrubDeep(inner, context);
  return value;
}
