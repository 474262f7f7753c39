import { isJsonObject, type JsonObject, type JsonValue } from '@weir/kernel';
import type { TemplateField } from './types';

/** What stands in a response where a secret was. Coming back in an update it means "unchanged". Never stored. */
export const MASK = '********';

/** What stands in stored texts (notes, code, cached outputs) from which a secret was cut: unlike the mask it stays. */
export const REMOVED = '[removed secret]';

const NAME = /^[A-Z][A-Z0-9_]{0,127}$/;

/** Names of secrets; upper case, because Langflow upper-cases the header that carries a value. */
export function isSecretReferenceName(text: string): boolean {
  return NAME.test(text);
}

/** Turns any text into a name: `My key` -> `MY_KEY`. */
export function toSecretName(text: string): string {
  const name = text
    .slice(0, 200)
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replaceAll(/([A-Z])([A-Z][a-z])/g, '$1_$2')
    .toUpperCase()
    .replaceAll(/[^A-Z0-9]+/g, '_')
    .replaceAll(/^[_0-9]+|_+$/g, '')
    .slice(0, 120);
  return name === '' ? 'SECRET' : name;
}

const MARKER_KEY = '$secret';

/**
 * Stands for a whole value where Langflow knows no reference. It is part of the flow, so it survives the canvas; the engine
 * never sees it, because the run replaces the value by a tweak.
 */
export function markerFor(name: string, original: JsonValue): JsonValue {
  const marker: JsonObject = { [MARKER_KEY]: name };
  return Array.isArray(original) ? [marker] : marker;
}

/** The name in a marker; null for every other value. */
export function markerName(value: JsonValue | undefined): string | null {
  const marker = Array.isArray(value) && value.length === 1 ? value[0] : value;
  if (!isJsonObject(marker) || Object.keys(marker).length !== 1) return null;
  const name = marker[MARKER_KEY];
  return typeof name === 'string' && isSecretReferenceName(name) ? name : null;
}

/** The name that a field refers to with `load_from_db`; null when it holds something else. */
export function referenceName(field: TemplateField): string | null {
  const value = field['value'];
  if (field['load_from_db'] !== true || typeof value !== 'string') return null;
  return isSecretReferenceName(value) ? value : null;
}

/** Row member in which Langflow's tables say which cells are names (`lfx.interface.initialize.loading`). */
export const ROW_REFERENCES = '__load_from_db_fields';

/** A cell of a table that holds a name. */
export interface CellReference {
  readonly row: number;
  readonly column: string;
  readonly name: string;
}

/** Cells that the engine resolves: the column is marked in the schema and the row does not say that it is a literal. */
export function cellReferences(field: TemplateField): CellReference[] {
  const value = field['value'];
  if (field['type'] !== 'table' || !Array.isArray(value)) return [];
  const columns = referenceColumns(field);
  return value.flatMap((row, index) => {
    if (!isJsonObject(row)) return [];
    return columns.flatMap((column) => {
      const cell = row[column];
      const isReference = typeof cell === 'string' && isSecretReferenceName(cell) && rowAllows(row, column);
      return isReference ? [{ row: index, column, name: cell }] : [];
    });
  });
}

function referenceColumns(field: TemplateField): string[] {
  const schema = field['table_schema'];
  if (!Array.isArray(schema)) return [];
  return schema.flatMap((column) =>
    isJsonObject(column) && column['load_from_db'] === true && typeof column['name'] === 'string'
      ? [column['name']]
      : [],
  );
}

function rowAllows(row: JsonObject, column: string): boolean {
  const flags = row[ROW_REFERENCES];
  if (flags === undefined) return true;
  if (Array.isArray(flags)) return flags.includes(column);
  return isJsonObject(flags) && flags[column] === true;
}
