import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Counts } from './steps.mts';

/** The Jest projects, cheap ones first: what is broken shows early. */
export const TIERS = ['unit', 'integration', 'contract', 'e2e', 'security', 'engine'] as const;

export interface TierRun {
  readonly tier: string;
  readonly projectDir: string;
  readonly resultsDir: string;
  readonly args: readonly string[];
}

/**
 * Runs one tier with its output to the terminal.
 * @throws Error when Jest failed without a failing test: no tests found, a set-up that broke, a process that stays
 */
export async function runTier({ tier, projectDir, resultsDir, args }: TierRun): Promise<Counts> {
  const results = join(resultsDir, `${tier}.json`);
  rmSync(results, { force: true });
  const jest = join(projectDir, 'node_modules/.bin/jest');
  const child = spawn(jest, ['--selectProjects', tier, '--json', `--outputFile=${results}`, ...args], {
    cwd: projectDir,
    // Jest prints the JSON on standard output as well; its own report goes to standard error.
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const [code] = await once(child, 'exit');
  const counts = existsSync(results) ? readCounts(readFileSync(results, 'utf8')) : { passed: 0, failed: 0 };
  if (code !== 0 && counts.failed === 0)
    throw new Error(`jest ended with exit code ${String(code)} in the tier ${tier}`);
  return counts;
}

/** Reads the summary of `jest --json`. A file that could not be loaded is a failure too, although no test of it ran. */
export function readCounts(json: string): Counts {
  const summary: unknown = JSON.parse(json);
  if (typeof summary !== 'object' || summary === null) throw new Error('The results of Jest are no object.');
  const count = new Map(Object.entries(summary));
  const number = (key: string): number => Number(count.get(key) ?? 0);
  return {
    passed: number('numPassedTests'),
    failed: number('numFailedTests') + number('numRuntimeErrorTestSuites'),
  };
}
