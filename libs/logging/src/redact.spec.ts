import { createLogger } from './logger';
import { redactFields } from './redact';
import { MemoryDestination } from './testing/memory-destination';

const CANARY = 'canary-5b1e9d7a';

describe('redaction (R46)', () => {
  it.each([
    'authorization',
    'Authorization',
    'proxy-authorization',
    'cookie',
    'Set-Cookie',
    'x-api-key',
    'X-LANGFLOW-GLOBAL-VAR-OPENAI_API_KEY',
    'x-langflow-global-var-anything',
    'password',
    'newPassword',
    'current_password',
    'passwordHash',
    'value',
    'token',
    'refreshToken',
    'access_token',
    'secret',
    'clientSecret',
    'apiKey',
    'OPENAI_API_KEY',
    'privateKey',
    'MASTER_KEYS',
    'JWT_KEYS',
    'databaseUrl',
    'body',
    'prompt',
    'inputValue',
    'flowData',
    'tweaks',
  ])('blanks %s at every depth, in lists, maps and child loggers', (name) => {
    const destination = new MemoryDestination();
    const logger = createLogger({ level: 'info', destination });
    const nested = { a: { b: [{ c: { [name]: CANARY } }] } };
    logger.info({ event: 'x', [name]: CANARY, nested, deep: { [name]: { inner: [CANARY] } } });
    logger.info({ event: 'x', map: new Map([[name, CANARY]]), set: new Set([{ [name]: CANARY }]) });
    logger.child({ [name]: CANARY, nested }).info({ event: 'x' });
    expect(destination.lines).toHaveLength(3);
    expect(destination.text).not.toContain(CANARY);
    expect(destination.lines[0]).toMatchObject({
      [name]: '[redacted]',
      nested: { a: { b: [{ c: { [name]: '[redacted]' } }] } },
    });
  });

  it('leaves ids, names and counts alone', () => {
    const fields = {
      secretId: 's_1',
      secretNames: ['OPENAI_API_KEY'],
      totalTokens: 12,
      tokenCount: 3,
      keyId: 'k',
      inputTokens: 4,
    };
    expect(redactFields(fields)).toEqual(fields);
  });

  it('shows that a sensitive field was absent', () => {
    expect(redactFields({ password: null, token: undefined })).toEqual({ password: null, token: undefined });
  });

  it('does not write what lies too deep to be looked at', () => {
    const fields = { a: { b: { c: { d: { e: { f: { g: CANARY } } } } } } };
    expect(JSON.stringify(redactFields(fields))).not.toContain(CANARY);
    expect(JSON.stringify(redactFields(fields))).toContain('[nested too deeply]');
  });

  it('ends with structures that contain themselves', () => {
    const loop: Record<string, unknown> = { name: 'loop' };
    loop['self'] = loop;
    expect(JSON.stringify(redactFields({ loop }))).toContain('[nested too deeply]');
  });

  it('cuts long texts and lists, and shows binary data by its size', () => {
    const { text, list, bytes } = redactFields({
      text: 'x'.repeat(9000),
      list: Array(500).fill(0),
      bytes: Buffer.from(CANARY),
    });
    expect(text).toMatch(/x… \[808 more characters\]$/);
    expect(list).toHaveLength(100);
    expect(bytes).toBe('[15 bytes]');
  });

  it('keeps dates, big integers and what an object says of itself', () => {
    const date = new Date('2026-11-21T09:00:00Z');
    const speaking = { toJSON: () => ({ name: 'shown', token: CANARY }) };
    expect(redactFields({ date, count: 9n, speaking, invalid: new Date(Number.NaN) })).toEqual({
      date: '2026-11-21T09:00:00.000Z',
      count: '9',
      speaking: { name: 'shown', token: '[redacted]' },
      invalid: null,
    });
  });

  it('survives fields that throw, and names that mean something to JavaScript', () => {
    const throwing = {
      get bad(): string {
        throw new Error(CANARY);
      },
    };
    expect(redactFields({ event: 'x', throwing })).toEqual({ event: 'log.unreadable_fields' });
    const parsed: object = JSON.parse('{"__proto__":{"polluted":true}}');
    redactFields({ parsed });
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it.each([
    ['a database address', `cannot connect to postgres://weir_app:${CANARY}@db.internal:5432/weir`],
    ['a header', `request had Authorization: Bearer ${CANARY}.x/y+z==`],
    ['a query', `GET /v1/things?limit=5&api_token=${CANARY}&x=1`],
    ['a provider key', `Incorrect API key provided: sk-${CANARY}-0123456789`],
    ['a token', `rejected eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJjYW5hcnkifQ.${CANARY}`],
  ])(
    'blanks a credential in the free text of %s, in messages and errors, and the line stays JSON',
    (_, text) => {
      const destination = new MemoryDestination();
      const logger = createLogger({ level: 'info', destination });
      logger.info({ event: 'x', reason: `"${text}"`, err: new Error(text) }, text);
      expect(destination.text).not.toContain(CANARY);
      expect(destination.last['msg']).toContain('[redacted]');
    },
  );
});
