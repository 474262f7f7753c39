import type { Command } from 'commander';
import { auditVerify, type AuditVerifyOptions } from './commands/audit-verify.command';
import { withExamples, type CommonOptions, type Finish } from './declare';
import { createOutput } from './output';

/** `weir audit …`: what somebody does with an audit trail who has only its export. */
export function addAudit(audit: Command, finish: Finish): void {
  withExamples(audit.command('verify'), [
    'weir audit verify audit.jsonl',
    'weir audit verify audit.jsonl --public-key weir-audit.pub.pem --json',
  ])
    .description(
      'Find out, offline, whether anything in an export was altered, dropped, inserted, moved or cut off.',
    )
    .argument('<file>', 'what GET /v1/audit/export answered')
    .option(
      '--public-key <key>',
      'file or base64 of a key that may sign; repeat it for several. Without it, the one in the file is believed',
      (key: string, before: readonly string[]) => [...before, key],
      [],
    )
    .option('--json', 'print the result as JSON')
    .action(async (file: string, options: AuditVerifyOptions & CommonOptions) => {
      finish(await auditVerify(createOutput(options.json === true), file, options));
    });
}
