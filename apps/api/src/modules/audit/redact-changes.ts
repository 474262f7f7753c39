import { isJsonObject, type JsonObject, type JsonValue } from '@weir/kernel';

export const REDACTED = '[redacted]';
/** Compared without case, `-` and `_`: `newPassword`, `client_secret`, `OPENAI_API_KEY`. */
const SENSITIVE_ENDINGS = [
  'password',
  'passwordhash',
  'passphrase',
  'secret',
  'token',
  'apikey',
  'privatekey',
  'accesskey',
  'authorization',
  'cookie',
  'credential',
];
/** As a whole name only: `defaultValue` of a field is nothing to hide. */
const SENSITIVE_NAMES: ReadonlySet<string> = new Set(['value', 'plaintext', 'key']);

/**
 * The last wall before what can never be taken back: whoever records a change leaves secrets out, and if one day somebody
 * does not, the field's name still gives it away. What stays is that the field changed.
 */
export function redactChanges(changes: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(changes).map(([name, value]) => [
      name,
      value !== null && isSensitive(name) ? REDACTED : redactWithin(value),
    ]),
  );
}

function redactWithin(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(redactWithin);
  return isJsonObject(value) ? redactChanges(value) : value;
}

function isSensitive(name: string): boolean {
  const plain = name.toLowerCase().replaceAll(/[-_]/g, '');
  return SENSITIVE_NAMES.has(plain) || SENSITIVE_ENDINGS.some((ending) => plain.endsWith(ending));
}
