import { findIsolationProblems, type Migration } from '@weir/database';
import { runAsSystem } from '@weir/kernel';
import type { AppliedMigration, DoctorRepository } from './doctor.repository';
import { failed, ok, warning, type Check, type Verdict } from './verdict';

const MAX_CLOCK_DIFFERENCE_MS = 2_000;

/** @param readExpected reads the migrations of this installation */
export function databaseChecks(
  url: string,
  repository: DoctorRepository,
  readExpected: () => readonly Migration[],
): Check[] {
  return [
    { name: 'isolation', examine: () => judgeIsolation(url) },
    {
      name: 'migrations',
      examine: async () =>
        judgeMigrations(readExpected(), await runAsSystem(() => repository.listMigrations())),
    },
    { name: 'clock', examine: () => askClock(repository) },
  ];
}

/** Role and row-level security, by the questions that decide at every start. */
async function judgeIsolation(url: string): Promise<Verdict> {
  const problems = await findIsolationProblems(url);
  return problems.length === 0
    ? ok('The role is bound by row-level security, and every tenant table enforces it.')
    : failed(
        problems.join(' '),
        'Mend this first: processes refuse to start, and running ones are not safe.',
      );
}

export function judgeMigrations(
  expected: readonly Pick<Migration, 'name' | 'checksum'>[],
  applied: readonly AppliedMigration[],
): Verdict {
  const checksums = new Map(applied.map(({ name, checksum }) => [name, checksum]));
  const missing = expected.filter(({ name }) => !checksums.has(name)).map(({ name }) => name);
  if (missing.length > 0) return failed(`Not applied: ${missing.join(', ')}.`, 'Run `weir migrate`.');
  const edited = expected
    .filter(({ name, checksum }) => checksums.get(name) !== checksum)
    .map(({ name }) => name);
  if (edited.length > 0) {
    return failed(
      `Edited after they were applied: ${edited.join(', ')}.`,
      'Restore the files of the release; a change to the schema is a migration of its own.',
    );
  }
  const known = new Set(expected.map(({ name }) => name));
  const newer = applied.filter(({ name }) => !known.has(name)).map(({ name }) => name);
  return newer.length > 0
    ? warning(
        `The database knows migrations that this installation does not: ${newer.join(', ')}.`,
        'Install the release that belongs to the database.',
      )
    : ok(`All ${expected.length} applied, none edited.`);
}

async function askClock(repository: DoctorRepository): Promise<Verdict> {
  const before = Date.now();
  const there = await runAsSystem(() => repository.readTime());
  return judgeClock(before, there.getTime(), Date.now());
}

/** All in milliseconds: our clock before the question, that of the database, ours after the answer. */
export function judgeClock(before: number, there: number, after: number): Verdict {
  // What the way there and back took is not held against the clocks.
  const difference = Math.max(0, before - there, there - after);
  return difference < MAX_CLOCK_DIFFERENCE_MS
    ? ok('Agrees with that of the database.')
    : failed(
        `The clock differs from that of the database by ${(difference / 1000).toFixed(1)} s.`,
        'Let both machines follow a time server (NTP): sessions, leases and tokens depend on it.',
      );
}
