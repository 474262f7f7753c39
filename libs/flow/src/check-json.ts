import type { FieldError, JsonObject } from '@weir/kernel';
import { escapePointer } from './walk';
import type { FlowLimits } from './types';

/**
 * Looks at raw JSON before anything recurses into it: nesting, names that would reach the prototype when
 * copied, and texts that the database cannot keep.
 * Iterative, because the nesting is the sender's choice.
 */
export function checkJson(root: JsonObject, pointer: string, limits: FlowLimits): FieldError[] {
  const errors: FieldError[] = [];
  const stack: Entry[] = [{ value: root, parent: null, key: '', depth: 0 }];
  for (let entry = stack.pop(); entry !== undefined && errors.length < 20; entry = stack.pop()) {
    const { value, depth } = entry;
    if (typeof value !== 'object' || value === null) continue;
    if (depth > limits.maxJsonDepth) {
      errors.push({
        pointer: pointerTo(entry, pointer),
        detail: `is nested deeper than ${limits.maxJsonDepth} levels`,
      });
      continue;
    }
    for (const [key, inner] of Object.entries(value)) {
      const child = { value: inner, parent: entry, key, depth: depth + 1 };
      if (key === '__proto__')
        errors.push({ pointer: pointerTo(child, pointer), detail: 'is not an allowed name' });
      else if (!isStorable(key) || (typeof inner === 'string' && !isStorable(inner))) {
        errors.push({
          pointer: pointerTo(child, pointer),
          detail: 'holds a NUL character or half a surrogate pair',
        });
      } else if (typeof inner === 'object' && inner !== null) stack.push(child);
    }
  }
  return errors;
}

/** Postgres keeps neither NUL nor lone surrogates in JSON. */
function isStorable(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed();
}

interface Entry {
  readonly value: unknown;
  readonly parent: Entry | null;
  readonly key: string;
  readonly depth: number;
}

function pointerTo(entry: Entry, prefix: string): string {
  const segments: string[] = [];
  for (let at: Entry = entry; at.parent !== null; at = at.parent) segments.unshift(escapePointer(at.key));
  return [prefix, ...segments].join('/');
}
