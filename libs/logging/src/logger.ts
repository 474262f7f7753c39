import { pino, stdTimeFunctions } from 'pino';
import type { DestinationStream, Logger as PinoLogger } from 'pino';
import { SYSTEM, currentContext } from '@weir/kernel';
import { prettyLines } from './pretty-lines';
import { redactFields } from './redact';
import { scrubLine } from './scrub-line';
import { serializeError } from './serialize-error';

export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** What is logged: an event with ids, not prose. */
export interface LogFields {
  /** `object.what_happened`, e.g. `run.lost`: stable, so that alarms can be built on it. */
  readonly event: string;
  /** The error behind it; reduced to type, message, code and stack. */
  readonly err?: unknown;
  readonly [field: string]: unknown;
}

/** What the rest of the system logs through. A class, so that it can be the token of dependency injection. */
export abstract class Logger {
  abstract trace(fields: LogFields, message?: string): void;
  abstract debug(fields: LogFields, message?: string): void;
  abstract info(fields: LogFields, message?: string): void;
  abstract warn(fields: LogFields, message?: string): void;
  abstract error(fields: LogFields, message?: string): void;
  abstract fatal(fields: LogFields, message?: string): void;
  /** A logger that adds these fields to every line. */
  abstract child(fields: Readonly<Record<string, unknown>>): Logger;
}

export interface LoggerOptions {
  readonly level: LogLevel;
  /** Lines for people instead of JSON; for development. */
  readonly pretty?: boolean;
  /** Where lines go, each with its line break. Default: standard output, written at once. */
  readonly destination?: DestinationStream;
  /** Added to every line, e.g. `{ app: 'worker' }`. */
  readonly fields?: Readonly<Record<string, unknown>>;
}

/**
 * Makes the logger of a process: JSON lines with `level`, ISO `time`, `event`, and, within a request or job, `requestId`,
 * `organizationId` and `userId`. Sensitive fields are blanked and no content can forge a line.
 */
export function createLogger(options: LoggerOptions): Logger {
  const destination = options.destination ?? pino.destination({ dest: 1, sync: true });
  const lines = pino(
    {
      level: options.level,
      base: options.fields === undefined ? null : redactFields(options.fields),
      timestamp: stdTimeFunctions.isoTime,
      mixin: contextFields,
      formatters: { level: (label) => ({ level: label }), log: redactFields },
      // Errors are serialized by `redactFields`; pino's own serializer would undo that.
      serializers: { err: (error: unknown) => error },
      hooks: { streamWrite: scrubLine },
    },
    options.pretty === true ? prettyLines(destination) : destination,
  );
  return new LineLogger(lines);
}

/** pino behind our narrower type: every line is an event, and what pino would write unseen is made safe first. */
class LineLogger extends Logger {
  constructor(private readonly lines: PinoLogger) {
    super();
  }

  trace(fields: LogFields, message?: string): void {
    this.lines.trace(fields, messageFor(fields, message));
  }

  debug(fields: LogFields, message?: string): void {
    this.lines.debug(fields, messageFor(fields, message));
  }

  info(fields: LogFields, message?: string): void {
    this.lines.info(fields, messageFor(fields, message));
  }

  warn(fields: LogFields, message?: string): void {
    this.lines.warn(fields, messageFor(fields, message));
  }

  error(fields: LogFields, message?: string): void {
    this.lines.error(fields, messageFor(fields, message));
  }

  fatal(fields: LogFields, message?: string): void {
    this.lines.fatal(fields, messageFor(fields, message));
  }

  /** pino writes the fields of a child as they are, past the formatters, so they are blanked here. */
  child(fields: Readonly<Record<string, unknown>>): Logger {
    return new LineLogger(this.lines.child(redactFields(fields)));
  }
}

/** Without a message, pino takes that of the error as it is, and with it values that the serializer leaves out. */
function messageFor({ err }: LogFields, message: string | undefined): string | undefined {
  return message === undefined && err instanceof Error ? serializeError(err).message : message;
}

/** Who and what the surrounding request or job is about; ids only. */
function contextFields(): Record<string, string> {
  const context = currentContext();
  if (context === undefined) return {};
  const { requestId, actor } = context;
  if (actor === null || actor === SYSTEM) return { requestId };
  return { requestId, organizationId: actor.organizationId, userId: actor.userId };
}
