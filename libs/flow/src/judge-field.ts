import { isJsonObject, type JsonObject, type JsonValue } from '@weir/kernel';
import { modelChoiceOf } from './components';
import { isHarmlessHeader, isHeadersName, isSecretName, looksLikeVariableName } from './field-names';
import { providerOfComponent, providerOfSecret } from './providers';
import { cellReferences, isSecretReferenceName, markerName, MASK, REMOVED } from './references';
import { secretLeaves } from './secret-leaves';
import type { TemplateField } from './types';
import { keysIn } from './value-patterns';
import { textOf, type FieldPlace } from './walk';

/** A cell of a table that holds a secret. */
export interface SecretCell {
  readonly row: number;
  readonly column: string;
  /** What the row is about: the header's name, say. */
  readonly label: string;
  readonly leaves: readonly string[];
}

/** What is to be done with a field. */
export type Verdict =
  | { readonly kind: 'keep' }
  /** An empty key that the engine would not look for: make it refer to `name` (null: to a name made from the field). */
  | { readonly kind: 'blank'; readonly name: string | null }
  /** It refers to a name, but not to one that a run can supply. */
  | { readonly kind: 'rename'; readonly name: string }
  | { readonly kind: 'whole'; readonly leaves: readonly string[] }
  | { readonly kind: 'cells'; readonly cells: readonly SecretCell[] };

const KEEP: Verdict = { kind: 'keep' };

const MARKED_INPUTS: ReadonlySet<string> = new Set(['SecretStrInput', 'MultilineSecretInput', 'AuthInput']);

/** Types whose value is structure, choice or code: secrets inside are cut out, never referred to. */
const SCRUBBED_TYPES: ReadonlySet<string> = new Set([
  'code',
  'tools',
  'model',
  'bool',
  'sortableList',
  'tab',
  'slider',
  'file',
]);

/** True for fields that Langflow itself calls secret. */
export function isMarkedSecret(field: TemplateField): boolean {
  return field['password'] === true || MARKED_INPUTS.has(textOf(field['_input_type']));
}

/** True for fields that can hold no reference at all. */
export function isScrubbed(name: string, field: TemplateField): boolean {
  if (isMarkedSecret(field)) return false;
  return name === 'code' || SCRUBBED_TYPES.has(textOf(field['type']));
}

/** Decides from the field and the node around it whether a secret stands there; changes nothing. */
export function judgeField(place: FieldPlace): Verdict {
  const { ownName: name, field } = place;
  const value = field['value'];
  if (isScrubbed(name, field) || markerName(value) !== null) return KEEP;
  if (value === undefined || isBlank(value)) return judgeBlank(place);
  if (typeof value === 'string') {
    const verdict = judgeReference(place, value);
    if (verdict !== null) return verdict;
  }
  if (isMarkedSecret(field)) return { kind: 'whole', leaves: textsIn(value) };
  if (isChoice(field, value)) return KEEP;
  if (field['type'] === 'table' && Array.isArray(value)) return judgeTable(place, value);
  const leaves = secretLeaves(name, value);
  return leaves.length === 0 ? KEEP : { kind: 'whole', leaves };
}

function isBlank(value: JsonValue): boolean {
  if (typeof value === 'string') return value.trim() === '' || value === MASK || value === REMOVED;
  return value === null || (Array.isArray(value) && value.length === 0);
}

/** @returns null when the text is a literal, so that the ordinary rules decide. */
function judgeReference(place: FieldPlace, text: string): Verdict | null {
  const isName = isSecretReferenceName(text) && keysIn(text).length === 0;
  if (place.field['load_from_db'] === true) {
    if (isName) return judgeName(place, text);
    return looksLikeVariableName(text) ? { kind: 'rename', name: text } : null;
  }
  // Some components ship the usual name as the value; Langflow would send the name itself as the key.
  const isUsualName = isName && isMarkedSecret(place.field) && providerOfSecret(text)?.secretName === text;
  return isUsualName ? { kind: 'rename', name: text } : null;
}

