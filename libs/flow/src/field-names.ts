/**
 * What the name of a field says about its value. The words come from the inputs of Langflow 1.13 and its bundles; names are
 * judged by their words, since `token` is a secret and `max_tokens`, `token_limit` and `api_key_name` are not.
 */
const SECRET_WORDS: ReadonlySet<string> = new Set([
  'apikey',
  'token',
  'secret',
  'password',
  'passwd',
  'passphrase',
  'pwd',
  'credential',
  'credentials',
  'jwt',
  'bearer',
  'authorization',
  'cookie',
  'cookies',
  'dsn',
  'dotenv',
  'ak',
  'sk',
]);

/** `key` alone is the name of a column; with one of these before it, it opens something. */
const KEY_QUALIFIERS: ReadonlySet<string> = new Set([
  'api',
  'access',
  'secret',
  'private',
  'subscription',
  'service',
  'account',
  'auth',
  'encryption',
  'signing',
  'license',
  'master',
  'shared',
  'ssh',
  'client',
  'admin',
  'consumer',
]);

/** Last words that make a name speak about a secret instead of holding one. */
const ABOUT_WORDS: ReadonlySet<string> = new Set([
  'name',
  'param',
  'type',
  'limit',
  'count',
  'budget',
  'size',
  'length',
  'usage',
  'path',
  'file',
  'field',
  'column',
  'columns',
  'label',
  'header',
  'prefix',
  'mode',
  'url',
  'uri',
  'endpoint',
  'model',
  'counter',
  'max',
  'min',
  'kwargs',
  'required',
  'enabled',
  'expiry',
  'placeholder',
  'description',
  'info',
  'help',
]);

function wordsOf(name: string): string[] {
  return name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '');
}

/** True for `api_key`, `token`, `aws_secret_access_key`, `Authorization`; false for `max_tokens`, `api_key_name`. */
export function isSecretName(name: string): boolean {
  const words = wordsOf(name);
  if (ABOUT_WORDS.has(words.at(-1) ?? '')) return false;
  return words.some((word, index) => {
    if (word === 'key') return KEY_QUALIFIERS.has(words[index - 1] ?? '');
    if (word === 'string') return words[index - 1] === 'connection';
    if (word === 'cert') return words[index - 1] === 'client';
    return SECRET_WORDS.has(word);
  });
}

/** Names whose text is an address that often carries a password: judged by the value unless it is no plain URL. */
export function isConnectionName(name: string): boolean {
  return /(?:server|database|cluster|db|redis|mongo\w{0,10}|pg|postgres)_?(?:url|uri)$/i.test(name);
}

/** Dictionaries and tables in which every value is taken for a secret unless its own name is harmless. */
export function isHeadersName(name: string): boolean {
  return /headers?$|^env$|^env_set$|^environment$|^auth$|^authentication$/i.test(name);
}

const HARMLESS_HEADERS =
  /^(?:user-agent|accept(?:-[a-z]+)?|content-(?:type|length|encoding|language)|cache-control|connection|host|origin|referer|pragma|te|dnt|x-request-id|http-referer|x-title)$/i;

export function isHarmlessHeader(name: string): boolean {
  return HARMLESS_HEADERS.test(name.trim());
}

const NAME_NOUNS =
  /(?:^|[_\s-])(?:key|apikey|token|secret|pass|password|pwd|credentials?|auth|api|uri|url|cert|id|user|username|name|host|dsn|account|region|endpoint|bucket|var|variable|config)\d{0,3}(?:$|[_\s-])/i;

/**
 * Tells the name of a Langflow variable in any spelling (`openai_key`, `My Key`) from a literal that was left in a field with
 * `load_from_db`: plain words of which at least one says what it is. When in doubt it is a secret, not a name.
 */
export function looksLikeVariableName(text: string): boolean {
  if (text.length > 64 || !NAME_NOUNS.test(text)) return false;
  return /^[A-Za-z]{1,16}\d{0,3}(?:[_\s-][A-Za-z]{1,16}\d{0,3}){0,7}$/.test(text);
}
