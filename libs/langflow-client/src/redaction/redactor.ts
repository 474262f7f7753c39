import { isJsonObject } from '@weir/kernel';
import type { JsonValue } from '@weir/kernel';
import { PatternAutomaton } from './pattern-automaton';
import { RedactionStream } from './redaction-stream';
import { secretForms } from './secret-forms';

/** What stands in the place of a secret. */
export const REDACTED = '***';

/** Deeper JSON is not walked but replaced: nothing that people read is so deep, and the call stack is finite. */
const MAX_DEPTH = 200;

export interface Redactor {
  /** The text with every occurrence replaced by `***` (overlapping ones together by one). */
  readonly redact: (text: string) => string;
  /** A copy with every string, key and number redacted. */
  readonly redactJson: (value: JsonValue) => JsonValue;
  /** For text that comes in pieces: a secret cut in two between pieces is still found. */
  readonly stream: () => RedactionStream;
}

/**
 * Masks the secrets of one run in everything that comes back from the engine, in every form of {@link secretForms}.
 * Linear in the text; build it once per run, it keeps the values in memory.
 */
export function createRedactor(values: readonly string[]): Redactor {
  const patterns = [...new Set(values)].flatMap(secretForms);
  const automaton = new PatternAutomaton(patterns);

  const redact = (text: string): string => {
    if (automaton.isEmpty || text === '') return text;
    const stream = new RedactionStream(automaton, REDACTED);
    return stream.push(text) + stream.flush();
  };

  const redactValue = (value: JsonValue, depth: number): JsonValue => {
    if (typeof value === 'string') return redact(value);
    if (typeof value === 'number') return redact(String(value)) === String(value) ? value : REDACTED;
    if (typeof value !== 'object' || value === null) return value;
    if (depth >= MAX_DEPTH) return REDACTED;
    if (isJsonObject(value)) {
      const entries = Object.entries(value).map(
        ([key, member]) => [redact(key), redactValue(member, depth + 1)] as const,
      );
      return Object.fromEntries(entries);
    }
    return value.map((member) => redactValue(member, depth + 1));
  };

  return {
    redact,
    redactJson: (value) => (automaton.isEmpty ? value : redactValue(value, 0)),
    stream: () => new RedactionStream(automaton, REDACTED),
  };
}
