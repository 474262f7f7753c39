import { parsePostmasterPid } from './postmaster-pid.mts';

const complete = [
  '4711',
  '/data/postgres',
  '1763712000',
  '40123',
  '',
  '127.0.0.1',
  '  123456   0',
  'ready   ',
  '',
];

describe('parsePostmasterPid', () => {
  it('reads process, port and readiness', () => {
    expect(parsePostmasterPid(complete.join('\n'))).toEqual({ pid: 4711, port: 40123, ready: true });
  });

  it('does not take a server that starts or stops for ready', () => {
    const starting = complete.with(7, 'starting');
    expect(parsePostmasterPid(starting.join('\n'))?.ready).toBe(false);
    expect(parsePostmasterPid(complete.slice(0, 5).join('\n'))?.ready).toBe(false);
  });

  it.each(['', 'abc\n', '-5\n'])('takes %j for no process', (text) => {
    expect(parsePostmasterPid(text)).toBeNull();
  });
});
