import { providerNamed } from '@weir/flow';
import { invalidInput, isJsonObject, type AppError, type JsonValue } from '@weir/kernel';
import type { SettingsChanges } from './settings';

const MAX_BYTES = 16 * 1024;
const MAX_DEPTH = 8;

/**
 * Judges what the field rules cannot, and gives providers their id.
 * @throws AppError 422 with the pointer of the field
 */
export function checkSettings(changes: SettingsChanges): SettingsChanges {
  if (changes.modelDefaults !== undefined) checkJson(changes.modelDefaults);
  const { defaultLlmProvider: named } = changes;
  return named === undefined || named === null
    ? changes
    : { ...changes, defaultLlmProvider: modelProviderId(named) };
}

function modelProviderId(named: string): string {
  const provider = providerNamed(named);
  if (provider?.kind === 'model') return provider.id;
  const detail = provider === null ? 'is not a known provider' : 'is not a provider of models';
  throw refuse(
    '/defaultLlmProvider',
    detail,
    `'${named}' ${detail}. GET /v1/secrets/providers lists those of kind 'model'.`,
  );
}

function checkJson(value: JsonValue): void {
  const problem = problemOf(value);
  if (problem !== null) throw refuse('/modelDefaults', problem, `'modelDefaults' ${problem}.`);
}

function problemOf(value: JsonValue): string | null {
  // Depth first: turning a deep value into text would overflow the stack.
  if (!isShallow(value, MAX_DEPTH)) return `is nested deeper than ${MAX_DEPTH} levels`;
  if (Buffer.byteLength(JSON.stringify(value)) > MAX_BYTES) return `is larger than ${MAX_BYTES} bytes`;
  return holdsStorableText(value) ? null : 'holds text that is not valid Unicode';
}

function isShallow(value: JsonValue, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return levels > 0 && Object.values(value).every((inner) => isShallow(inner, levels - 1));
}

/** Postgres keeps neither NUL nor half a surrogate pair in jsonb. */
function holdsStorableText(value: JsonValue): boolean {
  if (typeof value === 'string') return value.isWellFormed() && !value.includes('\u0000');
  if (Array.isArray(value)) return value.every(holdsStorableText);
  return (
    !isJsonObject(value) ||
    Object.entries(value).every(([key, inner]) => holdsStorableText(key) && holdsStorableText(inner))
  );
}

function refuse(pointer: string, detail: string, sentence: string): AppError {
  return invalidInput(sentence, [{ pointer, detail }]);
}
