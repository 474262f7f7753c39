import { isJsonObject, type JsonObject, type JsonValue } from '@weir/kernel';
import { isConnectionName, isHarmlessHeader, isHeadersName, isSecretName } from './field-names';
import { keysIn } from './value-patterns';
import { isSecretReferenceName, markerName, MASK, REMOVED } from './references';

/**
 * The secret strings inside a value, judged by the names on the way to them and by what they look like. Empty when the value
 * is harmless. The caller takes the whole value out; the leaves serve to find further copies of the same secret.
 * @param name of the field, the dictionary entry or the table row that holds the value
 */
export function secretLeaves(name: string, value: JsonValue | undefined): string[] {
  return leavesOf(value, { name, all: isHeadersName(name) });
}

/** `all`: inside headers and environments every value counts unless its name is known to be harmless. */
interface Context {
  readonly name: string;
  readonly all: boolean;
}

function leavesOf(value: JsonValue | undefined, context: Context): string[] {
  if (typeof value === 'string') return textLeaves(value, context);
  if (typeof value === 'number') return isSecretName(context.name) ? [String(value)] : [];
  if (Array.isArray(value)) return arrayLeaves(value, context);
  if (isJsonObject(value) && markerName(value) === null) return objectLeaves(value, context);
  return [];
}

function objectLeaves(value: JsonObject, context: Context): string[] {
  const rowName = value['key'] ?? value['name'];
  if (typeof rowName === 'string' && 'value' in value) {
    const { value: entry, key: _key, ...others } = value;
    return [...leavesOf(entry, entryContext(rowName, context)), ...memberLeaves(others, context)];
  }
  return memberLeaves(value, context);
}

function memberLeaves(value: JsonObject, context: Context): string[] {
  const secret = isSecretName(context.name);
  return Object.entries(value).flatMap(([key, inner]) =>
    secret && typeof inner === 'string' && !isAboutKey(key)
      ? nonBlank(inner)
      : leavesOf(inner, entryContext(key, context)),
  );
}

/** Members that describe an entry (JSON schema, rows of a form), not hold it. */
function isAboutKey(key: string): boolean {
  return /^(?:name|title|type|description|display_name|format|key|id)$/.test(key);
}

function entryContext(name: string, outer: Context): Context {
  return { name, all: isHeadersName(name) || (outer.all && !isHarmlessHeader(name)) };
}

function arrayLeaves(values: readonly JsonValue[], context: Context): string[] {
  if (!/^args$/i.test(context.name)) return values.flatMap((value) => leavesOf(value, context));
  return values.flatMap((value, index) => argumentLeaves(value, values[index - 1], context));
}

/** Command-line arguments: `--api-key=x`, or `--token` and `x` one after the other. */
function argumentLeaves(value: JsonValue, previous: JsonValue | undefined, context: Context): string[] {
  if (typeof value !== 'string') return leavesOf(value, context);
  const [, flag, assigned] = /^--?([A-Za-z][\w-]{0,60})[=:](.+)$/s.exec(value) ?? [];
  if (flag !== undefined && assigned !== undefined && isSecretName(flag)) return [assigned];
  const before = typeof previous === 'string' ? /^--?([A-Za-z][\w-]{0,60})$/.exec(previous)?.[1] : undefined;
  if (before !== undefined && (isSecretName(before) || isHeadersName(before))) return nonBlank(value);
  return [...keysIn(value), ...headerLineLeaves(value)];
}

function textLeaves(text: string, context: Context): string[] {
  if (nonBlank(text).length === 0) return [];
  if (isSecretName(context.name) || context.all)
    return isNameOfOther(text, context) ? [] : [text, ...withoutScheme(text), ...keysIn(text)];
  if (isConnectionName(context.name) && !isPlainAddress(text)) return [text, ...keysIn(text)];
  return [...keysIn(text), ...addressLeaves(text), ...commandLeaves(text), ...jsonLeaves(text, context)];
}

/** `Bearer abc` -> `abc`, which may stand alone elsewhere. */
function withoutScheme(text: string): string[] {
  const credentials = /^(?:Bearer|Basic|Token|ApiKey)\s+(\S+)$/i.exec(text.trim())?.[1];
  return credentials === undefined ? [] : [credentials];
}

/** A configuration that points at a Langflow variable by name holds no secret. */
function isNameOfOther(text: string, context: Context): boolean {
  return (
    /^\$?\{\{?\s{0,4}[A-Za-z_]\w{0,127}\s{0,4}\}?\}$/.test(text) || (context.all && isUsualVariable(text))
  );
}

function isUsualVariable(text: string): boolean {
  return isSecretReferenceName(text) && /_(?:API_KEY|TOKEN|SECRET|KEY|PASSWORD)$/.test(text);
}

