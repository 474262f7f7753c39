/** Something that must not be found in a place where everybody, or an operator, could read it. */
export interface Canary {
  /** What it is, for the report. */
  readonly name: string;
  readonly value: string;
}

/** Shorter forms would be found by chance. */
const SHORTEST_FORM = 10;

/** A value in every disguise in which systems like to pass texts on. */
export function formsOf(value: string): string[] {
  const bytes = Buffer.from(value, 'utf8');
  const json = jsonEscaped(value);
  const forms = [
    value,
    json,
    jsonEscaped(json),
    asciiJson(value),
    encodeURIComponent(value),
    new URLSearchParams({ v: value }).toString().slice(2),
    bytes.toString('hex'),
    bytes.toString('hex').toUpperCase(),
    reversed(value),
    ...base64Forms(bytes),
  ];
  return [...new Set(forms)].filter(({ length }) => length >= SHORTEST_FORM);
}

/** Inside a longer text, base64 begins at one of three places; the characters at the ends belong to the neighbours too. */
function base64Forms(bytes: Buffer): string[] {
  return [0, 1, 2].flatMap((offset) => {
    const encoded = Buffer.concat([Buffer.alloc(offset), bytes])
      .toString('base64')
      .replace(/=+$/, '');
    const start = [0, 2, 3][offset] ?? 0;
    const inner = encoded.slice(start, encoded.length - 1);
    return [inner, inner.replaceAll('+', '-').replaceAll('/', '_')];
  });
}

/** By code points, as people would. */
export const reversed = (text: string): string => Array.from(text).toReversed().join('');
const jsonEscaped = (text: string): string => JSON.stringify(text).slice(1, -1);
const asciiJson = (text: string): string =>
  jsonEscaped(text).replace(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

/** Which canaries a text holds, in any form. */
export function findCanaries(text: string, canaries: readonly Canary[]): string[] {
  return canaries
    .filter((canary) => knownForms(canary).some((form) => text.includes(form)))
    .map(({ name }) => name);
}

const known = new WeakMap<Canary, string[]>();

function knownForms(canary: Canary): string[] {
  const forms = known.get(canary) ?? formsOf(canary.value);
  known.set(canary, forms);
  return forms;
}
