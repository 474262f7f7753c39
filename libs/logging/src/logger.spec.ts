import { newContext, newId, runAs, runAsSystem, runInContext } from '@weir/kernel';
import type { Actor } from '@weir/kernel';
import { createLogger } from './logger';
import { MemoryDestination } from './testing/memory-destination';

const CANARY = 'canary-5b1e9d7a';

function setUp(options: Partial<Parameters<typeof createLogger>[0]> = {}) {
  const destination = new MemoryDestination();
  return { destination, logger: createLogger({ level: 'trace', destination, ...options }) };
}

describe('a log line', () => {
  it('is JSON with the level by name, ISO time in UTC, the event, its ids and the fields of the process', () => {
    const { logger, destination } = setUp({ fields: { app: 'worker' } });
    logger.info({ event: 'run.claimed', runId: 'r_1', attempt: 2 }, 'a message');
    expect(destination.last).toEqual({
      level: 'info',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      app: 'worker',
      event: 'run.claimed',
      runId: 'r_1',
      attempt: 2,
      msg: 'a message',
    });
  });

  it('is written only from the configured level on', () => {
    const { logger, destination } = setUp({ level: 'warn' });
    logger.info({ event: 'quiet' });
    logger.warn({ event: 'loud' });
    expect(destination.lines.map(({ event }) => event)).toEqual(['loud']);
  });

  it('carries request, organization and user of the surrounding request, ids only', () => {
    const { logger, destination } = setUp();
    const actor: Actor = { userId: newId(), organizationId: newId(), role: 'owner', via: 'session' };
    runInContext(newContext({ requestId: 'req-1', ip: '192.0.2.1' }), () => {
      logger.info({ event: 'before.login' });
      void runAs(actor, async () => logger.info({ event: 'after.login' }));
      void runAsSystem(async () => logger.info({ event: 'as.system' }));
    });
    logger.info({ event: 'outside' });
    const ids = destination.lines.map(({ requestId, organizationId, userId }) => [
      requestId,
      organizationId,
      userId,
    ]);
    expect(ids).toEqual([
      ['req-1', undefined, undefined],
      ['req-1', actor.organizationId, actor.userId],
      ['req-1', undefined, undefined],
      [undefined, undefined, undefined],
    ]);
  });

  it('lets a line name another request id than its context', () => {
    const { logger, destination } = setUp();
    runInContext(newContext({ requestId: 'outer' }), () => logger.info({ event: 'x', requestId: 'own' }));
    expect(destination.last['requestId']).toBe('own');
  });

  it('takes fields from a child logger, blanked like its own', () => {
    const { logger, destination } = setUp();
    logger.child({ runId: 'r_1', token: CANARY }).info({ event: 'run.started' });
    expect(destination.last).toMatchObject({ runId: 'r_1', token: '[redacted]', event: 'run.started' });
  });
});

describe('forged lines (R60)', () => {
  const FORGERY = `innocent\r\n{"level":"info","event":"forged"}\n\u001b[2J\u001b[31mred\u009b31m\u2028\u202eevil\u007f\0`;

  it.each([
    ['a field', { event: 'x', name: FORGERY }, 'message'],
    ['a field name', { event: 'x', [FORGERY]: 1 }, 'message'],
    ['the message', { event: 'x' }, FORGERY],
    ['the event', { event: FORGERY }, 'message'],
    ['an error', { event: 'x', err: new Error(FORGERY) }, undefined],
  ])('cannot be made through %s: one line of JSON without control characters', (_, fields, message) => {
    const { logger, destination } = setUp();
    logger.info(fields, message);
    expect(destination.lines).toHaveLength(1);
    expect(destination.last['event']).not.toBe('forged');
    // oxlint-disable-next-line no-control-regex -- control characters are what this is about
    expect(destination.text.slice(0, -1)).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028-\u202e]/);
  });

  it('cannot be made in the lines for people either', () => {
    const { logger, destination } = setUp({ pretty: true });
    logger.info({ event: 'x', name: FORGERY, [FORGERY]: 1, nested: { a: FORGERY } }, FORGERY);
    expect(destination.text.split('\n')).toHaveLength(2);
    // oxlint-disable-next-line no-control-regex -- control characters are what this is about
    expect(destination.text.slice(0, -1)).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028-\u202e]/);
  });

  it('keeps the content readable for the operator', () => {
    const { logger, destination } = setUp();
    logger.info({ event: 'x', name: FORGERY });
    expect(destination.last['name']).toBe(FORGERY);
  });
});

describe('lines for people', () => {
  it('show time, level, event, message, fields, and the error with its causes', () => {
    const { logger, destination } = setUp({ pretty: true });
    const err = new Error('outer', { cause: new TypeError('inner') });
    logger.error({ event: 'run.lost', runId: 'r_1', err }, 'gone');
    const [head, ...rest] = destination.text.split('\n');
    expect(head).toMatch(/^\d\d:\d\d:\d\d\.\d{3} ERROR run\.lost gone runId=r_1$/);
    expect(rest.join('\n')).toMatch(/^ {2}Error: outer\n\s+at [^]*TypeError: inner\n\s+at /);
  });
});

describe('an error without a message of its own', () => {
  it('lends its message to the line, but never the values in it (R46)', () => {
    const { logger, destination } = setUp();
    logger.error({ event: 'x', err: new Error('plain') });
    expect(destination.last['msg']).toBe('plain');
    const query = Object.assign(new Error(`invalid input syntax for type uuid: "${CANARY}"`), {
      code: '22P02',
      severity: 'ERROR',
    });
    logger.error({ event: 'x', err: query });
    expect(destination.last).toMatchObject({ msg: 'invalid input syntax for type uuid: [value]' });
    expect(destination.text).not.toContain(CANARY);
  });
});
