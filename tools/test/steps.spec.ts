import { runSteps, summarize } from './steps.mts';
import { readCounts } from './tiers.mts';

describe('runSteps', () => {
  it('goes on after a failure, and ends with the counts alone on a line', async () => {
    const printed: string[] = [];
    const outcomes = await runSteps(
      [
        { name: 'lint', run: () => Promise.reject(new Error('lint:all failed')) },
        { name: 'unit', run: () => Promise.resolve({ passed: 7, failed: 2 }) },
        { name: 'e2e', run: () => Promise.resolve({ passed: 3, failed: 0 }) },
        { name: 'build', run: () => Promise.resolve(true) },
      ],
      (line) => printed.push(line),
    );
    expect(outcomes.map(({ succeeded }) => succeeded)).toEqual([false, false, true, true]);
    expect(printed).toContain('lint:all failed');
    const { lines, succeeded } = summarize(outcomes);
    expect(lines.at(-1)).toBe('10 passed, 3 failed');
    expect(succeeded).toBe(false);
  });

  it('succeeds when everything did', () => {
    const { lines, succeeded } = summarize([
      { name: 'unit', succeeded: true, passed: 2, failed: 0, seconds: 1 },
    ]);
    expect(lines.at(-1)).toBe('2 passed, 0 failed');
    expect(succeeded).toBe(true);
  });
});

describe('readCounts', () => {
  it('counts a file that could not be loaded as a failure', () => {
    const json = JSON.stringify({ numPassedTests: 4, numFailedTests: 1, numRuntimeErrorTestSuites: 1 });
    expect(readCounts(json)).toEqual({ passed: 4, failed: 2 });
  });
});
