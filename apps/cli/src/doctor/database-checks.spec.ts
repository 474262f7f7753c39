import { judgeClock, judgeMigrations } from './database-checks';

const migration = (name: string, checksum = `checksum of ${name}`) => ({ name, checksum });

describe('judgeMigrations', () => {
  const expected = [migration('1_first'), migration('2_second')];

  it('is content when the database has what the installation has', () => {
    expect(judgeMigrations(expected, expected)).toMatchObject({ status: 'ok' });
  });

  it('names what is missing, what was edited and what is unknown', () => {
    expect(judgeMigrations(expected, [migration('1_first')])).toEqual({
      status: 'failed',
      reason: 'Not applied: 2_second.',
      fix: 'Run `weir migrate`.',
    });
    expect(judgeMigrations(expected, [migration('1_first', 'another'), migration('2_second')])).toMatchObject(
      {
        status: 'failed',
        reason: 'Edited after they were applied: 1_first.',
      },
    );
    expect(judgeMigrations(expected, [...expected, migration('3_third')])).toMatchObject({
      status: 'warning',
      reason: expect.stringContaining('3_third'),
    });
  });
});

describe('judgeClock', () => {
  it.each([
    ['the same moment', 1_000, 1_000, 1_000, 'ok'],
    ['a slow answer', 1_000, 4_000, 9_000, 'ok'],
    ['just under two seconds behind', 10_000, 8_001, 10_000, 'ok'],
    ['two seconds behind', 10_000, 8_000, 10_050, 'failed'],
    ['two seconds ahead', 10_000, 12_050, 10_050, 'failed'],
  ])('%s', (_what, before, there, after, status) => {
    expect(judgeClock(before, there, after).status).toBe(status);
  });
});
