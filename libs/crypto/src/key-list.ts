import { decodeBase64Strictly } from './bytes';
import { KeyConfigurationError } from './crypto.errors';
import { weaknessOf } from './weak-key';

/** One `label:base64` entry of a key variable, decoded and judged. */
export interface KeyListEntry {
  readonly label: string;
  readonly key: Buffer<ArrayBuffer>;
}

const HOW_TO_MAKE_ONE = 'Make one with: openssl rand -base64 32';

/**
 * Reads `label:base64key` entries, separated by commas or line breaks; `#` starts a comment line.
 * Messages name the entry by its label, never by its content.
 * @param variable name of the environment variable, for the messages
 * @throws KeyConfigurationError for a missing, malformed, weak, example or repeated key
 */
export function parseKeyList(variable: string, text: string): readonly KeyListEntry[] {
  const lines = text
    .split(/[\r\n,]+/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
  if (lines.length === 0) throw new KeyConfigurationError(variable, `is missing. ${HOW_TO_MAKE_ONE}`);
  const entries = lines.map((line, index) => parseEntry(variable, line, index + 1));
  refuseRepetition(variable, entries);
  return entries;
}

function parseEntry(variable: string, line: string, place: number): KeyListEntry {
  const colon = line.indexOf(':');
  if (colon < 1) {
    throw new KeyConfigurationError(variable, `entry ${place} is not of the form label:base64key`);
  }
  const label = line.slice(0, colon).trim();
  const key = decodeBase64Strictly(line.slice(colon + 1).trim());
  if (key === null) throw new KeyConfigurationError(variable, `key '${label}' is not base64`);
  const weakness = weaknessOf(key);
  if (weakness !== null) {
    throw new KeyConfigurationError(variable, `key '${label}' ${weakness}. ${HOW_TO_MAKE_ONE}`);
  }
  return { label, key };
}

function refuseRepetition(variable: string, entries: readonly KeyListEntry[]): void {
  const labels = new Set<string>();
  const labelOfKey = new Map<string, string>();
  for (const { label, key } of entries) {
    if (labels.has(label)) throw new KeyConfigurationError(variable, `names key '${label}' twice`);
    labels.add(label);
    const text = key.toString('base64');
    const other = labelOfKey.get(text);
    if (other !== undefined) {
      throw new KeyConfigurationError(variable, `holds the same key as '${other}' and as '${label}'`);
    }
    labelOfKey.set(text, label);
  }
}
