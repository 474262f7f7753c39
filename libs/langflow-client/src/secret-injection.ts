import type { JsonValue } from '@weir/kernel';
import { isJsonObject } from '@weir/kernel';
import { tryParseJson } from './json-reader';

/**
 * The version of Langflow whose behaviour this file encodes. Langflow calls the request headers deprecated: whoever adds a
 * version to `SUPPORTED_VERSIONS` checks this file first.
 */
export const SECRET_INJECTION_CHECKED_WITH = '1.13.0';

/** A place in a flow that wants a secret. */
export interface InjectionBinding {
  readonly nodeId: string;
  readonly field: string;
  readonly secretName: string;
  /**
   * `reference`: the field holds the name with `load_from_db: true`, so a request variable fills it.
   * `tweak`: a field that Langflow does not resolve (tables, dicts); the value is put in directly, JSON as list or object.
   */
  readonly delivery: 'reference' | 'tweak';
}

export interface InjectedSecrets {
  readonly headers: Record<string, string>;
  readonly tweaks: Record<string, Record<string, JsonValue>>;
}

/** Upper case only: Langflow upper-cases the name behind the prefix and looks for exactly that. */
const SECRET_NAME = /^[A-Z][A-Z0-9_]{0,127}$/;
const HEADER_PREFIX = 'X-LANGFLOW-GLOBAL-VAR-';

/** Measured: 20 kB in one header arrive, 70 kB are dropped without a word. */
const MAX_HEADER_VALUE_LENGTH = 16 * 1024;
/** All of ours together, with room for the engine's limit of 64 kB for a whole request head. */
const MAX_HEADERS_LENGTH = 48 * 1024;

/**
 * Decides how each secret travels with `POST /api/v1/run/{id}`: the one place that knows.
 *
 * - A request header `X-LANGFLOW-GLOBAL-VAR-<NAME>` normally. Langflow keeps it for this run only and does not echo it.
 * - A value that cannot stand in a header (line breaks, other than printable ASCII, blanks at an end, over 16 kB), or that
 *   no longer fits into 48 kB of headers, goes as a string tweak to every node that is bound to it.
 * - A value that looks like a variable name only goes by header: Langflow takes such a tweak for a name, fails, and repeats
 *   it in the error. Model components do the same with what a header brought: there, such a value never works, and a
 *   variable of that name in the engine's own environment would be used in its place.
 *
 * Names without a value (or with an empty one) are left out; that nothing is missing is checked before a run is made.
 *
 * @param values secret values by name
 * @throws TypeError for a name that is none; a value is never part of the message
 */
export function injectSecrets(
  bindings: readonly InjectionBinding[],
  values: ReadonlyMap<string, string>,
): InjectedSecrets {
  const byHeader = chooseHeaders(bindings, values);
  const tweaks = new Map<string, Map<string, JsonValue>>();
  for (const { nodeId, field, secretName, delivery } of bindings) {
    const value = values.get(secretName);
    if (value === undefined || value === '') continue;
    if (delivery === 'reference' && byHeader.has(secretName)) continue;
    const fields = tweaks.get(nodeId) ?? new Map<string, JsonValue>();
    tweaks.set(nodeId, fields.set(field, delivery === 'tweak' ? toFieldValue(value) : value));
  }
  return {
    headers: Object.fromEntries([...byHeader].map(([name, value]) => [HEADER_PREFIX + name, value])),
    tweaks: Object.fromEntries([...tweaks].map(([nodeId, fields]) => [nodeId, Object.fromEntries(fields)])),
  };
}

/** Those that must, then the shortest: as many as fit. */
function chooseHeaders(
  bindings: readonly InjectionBinding[],
  values: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> {
  const names = new Set(
    bindings.filter(({ delivery }) => delivery === 'reference').map(({ secretName }) => secretName),
  );
  const candidates: [name: string, value: string][] = [];
  for (const name of names) {
    if (!SECRET_NAME.test(name)) throw new TypeError(`A secret name must match ${SECRET_NAME.source}.`);
    const value = values.get(name);
    if (value !== undefined && canBeHeader(value)) candidates.push([name, value]);
  }
  candidates.sort(
    ([, a], [, b]) => Number(looksLikeName(b)) - Number(looksLikeName(a)) || a.length - b.length,
  );

  const chosen = new Map<string, string>();
  let total = 0;
  for (const [name, value] of candidates) {
    total += headerLength(name, value);
    if (total <= MAX_HEADERS_LENGTH || looksLikeName(value)) chosen.set(name, value);
  }
  return chosen;
}

/** `name: value\r\n` on the wire. */
function headerLength(name: string, value: string): number {
  return HEADER_PREFIX.length + name.length + value.length + ': \r\n'.length;
}

function canBeHeader(value: string): boolean {
  return (
    /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/.test(value) &&
    (value.length <= MAX_HEADER_VALUE_LENGTH || looksLikeName(value))
  );
}

function looksLikeName(value: string): boolean {
  return /^[A-Z][A-Z0-9_]*$/.test(value);
}

/** Tables and dicts are kept as JSON text in the secret store and must be lists and objects again in the flow. */
function toFieldValue(value: string): JsonValue {
  const parsed = tryParseJson(value);
  return Array.isArray(parsed) || isJsonObject(parsed) ? parsed : value;
}
