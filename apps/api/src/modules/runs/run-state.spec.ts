import fc from 'fast-check';
import { isTerminal, mayMove, RUN_STATES, type RunState } from './run-state';

const state = fc.constantFrom(...RUN_STATES);

describe('The states of a run', () => {
  it('change only as allowed, and a terminal one never, whatever is tried (F61)', () => {
    fc.assert(
      fc.property(fc.array(state, { maxLength: 30 }), (attempts) => {
        const seen: RunState[] = ['queued'];
        for (const next of attempts) {
          const now = seen.at(-1) ?? 'queued';
          if (mayMove(now, next)) seen.push(next);
        }
        expect(seen.length).toBeLessThanOrEqual(3);
        expect(seen.slice(0, -1).some(isTerminal)).toBe(false);
      }),
    );
  });

  it('lead nowhere from a terminal one, and to an end from every other', () => {
    for (const from of RUN_STATES) {
      const next = RUN_STATES.filter((to) => mayMove(from, to));
      expect(next.length === 0).toBe(isTerminal(from));
      expect(next).not.toContain(from);
    }
    expect(RUN_STATES.filter((each) => !isTerminal(each))).toEqual(['queued', 'running']);
  });
});
