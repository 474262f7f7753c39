import { createHash } from 'node:crypto';
import { isJsonObject, type JsonValue } from '@weir/kernel';
import type { FlowData } from './types';

/**
 * SHA-256 (hex) of the flow as canonical JSON: members sorted by UTF-16 code units as in RFC 8785, so the order in which a
 * database or a browser hands them back does not matter.
 */
export function hashFlow(flowData: FlowData): string {
  return createHash('sha256').update(canonicalJson(flowData), 'utf8').digest('hex');
}

function canonicalJson(value: JsonValue): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (!isJsonObject(value)) return JSON.stringify(value);
  const members = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([key, inner]) => `${JSON.stringify(key)}:${canonicalJson(inner)}`).join(',')}}`;
}
