/**
 * How probable it is that a value of `left` is greater than one of `right` (Mann and Whitney's U divided by the number of
 * pairs): 0.5 when nothing separates the two, 0 or 1 when everything does. Needs no assumption about how the times spread,
 * and single slow answers do not move it.
 */
export function probabilityOfSuperiority(left: readonly number[], right: readonly number[]): number {
  let score = 0;
  for (const a of left) {
    for (const b of right) {
      if (a > b) score += 1;
      else if (a === b) score += 0.5;
    }
  }
  return score / (left.length * right.length);
}
