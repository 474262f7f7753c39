import { examine, type Patient } from '../doctor/examine';
import type { Finding } from '../doctor/verdict';
import { EXIT, type ExitCode } from '../exit-codes';
import type { Output } from '../output';

/** `weir doctor`: looks at the whole installation and changes nothing. Fails when something must not stay as it is. */
export async function doctor(output: Output, patient: Patient): Promise<ExitCode> {
  const findings = await examine(patient);
  const failures = findings.filter(({ status }) => status === 'failed').length;
  const warnings = findings.filter(({ status }) => status === 'warning').length;
  output.result({ ok: failures === 0, checks: findings.map((finding) => ({ ...finding })) }, [
    ...findings.flatMap(toLines),
    `${findings.length} checks: ${failures} failed, ${warnings} warnings.`,
  ]);
  return failures === 0 ? EXIT.ok : EXIT.failed;
}

function toLines({ name, status, reason, fix }: Finding): string[] {
  const finding = `${status.padEnd(8)} ${name.padEnd(22)} ${reason}`;
  return fix === null ? [finding] : [finding, `${' '.repeat(32)}→ ${fix}`];
}