/** After a change of model in the canvas the key still names the previous provider: it follows the model. */
function judgeName(place: FieldPlace, secretName: string): Verdict {
  if (place.ownName !== 'api_key') return KEEP;
  const chosen = modelChoiceOf(place.owner)?.provider ?? null;
  const named = providerOfSecret(secretName);
  if (chosen === null || chosen.secretName === null || named === null || named.kind !== 'model') return KEEP;
  if (named.secretName !== secretName || named.id === chosen.id || chosen.id === 'openai-compatible')
    return KEEP;
  return { kind: 'rename', name: chosen.secretName };
}

function judgeBlank(place: FieldPlace): Verdict {
  const { field, ownName: name, owner } = place;
  // Fields that are required once another option is chosen are hidden until then (keys of the storage of File, say).
  const isDemanded = field['required'] === true && field['show'] !== false;
  const isKey = isMarkedSecret(field) || (field['type'] === 'str' && isSecretName(name) && isDemanded);
  if (!isKey) return KEEP;
  const choice = modelChoiceOf(owner);
  if (name === 'api_key' && choice !== null) {
    const needsNone = choice.connected || choice.provider?.secretName === null;
    return needsNone ? KEEP : { kind: 'blank', name: choice.provider?.secretName ?? 'OPENAI_API_KEY' };
  }
  const own = providerOfComponent(owner.type);
  if (name === 'api_key' && own?.kind === 'model' && own.secretName !== null) {
    return { kind: 'blank', name: own.secretName };
  }
  return isDemanded ? { kind: 'blank', name: null } : KEEP;
}

/** A value that is one of the offered options is a choice, whatever the field is called. */
function isChoice(field: TemplateField, value: JsonValue): boolean {
  const options = field['options'];
  if (!Array.isArray(options) || options.length === 0) return false;
  const chosen = Array.isArray(value) ? value : [value];
  return chosen.every((item) => typeof item === 'string' && options.includes(item));
}

function judgeTable(place: FieldPlace, rows: readonly JsonValue[]): Verdict {
  const known = new Set(cellReferences(place.field).map(({ row, column }) => `${row}/${column}`));
  const cells = rows.flatMap((row, index) =>
    isJsonObject(row)
      ? secretCells(place.ownName, row, index).filter((cell) => !known.has(`${cell.row}/${cell.column}`))
      : [],
  );
  const rest = rows.filter((row) => !isJsonObject(row)).flatMap((row) => secretLeaves(place.ownName, row));
  if (cells.length === 0 && rest.length === 0) return KEEP;
  const canRefer =
    rest.length === 0 && cells.every((cell) => isColumn(place.field, cell.column) && isText(rows, cell));
  return canRefer
    ? { kind: 'cells', cells }
    : { kind: 'whole', leaves: [...cells.flatMap(({ leaves }) => leaves), ...rest] };
}

function secretCells(fieldName: string, row: JsonObject, index: number): SecretCell[] {
  const rowName = textOf(row['key']) || textOf(row['name']);
  return Object.entries(row).flatMap(([column, cell]) => {
    if (column === '__load_from_db_fields' || column === 'key' || column === 'name')
      return leavesCell(column, cell);
    const isValue = column === 'value' && rowName !== '';
    const label = isValue ? rowName : column;
    const scope = isValue && isHeadersName(fieldName) && !isHarmlessHeader(rowName) ? fieldName : label;
    const leaves = secretLeaves(scope, cell);
    return leaves.length === 0 ? [] : [{ row: index, column, label, leaves }];
  });

  function leavesCell(column: string, cell: JsonValue): SecretCell[] {
    const leaves = typeof cell === 'string' ? keysIn(cell) : [];
    return leaves.length === 0 ? [] : [{ row: index, column, label: column, leaves }];
  }
}

/** Langflow resolves names in columns of a schema that is a plain list. */
function isColumn(field: TemplateField, column: string): boolean {
  const schema = field['table_schema'];
  return Array.isArray(schema) && schema.some((entry) => isJsonObject(entry) && entry['name'] === column);
}

function isText(rows: readonly JsonValue[], cell: SecretCell): boolean {
  const row = rows[cell.row];
  return isJsonObject(row) && typeof row[cell.column] === 'string';
}

/** Every text inside a value. */
export function textsIn(value: JsonValue): string[] {
  if (typeof value === 'string') return value.trim() === '' ? [] : [value];
  if (typeof value === 'number') return [String(value)];
  if (Array.isArray(value)) return value.flatMap(textsIn);
  return isJsonObject(value) ? Object.values(value).flatMap(textsIn) : [];
}
