/** Rows as fingers know them, in the layouts most common among breached passwords. */
const KEYBOARD_ROWS = ['1234567890', 'qwertyuiop', 'asdfghjkl', 'zxcvbnm', 'qwertzuiop', 'azertyuiop'];
const SHORTEST_RUN = 3;

/**
 * How many characters somebody has to think of: a run of three or more that repeats, counts, or walks along a keyboard
 * row ("aaaa", "1234", "fedc", "qwerty") counts as one.
 */
export function effectiveLength(text: string): number {
  const characters = Array.from(text.toLowerCase());
  let total = 0;
  let start = 0;
  while (start < characters.length) {
    const length = runLength(characters, start);
    total += length >= SHORTEST_RUN ? 1 : length;
    start += length;
  }
  return total;
}

/** The shortest unit whose repetition gives the text ("abc" for "abcabcab"), or null when nothing is repeated. */
export function repeatedUnit(text: string): string | null {
  const characters = Array.from(text.toLowerCase());
  for (let period = 1; period <= characters.length / 2; period += 1) {
    if (characters.every((character, index) => index < period || character === characters[index - period])) {
      return characters.slice(0, period).join('');
    }
  }
  return null;
}

/** Length of the longest run in one direction that starts here; at least 1. */
function runLength(characters: readonly string[], start: number): number {
  const steps = stepsBetween(characters[start], characters[start + 1]);
  let longest = 1;
  for (const step of steps) {
    let length = 2;
    while (stepsBetween(characters[start + length - 1], characters[start + length]).includes(step))
      length += 1;
    longest = Math.max(longest, length);
  }
  // Two alike are no run: give them back one by one, so that a run may start at the second.
  return longest >= SHORTEST_RUN ? longest : 1;
}

/** The ways in which `right` follows `left`; empty when it does not. */
function stepsBetween(left: string | undefined, right: string | undefined): readonly string[] {
  if (left === undefined || right === undefined) return [];
  const steps: string[] = [];
  const distance = (right.codePointAt(0) ?? 0) - (left.codePointAt(0) ?? 0);
  if (Math.abs(distance) <= 1) steps.push(`count ${distance}`);
  for (const row of KEYBOARD_ROWS) {
    if (row.includes(left + right)) steps.push('keyboard right');
    if (row.includes(right + left)) steps.push('keyboard left');
  }
  return steps;
}
