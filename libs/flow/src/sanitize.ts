import { isJsonObject, type JsonValue } from '@weir/kernel';
import { judgeField, type Verdict } from './judge-field';
import { idsOf } from './lift-secrets';
import { Occurrences } from './occurrences';
import { MASK } from './references';
import { scrubTexts } from './scrub-texts';
import type { FlowData } from './types';
import { arrayOf, fieldsOf, objectOf, type FieldPlace } from './walk';

/**
 * The last wall before a response: whatever still looks like a secret becomes {@link MASK}; references stay. A flow that went
 * through `liftSecrets` comes back equal. Never changes its input.
 */
export function sanitizeFlowData(flowData: FlowData): FlowData {
  const copy = structuredClone(flowData);
  const copies = new Occurrences(idsOf(copy));
  for (const place of fieldsOf(copy)) maskField(place, judgeField(place), copies);
  scrubTexts(copy, { replacement: MASK, copies });
  return copy;
}

function maskField(place: FieldPlace, verdict: Verdict, copies: Occurrences): void {
  const value = place.field['value'] ?? null;
  if (verdict.kind === 'whole') {
    for (const leaf of verdict.leaves) copies.add(leaf);
    place.field['value'] = typeof value === 'object' ? maskLeaves(value, new Set(verdict.leaves)) : MASK;
  }
  if (verdict.kind === 'cells') {
    for (const cell of verdict.cells) {
      for (const leaf of cell.leaves) copies.add(leaf);
      objectOf(arrayOf(value)[cell.row])[cell.column] = MASK;
    }
  }
}

/** Masks the secret texts of a dictionary or list; the rest of it stays readable. */
function maskLeaves(value: JsonValue, leaves: ReadonlySet<string>): JsonValue {
  if (typeof value === 'string') return [...leaves].some((leaf) => value.includes(leaf)) ? MASK : value;
  if (typeof value === 'number') return leaves.has(String(value)) ? MASK : value;
  if (Array.isArray(value)) return value.map((item) => maskLeaves(item, leaves));
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, maskLeaves(inner, leaves)]));
}
