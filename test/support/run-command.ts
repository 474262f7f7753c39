import type { ExitCode } from '../../apps/cli/src/exit-codes';
import { createOutput, type Output } from '../../apps/cli/src/output';

export interface Ran {
  readonly code: ExitCode;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command of the command line in this process and keeps what it said. */
export async function runCommand(command: (output: Output) => Promise<ExitCode>, json = false): Promise<Ran> {
  const texts = { stdout: '', stderr: '' };
  const sink = (name: 'stdout' | 'stderr') => ({ write: (text: string) => void (texts[name] += text) });
  const code = await command(createOutput(json, { stdout: sink('stdout'), stderr: sink('stderr') }));
  return { code, ...texts };
}
