import { isJsonObject } from '@weir/kernel';
import type { JsonObject, JsonValue } from '@weir/kernel';
import { EngineError } from './engine-error';

/** Readers for answers of the engine: they never trust a type, and never throw on a missing member. */

export function objectAt(value: unknown, key: string): JsonObject | null {
  const member = isJsonObject(value) ? value[key] : undefined;
  return isJsonObject(member) ? member : null;
}

export function stringAt(value: unknown, key: string): string | null {
  const member = isJsonObject(value) ? value[key] : undefined;
  return typeof member === 'string' ? member : null;
}

export function numberAt(value: unknown, key: string): number | null {
  const member = isJsonObject(value) ? value[key] : undefined;
  return typeof member === 'number' && Number.isFinite(member) ? member : null;
}

export function listAt(value: unknown, key: string): readonly JsonValue[] {
  const member = isJsonObject(value) ? value[key] : undefined;
  return Array.isArray(member) ? member : [];
}

/** @throws EngineError `protocol` when the member is missing: the answer is not one of the version that we know. */
export function requiredString(value: unknown, key: string): string {
  const member = stringAt(value, key);
  if (member === null) throw new EngineError('protocol', { cause: new Error(`Member '${key}' is missing.`) });
  return member;
}

/** undefined instead of an exception when the text is not JSON. */
export function tryParseJson(text: string): JsonValue | undefined {
  try {
    const parsed: JsonValue = JSON.parse(text);
    return parsed;
  } catch {
    return undefined;
  }
}
