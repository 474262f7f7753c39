import { isJsonObject, type JsonValue } from '@weir/kernel';
import { judgeField, type SecretCell } from './judge-field';
import { Occurrences } from './occurrences';
import {
  cellReferences,
  isSecretReferenceName,
  markerFor,
  markerName,
  referenceName,
  REMOVED,
  ROW_REFERENCES,
  toSecretName,
} from './references';
import { scrubTexts } from './scrub-texts';
import { providerIdOf, SecretNames, suggestName } from './secret-names';
import type { FlowData, LiftedSecret, TemplateField } from './types';
import { arrayOf, escapePointer, fieldsOf, nodesOf, objectOf, textOf, type FieldPlace } from './walk';

export interface LiftResult {
  /** A copy without any secret; equal to the input but for the places that held one. */
  readonly flowData: FlowData;
  readonly lifted: readonly LiftedSecret[];
}

/**
 * Takes every secret value out of a flow and leaves names in their places, in groups and tables too:
 * - a text becomes a reference (`value: NAME, load_from_db: true`), a cell of a table likewise with its column marked;
 * - a dictionary, list or MCP configuration becomes a marker, and a run sends the whole value (`buildTweaks`);
 * - an empty key of a model refers to the provider's usual name, because Langflow ignores request variables for empty fields;
 * - references that a request header cannot satisfy (lower case) get an upper-case name;
 * - where no reference can stand (notes, code, cached outputs, labels) the secret is cut out for good.
 * Equal values get one name. Idempotent. Never changes its input.
 */
export function liftSecrets(flowData: FlowData): LiftResult {
  const copy = structuredClone(flowData);
  const lifter = new Lifter(copy);
  for (const place of fieldsOf(copy)) lifter.lift(place);
  scrubTexts(copy, { replacement: REMOVED, copies: lifter.copies });
  return { flowData: copy, lifted: lifter.lifted };
}

/** Ids hold the graph together, so they stay even if somebody used one as a password. */
export function idsOf(flowData: FlowData): Set<string> {
  return new Set([...nodesOf(flowData)].map(({ id }) => id));
}

class Lifter {
  readonly lifted: LiftedSecret[] = [];
  readonly copies: Occurrences;
  private readonly names: SecretNames;

  constructor(flowData: FlowData) {
    this.copies = new Occurrences(idsOf(flowData));
    this.names = new SecretNames(existingNames(flowData));
  }

  lift(place: FieldPlace): void {
    const verdict = judgeField(place);
    switch (verdict.kind) {
      case 'keep':
        return;
      case 'blank':
        refer(place.field, verdict.name ?? suggestName(place, ''));
        return;
      case 'rename':
        refer(place.field, isSecretReferenceName(verdict.name) ? verdict.name : toSecretName(verdict.name));
        return;
      case 'whole':
        this.liftWhole(place, verdict.leaves);
        return;
      case 'cells':
        this.liftCells(place, verdict.cells);
    }
  }

  private liftWhole(place: FieldPlace, leaves: readonly string[]): void {
    const value = place.field['value'] ?? null;
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    const name = this.record(place, { text, suggestion: suggestName(place, text), leaves });
    if (typeof value === 'string') refer(place.field, name);
    else
      place.field['value'] = typeof value === 'number' ? referTo(place.field, name) : markerFor(name, value);
  }

  private liftCells(place: FieldPlace, cells: readonly SecretCell[]): void {
    const rows = arrayOf(place.field['value']);
    markColumns(place.field, new Set(cells.map(({ column }) => column)));
    for (const cell of cells) {
      const row = objectOf(rows[cell.row]);
      const text = row[cell.column];
      if (typeof text !== 'string') continue;
      const suggestion = suggestName(place, text, cell.label);
      const at = `${cell.row}/${escapePointer(cell.column)}`;
      row[cell.column] = this.record(place, { text, suggestion, leaves: cell.leaves, at });
      row[ROW_REFERENCES] = { ...objectOf(row[ROW_REFERENCES]), [cell.column]: true };
    }
  }

  private record(place: FieldPlace, secret: Found): string {
    const name = this.names.nameFor(secret.text, secret.suggestion);
    for (const leaf of [secret.text, ...secret.leaves]) this.copies.add(leaf);
    this.lifted.push({
      nodeId: place.node.id,
      component: place.owner.type,
      field: secret.at === undefined ? place.name : `${place.name}/${secret.at}`,
      pointer: secret.at === undefined ? place.pointer : `${place.pointer}/${secret.at}`,
      name,
      value: secret.text,
      provider: providerIdOf(name, place),
    });
    return name;
  }
}

interface Found {
  readonly text: string;
  readonly suggestion: string;
  readonly leaves: readonly string[];
  /** Row and column, for a cell. */
  readonly at?: string;
}

function refer(field: TemplateField, name: string): void {
  field['value'] = referTo(field, name);
}

function referTo(field: TemplateField, name: string): JsonValue {
  field['load_from_db'] = true;
  return name;
}

function existingNames(flowData: FlowData): string[] {
  return [...fieldsOf(flowData)].flatMap(({ field }) => {
    const name = referenceName(field) ?? markerName(field['value']);
    return name === null ? cellReferences(field).map((cell) => cell.name) : [name];
  });
}

/**
 * Tells Langflow that the columns hold names, and each row which of its cells do: without the flags it would look up every
 * literal of the column as well.
 */
function markColumns(field: TemplateField, columns: ReadonlySet<string>): void {
  const before = cellReferences(field);
  for (const column of arrayOf(field['table_schema'])) {
    if (isJsonObject(column) && columns.has(textOf(column['name']))) column['load_from_db'] = true;
  }
  const rows = arrayOf(field['value']).filter(isJsonObject);
  for (const row of rows)
    row[ROW_REFERENCES] = Object.fromEntries([...columns].map((column) => [column, false]));
  for (const { row, column } of before) {
    const flags = objectOf(objectOf(arrayOf(field['value'])[row])[ROW_REFERENCES]);
    flags[column] = true;
  }
}
