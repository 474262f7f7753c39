/**
 * `npm test`: prepares, checks and tests everything, on a fresh machine as well.
 *
 * Arguments choose steps by name (`npm test -- unit e2e`); without any it is all of them. Ends with `N passed, N failed`
 * alone on a line; the exit code is 0 only when every step succeeded.
 */
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ensureBuilt, generateClient } from './build/build.mts';
import { installEngine } from './engine/install.mts';
import { runCommand } from './process/run-command.mts';
import { runTier, TIERS } from './test/tiers.mts';
import { runSteps, summarize, type Step } from './test/steps.mts';

const projectDir = resolve(import.meta.dirname, '..');
const dataDir = resolve(projectDir, process.env['WEIR_DATA_DIR'] ?? '.weir');
const resultsDir = join(dataDir, 'test-results');
const print = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

const steps: readonly Step[] = [
  { name: 'generate', run: () => generateClient(projectDir) },
  { name: 'build', run: () => ensureBuilt(projectDir, () => undefined) },
  {
    name: 'lint',
    run: () => runCommand('npm', ['run', '--silent', 'lint:all'], { cwd: projectDir, onLine: print }),
  },
  ...TIERS.filter((tier) => tier !== 'engine').map((tier) => testStep(tier)),
  { name: 'install-engine', run: prepareEngine },
  testStep('engine'),
];

function testStep(tier: string): Step {
  return { name: tier, run: () => runTier({ tier, projectDir, resultsDir, args: [] }) };
}

async function prepareEngine(): Promise<void> {
  await installEngine({
    projectDir,
    engineDir: join(dataDir, 'engine'),
    onProgress: (detail) => print(`engine: ${detail}`),
  });
}

mkdirSync(resultsDir, { recursive: true, mode: 0o700 });
const chosen = process.argv.slice(2);
const unknown = chosen.filter((name) => !steps.some((step) => step.name === name));
if (unknown.length > 0) {
  print(`There is no step ${unknown.join(', ')}; the steps are ${steps.map(({ name }) => name).join(', ')}.`);
  process.exit(2);
}
const outcomes = await runSteps(
  chosen.length === 0 ? steps : steps.filter(({ name }) => chosen.includes(name)),
  print,
);
const { lines, succeeded } = summarize(outcomes);
for (const line of lines) print(line);
process.exit(succeeded ? 0 : 1);
