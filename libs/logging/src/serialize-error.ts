/** What the operator gets to see of an error. */
export interface SerializedError {
  readonly type: string;
  readonly message: string;
  readonly code?: string | number;
  readonly stack?: string;
  readonly cause?: SerializedError;
  readonly errors?: readonly SerializedError[];
  readonly [field: string]: unknown;
}

/** Copied when present: names of database objects, system calls and addresses, never values. */
const HARMLESS_FIELDS = [
  'status',
  'severity',
  'schema',
  'table',
  'column',
  'constraint',
  'errno',
  'syscall',
  'address',
  'port',
];
const MAXIMUM_CAUSES = 5;
const MAXIMUM_MESSAGE = 2000;
const MAXIMUM_FRAMES = 30;

/**
 * Reduces an error to fields that cannot carry values of tenants. Everything not listed is dropped: `detail`, `where`,
 * `parameters` and `query` of a Postgres error, `meta` of a Prisma one, `request` and `response` of HTTP clients.
 */
export function serializeError(error: Error): SerializedError {
  return serialize(error, MAXIMUM_CAUSES);
}

function serialize(error: Error, causesLeft: number): SerializedError {
  const { cause } = error;
  const code = fieldOf(error, 'code');
  const stack = stackFrames(error.stack?.replace(error.message, '') ?? '');
  return {
    type: error.name,
    message: safeMessage(error).slice(0, MAXIMUM_MESSAGE),
    ...(code === undefined ? {} : { code }),
    ...harmlessFields(error),
    ...(stack === '' ? {} : { stack }),
    ...(cause instanceof Error && causesLeft > 0 ? { cause: serialize(cause, causesLeft - 1) } : {}),
    ...(error instanceof AggregateError && causesLeft > 0 ? { errors: innerErrors(error, causesLeft) } : {}),
  };
}

/** Only the lines with places in the code: the head of a stack repeats the message, which may have been cut out. */
export function stackFrames(stack: string): string {
  return stack
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .slice(0, MAXIMUM_FRAMES)
    .join('\n');
}

function safeMessage(error: Error): string {
  // Class 22 quotes the offending value: invalid input syntax for type uuid: "…".
  if (isPostgresError(error)) return error.message.replace(/: ".*$/s, ': [value]');
  // Prisma prints the whole call with its arguments first and what is wrong in the last line.
  if (error.name.startsWith('PrismaClient')) return error.message.trim().split('\n').at(-1) ?? '';
  return error.message;
}

function isPostgresError(error: Error): boolean {
  const code = fieldOf(error, 'code');
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) && fieldOf(error, 'severity') !== undefined;
}

function harmlessFields(error: Error): Record<string, string | number> {
  const found = HARMLESS_FIELDS.map((name) => [name, fieldOf(error, name)] as const);
  return Object.fromEntries(found.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
}

function innerErrors(error: AggregateError, causesLeft: number): readonly SerializedError[] {
  const inner: readonly unknown[] = error.errors;
  return inner
    .filter((each): each is Error => each instanceof Error)
    .slice(0, MAXIMUM_CAUSES)
    .map((each) => serialize(each, causesLeft - 1));
}

function fieldOf(error: Error, name: string): string | number | undefined {
  const value: unknown = Reflect.get(error, name);
  return typeof value === 'string' || typeof value === 'number' ? value : undefined;
}
