import type { INestApplicationContext } from '@nestjs/common';
import { Clock } from '@weir/kernel';
import { DataKeyRotationService } from '../../../api/src/modules/vault/data-key-rotation.service';
import { EXIT, UsageError, type ExitCode } from '../exit-codes';
import type { Output } from '../output';

export interface RotateDataOptions {
  /** RFC 3339; default: now. */
  readonly before?: string;
  readonly graceSeconds: string;
}

const MAX_GRACE_SECONDS = 3600;

/** `weir keys rotate-data`: gives every owner a new data key and moves the values to it. */
export async function rotateData(
  services: INestApplicationContext,
  output: Output,
  options: RotateDataOptions,
): Promise<ExitCode> {
  const before = readMoment(options.before) ?? services.get(Clock).now();
  const graceMs = readSeconds(options.graceSeconds) * 1000;
  output.progress(
    `Data keys made before ${before.toISOString()} are replaced. If this is interrupted, go on with:`,
  );
  output.progress(`  weir keys rotate-data --before ${before.toISOString()}`);
  const report = await services
    .get(DataKeyRotationService)
    .rotate({ before, graceMs }, (line) => output.progress(line));
  const { owners, newKeys, resealed, deletedKeys, unreadable } = report;
  output.result(
    { before: report.before, owners, newKeys, resealed, deletedKeys, unreadable: [...unreadable] },
    [
      `${newKeys} new data keys for ${owners} owners; ${resealed} values moved, ${deletedKeys} old keys deleted.`,
      ...unreadable.map(
        (id) =>
          `Value ${id} opens with no key and was left as it is: it was altered, or moved from elsewhere.`,
      ),
    ],
  );
  return unreadable.length === 0 ? EXIT.ok : EXIT.failed;
}

const MOMENT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,3})?Z$/;

function readMoment(text: string | undefined): Date | null {
  if (text === undefined) return null;
  const moment = new Date(text);
  if (MOMENT.test(text) && !Number.isNaN(moment.getTime())) return moment;
  throw new UsageError(`--before takes a moment in UTC such as 2026-11-21T09:30:00.000Z, not '${text}'`);
}

function readSeconds(text: string): number {
  const seconds = /^\d{1,4}$/.test(text) ? Number(text) : Number.NaN;
  if (seconds <= MAX_GRACE_SECONDS) return seconds;
  throw new UsageError(`--grace-seconds takes a whole number from 0 to ${MAX_GRACE_SECONDS}, not '${text}'`);
}
