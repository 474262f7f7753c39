/** How many tests a step ran. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
}

export interface Step {
  readonly name: string;
  /** Rejects, or counts failed tests, when the step failed. Anything else that it returns does not matter. */
  readonly run: () => Promise<unknown>;
}

export interface Outcome extends Counts {
  readonly name: string;
  readonly succeeded: boolean;
  readonly seconds: number;
}

/** Runs the steps one after the other (they share two cores); a failed one does not keep the others from running. */
export async function runSteps(
  steps: readonly Step[],
  print: (line: string) => void,
): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const step of steps) {
    print(`== ${step.name}`);
    const started = Date.now();
    const { succeeded, passed, failed } = await runStep(step, print);
    const seconds = Math.round((Date.now() - started) / 1000);
    outcomes.push({ name: step.name, succeeded, passed, failed, seconds });
    print(`== ${step.name}: ${succeeded ? 'ok' : 'FAILED'} (${seconds} s)`);
  }
  return outcomes;
}

async function runStep(step: Step, print: (line: string) => void): Promise<Counts & { succeeded: boolean }> {
  try {
    const counts = toCounts(await step.run());
    return { ...counts, succeeded: counts.failed === 0 };
  } catch (error) {
    print(error instanceof Error ? error.message : String(error));
    return { passed: 0, failed: 0, succeeded: false };
  }
}

/** The table, and as the last line the counts alone. A step that failed without a failing test counts as one failure. */
export function summarize(outcomes: readonly Outcome[]): { lines: readonly string[]; succeeded: boolean } {
  const table = outcomes.map(({ name, succeeded, passed, failed, seconds }) => {
    const tests = passed + failed === 0 ? '' : `${passed} passed, ${failed} failed`;
    return `${name.padEnd(16)}${(succeeded ? 'ok' : 'FAILED').padEnd(8)}${`${seconds} s`.padStart(6)}  ${tests}`.trimEnd();
  });
  const passed = outcomes.reduce((sum, outcome) => sum + outcome.passed, 0);
  const failed = outcomes.reduce(
    (sum, { failed: tests, succeeded }) => sum + (succeeded ? 0 : Math.max(tests, 1)),
    0,
  );
  return { lines: ['', ...table, '', `${passed} passed, ${failed} failed`], succeeded: failed === 0 };
}

function toCounts(value: unknown): Counts {
  if (typeof value !== 'object' || value === null || !('passed' in value && 'failed' in value)) {
    return { passed: 0, failed: 0 };
  }
  return { passed: Number(value.passed), failed: Number(value.failed) };
}
