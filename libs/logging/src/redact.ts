import { serializeError } from './serialize-error';

const REDACTED = '[redacted]';
/** Deeper structures are left out whole: what is not looked at must not be written. */
const MAXIMUM_DEPTH = 6;
const MAXIMUM_ENTRIES = 100;
const MAXIMUM_CHARACTERS = 8192;

/** Names of fields and headers whose content never reaches a log line; compared without case, '-' and '_'. */
const SENSITIVE_NAMES: ReadonlySet<string> = new Set(
  [
    ['authorization', 'proxy-authorization', 'cookie', 'set-cookie', 'x-api-key', 'api-key', 'raw-headers'],
    ['password', 'password-hash', 'passphrase', 'secret', 'token', 'jwt', 'credential', 'credentials'],
    ['value', 'values', 'plaintext', 'private-key', 'master-key', 'master-keys', 'jwt-keys', 'data-key'],
    ['database-url', 'connection-string', 'code-verifier'],
    ['body', 'payload', 'prompt', 'input', 'input-value', 'output', 'flow-data', 'tweaks', 'global-vars'],
  ]
    .flat()
    .map(plainName),
);
/** `newPassword`, `refreshToken`, `client_secret`, `OPENAI_API_KEY` … */
const SENSITIVE_ENDINGS = [
  'password',
  'secret',
  'token',
  'apikey',
  'privatekey',
  'accesskey',
  'authorization',
  'cookie',
];
const SENSITIVE_PREFIXES = ['xlangflowglobalvar'];

function plainName(name: string): string {
  return name.toLowerCase().replace(/[-_]/g, '');
}

function isSensitive(name: string): boolean {
  const plain = plainName(name);
  return (
    SENSITIVE_NAMES.has(plain) ||
    SENSITIVE_ENDINGS.some((ending) => plain.endsWith(ending)) ||
    SENSITIVE_PREFIXES.some((prefix) => plain.startsWith(prefix))
  );
}

/**
 * A copy of log fields that is safe to write: content under sensitive names blanked at every depth, errors reduced to what
 * an operator needs, binary data, long texts and endless structures cut.
 *
 * pino's own `redact` option was not enough: it takes exact paths, and headers come in any case, at any depth, and with
 * names that tenants choose (`x-langflow-global-var-*`).
 */
export function redactFields(fields: object): Record<string, unknown> {
  try {
    return redactEntries(Object.entries(fields), 1);
  } catch {
    // A getter or a toJSON that throws. A log call must not take the request down with it.
    return { event: 'log.unreadable_fields' };
  }
}

function redactEntries(
  entries: readonly (readonly [string, unknown])[],
  depth: number,
): Record<string, unknown> {
  const safe = entries
    .slice(0, MAXIMUM_ENTRIES)
    .map(([name, value]): [string, unknown] => [name, redactEntry(name, value, depth)]);
  // fromEntries defines also `__proto__` as an ordinary property.
  return Object.fromEntries(safe);
}

function redactEntry(name: string, value: unknown, depth: number): unknown {
  if (value === null || value === undefined) return value;
  return isSensitive(name) ? REDACTED : redactValue(value, depth);
}

function redactValue(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return cut(value);
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'function' || typeof value === 'symbol') return undefined;
  return typeof value === 'object' && value !== null ? redactObject(value, depth) : value;
}

function redactObject(value: object, depth: number): unknown {
  if (value instanceof Error) return serializeError(value);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return `[${value.byteLength} bytes]`;
  if (depth >= MAXIMUM_DEPTH) return '[nested too deeply]';
  if (Array.isArray(value) || value instanceof Set) {
    const items: readonly unknown[] = Array.from(value);
    return items.slice(0, MAXIMUM_ENTRIES).map((item) => redactValue(item, depth + 1));
  }
  if (value instanceof Map) {
    const pairs: readonly (readonly [unknown, unknown])[] = Array.from(value);
    return redactEntries(
      pairs.map(([key, item]) => [String(key), item] as const),
      depth + 1,
    );
  }
  if ('toJSON' in value && typeof value.toJSON === 'function') return redactValue(value.toJSON(), depth + 1);
  return redactEntries(Object.entries(value), depth + 1);
}

function cut(text: string): string {
  if (text.length <= MAXIMUM_CHARACTERS) return text;
  return `${text.slice(0, MAXIMUM_CHARACTERS)}… [${text.length - MAXIMUM_CHARACTERS} more characters]`;
}
