import {
  assertNever,
  invalidInput,
  isJsonObject,
  type FieldError,
  type JsonObject,
  type JsonValue,
} from '@weir/kernel';
import { MAX_TEXT, type EndpointField } from './endpoint-fields';

/** What a run takes of the body. */
export interface EndpointInput {
  readonly input: string;
  readonly tweaks: Readonly<Record<string, JsonObject>>;
}

const MAX_ERRORS = 20;

/** @throws AppError 422 with a pointer to each member that is missing, of another type, or not known */
export function readEndpointBody(fields: readonly EndpointField[], body: unknown): EndpointInput {
  if (!isJsonObject(body)) throw refused([{ pointer: '', detail: 'must be a JSON object' }]);
  const known = new Set(fields.map(({ name }) => name));
  const unknown = Object.keys(body)
    .filter((name) => !known.has(name))
    .map((name) => ({ pointer: pointerTo(name), detail: 'is not an input of this workflow' }));
  const errors = [...fields.flatMap((field) => complaintAbout(field, body)), ...unknown];
  if (errors.length > 0) throw refused(errors);
  return toInput(fields, body);
}

function toInput(fields: readonly EndpointField[], body: JsonObject): EndpointInput {
  let input = '';
  const tweaks: Record<string, JsonObject> = {};
  for (const { name, target } of fields) {
    const value = memberOf(body, name);
    if (value === undefined) continue;
    if (target !== 'input') tweaks[target.nodeId] = { ...tweaks[target.nodeId], [target.field]: value };
    else if (typeof value === 'string') input = value;
  }
  return { input, tweaks };
}

function complaintAbout({ name, type, required }: EndpointField, body: JsonObject): FieldError[] {
  const pointer = pointerTo(name);
  const value = memberOf(body, name);
  if (value === undefined) return required ? [{ pointer, detail: 'is required' }] : [];
  if (!isOfType(type, value)) return [{ pointer, detail: `must be of type ${type}` }];
  return typeof value === 'string' && !isText(value)
    ? [
        {
          pointer,
          detail: `must be at most ${MAX_TEXT} characters of valid Unicode text without NUL characters`,
        },
      ]
    : [];
}

function isOfType(type: EndpointField['type'], value: JsonValue): boolean {
  switch (type) {
    case 'string':
    case 'boolean':
    case 'number':
      return typeof value === type;
    case 'integer':
      return Number.isSafeInteger(value);
    case 'array':
      return Array.isArray(value);
    case 'object':
      return isJsonObject(value);
    default:
      return assertNever(type);
  }
}

/** What Postgres can store. */
function isText(value: string): boolean {
  return value.length <= MAX_TEXT && value.isWellFormed() && !value.includes('\0');
}

/** Of the body itself: `constructor` is no input that everybody sends. */
function memberOf(body: JsonObject, name: string): JsonValue | undefined {
  return Object.hasOwn(body, name) ? body[name] : undefined;
}

/** RFC 6901; cut, because a name that is not known may be as long as it likes. */
function pointerTo(name: string): string {
  return `/${name.slice(0, 100).replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

function refused(errors: readonly FieldError[]): Error {
  const [first] = errors;
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : '';
  const what = first === undefined ? 'The body is not valid' : `'${first.pointer}' ${first.detail}`;
  return invalidInput(`${what}${more}. Nothing was run.`, errors.slice(0, MAX_ERRORS));
}
