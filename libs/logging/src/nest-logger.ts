import type { LoggerService } from '@nestjs/common';
import type { LogFields, Logger } from './logger';
import { stackFrames } from './serialize-error';

type Method = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal';

/** Brings what Nest itself says (modules, routes, failures while starting) into the one log stream, as event `nest`. */
export class NestLogger implements LoggerService {
  constructor(private readonly logger: Logger) {}

  log(message: unknown, ...rest: unknown[]): void {
    this.write('info', message, rest);
  }

  error(message: unknown, ...rest: unknown[]): void {
    this.write('error', message, rest);
  }

  warn(message: unknown, ...rest: unknown[]): void {
    this.write('warn', message, rest);
  }

  debug(message: unknown, ...rest: unknown[]): void {
    this.write('debug', message, rest);
  }

  verbose(message: unknown, ...rest: unknown[]): void {
    this.write('trace', message, rest);
  }

  fatal(message: unknown, ...rest: unknown[]): void {
    this.write('fatal', message, rest);
  }

  /** Nest passes: message, further messages or a stack, and last the name of the class that speaks. */
  private write(method: Method, message: unknown, rest: readonly unknown[]): void {
    const texts = rest.filter((each) => typeof each === 'string');
    const stack = texts.find(isStack);
    const context = texts.findLast((each) => !isStack(each));
    const error = [message, ...rest].find((each) => each instanceof Error);
    const details = typeof message === 'object' && !(message instanceof Error) ? { details: message } : {};
    const fields: LogFields = {
      event: 'nest',
      ...(context === undefined ? {} : { context }),
      ...(stack === undefined ? {} : { stack: stackFrames(stack) }),
      ...(error === undefined ? {} : { err: error }),
      ...details,
    };
    if (typeof message === 'string') this.logger[method](fields, message);
    else this.logger[method](fields);
  }
}

function isStack(text: string): boolean {
  return /\n\s+at /.test(text);
}