/** A URL, path or host without user, password or secret in its query. */
function isPlainAddress(text: string): boolean {
  if (addressLeaves(text).length > 0 || keysIn(text).length > 0) return false;
  return (
    /^[A-Za-z][A-Za-z0-9+.-]{1,20}:\/\/[^\s@;]{0,500}$/.test(text) ||
    /^(?:localhost|[\w-]+(?:\.[\w-]+)+)(?::\d+)?$/.test(text)
  );
}

const USER_INFO = /^[A-Za-z][A-Za-z0-9+.-]{1,20}:\/\/([^\s/?#@:]{0,128})(?::([^\s]{1,512}))?@/;
const SECRET_PART = /(?:^|[;?&\s])([A-Za-z][\w .-]{0,40}?)=([^;&\s"'#]{1,512})/g;

/** Passwords in a text that is an address as a whole: `scheme://user:password@host`, `?token=`, `AccountKey=…;`. */
function addressLeaves(text: string): string[] {
  const isAddress = /^[A-Za-z][A-Za-z0-9+.-]{1,20}:\/\/\S*$/.test(text);
  const pairs = text.split(';').filter((pair) => pair.trim() !== '');
  const isPairs = pairs.length > 1 && pairs.every((pair) => /^\s*[A-Za-z][\w .-]{0,40}=/.test(pair));
  if (!isAddress && !isPairs) return [];
  const [, user, password] = USER_INFO.exec(text) ?? [];
  const credentials = [
    password ?? '',
    password === undefined && (user ?? '').length >= 16 ? (user ?? '') : '',
  ];
  const parts = [...text.matchAll(SECRET_PART)]
    .filter(
      ([, name]) => isSecretName(name ?? '') || /^(?:key|sig|signature|auth|pass|apikey)$/i.test(name ?? ''),
    )
    .map(([, , part]) => part ?? '');
  return [...credentials, ...parts].filter((part) => part !== '' && !/^[{<$]/.test(part));
}

const CURL_OPTION =
  /(?:^|\s)(?:-u|--user|-b|--cookie|--oauth2-bearer|--proxy-user|-H|--header)(?:\s+|=)?(?:'([^']*)'|"((?:[^"\\]|\\.)*)"|(\S+))/g;
const CURL_DATA =
  /(?:^|\s)(?:-d|--data(?:-raw|-binary|-urlencode)?|-F|--form|--json)(?:\s+|=)(?:'([^']*)'|"((?:[^"\\]|\\.)*)"|(\S+))/g;

/** Credentials in a curl command: users, cookies, headers that are not harmless, secret members of the body, the URL. */
function commandLeaves(text: string): string[] {
  if (!/^\s*curl\s/.test(text)) return [];
  const options = [...text.matchAll(CURL_OPTION)].flatMap(([option, single, double, bare]) => {
    const value = single ?? double ?? bare ?? '';
    return /-H|--header/.test(option.trim().slice(0, 8)) ? headerLineLeaves(value) : nonBlank(value);
  });
  const bodies = [...text.matchAll(CURL_DATA)].flatMap(([, single, double, bare]) => {
    const body = single ?? double?.replaceAll(String.raw`\"`, '"') ?? bare ?? '';
    return [...jsonLeaves(body, { name: '', all: false }), ...formLeaves(body)];
  });
  const urls = [...text.matchAll(/https?:\/\/[^\s"']+/g)].flatMap(([url]) => addressLeaves(url));
  return [...options, ...bodies, ...urls];
}

function formLeaves(body: string): string[] {
  return [...body.matchAll(/(?:^|&)([\w.-]{1,60})=([^&]{1,2048})/g)]
    .filter(([, name]) => isSecretName(name ?? ''))
    .map(([, , value]) => value ?? '');
}

function headerLineLeaves(line: string): string[] {
  const [, name, value] = /^([A-Za-z][\w-]{0,60}):\s{0,8}(\S.*)$/s.exec(line) ?? [];
  if (name === undefined || value === undefined || isHarmlessHeader(name) || /^https?$/i.test(name))
    return [];
  return [value, ...value.split(/\s+/).slice(1)];
}

/** Texts that are JSON (`json_string`, request bodies, service accounts) are judged like the value they spell. */
function jsonLeaves(text: string, context: Context): string[] {
  if (!/^\s*[[{]/.test(text)) return [];
  try {
    const parsed: JsonValue = JSON.parse(text);
    return leavesOf(parsed, context);
  } catch {
    // Braces without JSON (a prompt with variables, say): the patterns above were all there is to find.
    return [];
  }
}

/** Masks and places from which a secret was cut before count as empty. */
function nonBlank(text: string): string[] {
  return text.trim() === '' || text === MASK || text === REMOVED ? [] : [text];
}
