import { AppError } from '@weir/kernel';
import { serializeError } from './serialize-error';

const CANARY = 'canary-5b1e9d7a';

/** As `pg` throws it: an Error with the fields of the server's message. */
function postgresError(): Error {
  return Object.assign(new Error('duplicate key value violates unique constraint "secrets_pkey"'), {
    severity: 'ERROR',
    code: '23505',
    detail: `Key (name)=(${CANARY}) already exists.`,
    where: `COPY secrets, line 1: "${CANARY}"`,
    internalQuery: `select '${CANARY}'`,
    query: `insert into secrets values ('${CANARY}')`,
    parameters: [CANARY],
    table: 'secrets',
    constraint: 'secrets_pkey',
  });
}

describe('serializeError', () => {
  it('keeps type, message, code and the places in the code', () => {
    const error = new AppError({
      code: 'run_failed',
      status: 502,
      title: 'Failed',
      detail: "Run 'r_1' failed",
    });
    expect(serializeError(error)).toEqual({
      type: 'AppError',
      message: "Run 'r_1' failed",
      code: 'run_failed',
      status: 502,
      stack: expect.stringMatching(/^\s+at .*serialize-error\.spec/),
    });
  });

  it('drops detail, query and parameters of a Postgres error, also as a cause (R46)', () => {
    const error = new Error('saving failed', { cause: postgresError() });
    const serialized = serializeError(error);
    expect(JSON.stringify(serialized)).not.toContain(CANARY);
    expect(serialized.cause).toMatchObject({
      code: '23505',
      severity: 'ERROR',
      table: 'secrets',
      constraint: 'secrets_pkey',
      message: 'duplicate key value violates unique constraint "secrets_pkey"',
    });
  });

  it('cuts the offending value out of a Postgres message and its stack', () => {
    const error = Object.assign(
      new Error(`invalid input syntax for type json: "${CANARY}\n    at ${CANARY}"`),
      {
        severity: 'ERROR',
        code: '22P02',
      },
    );
    expect(JSON.stringify(serializeError(error))).not.toContain(CANARY);
    expect(serializeError(error).message).toBe('invalid input syntax for type json: [value]');
  });

  it('keeps only the last line of a Prisma message, which prints the arguments before it', () => {
    const error = new Error(
      `Invalid call:\n\n{ data: { name: "${CANARY}" } }\n\nArgument \`name\` is missing.`,
    );
    error.name = 'PrismaClientValidationError';
    Object.assign(error, { meta: { target: CANARY } });
    expect(serializeError(error).message).toBe('Argument `name` is missing.');
    expect(JSON.stringify(serializeError(error))).not.toContain(CANARY);
  });

  it('drops requests, responses and causes that are not errors', () => {
    const error = Object.assign(new Error('call failed', { cause: { token: CANARY } }), {
      request: { headers: { authorization: CANARY } },
      response: { body: CANARY },
      config: CANARY,
    });
    expect(JSON.stringify(serializeError(error))).not.toContain(CANARY);
  });

  it('shows what lies behind a failed connection', () => {
    const refused = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:1'), {
      code: 'ECONNREFUSED',
      port: 1,
    });
    const serialized = serializeError(new AggregateError([refused, 'no error'], ''));
    expect(serialized.errors).toMatchObject([{ code: 'ECONNREFUSED', port: 1 }]);
  });

  it('ends with errors that cause each other', () => {
    const first = new Error('first');
    first.cause = new Error('second', { cause: first });
    expect(JSON.stringify(serializeError(first)).match(/first/g)?.length).toBeLessThan(10);
  });
});
