import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException } from '@nestjs/common';
import { AppError } from '@weir/kernel';
import type { Logger } from '@weir/logging';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { frameworkError, internalError, methodNotAllowed, PROBLEM_CONTENT_TYPE, toProblem } from './problem';
import { serverTiming } from './request-context.hook';
import type { RouteTable } from './route-table';

/** Turns an error of a lower layer (the database) into one for clients, or returns null when it does not know it. */
export type ErrorTranslator = (error: unknown) => AppError | null;

/** The one place where errors become answers: problem documents, and a log line for what is our fault. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(
    private readonly logger: Logger,
    private readonly routes: RouteTable,
    private readonly translators: readonly ErrorTranslator[] = [],
  ) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    const allowed = this.methodsOfUnknownRoute(request);
    const appError = allowed.length > 0 ? methodNotAllowed(request.method, allowed) : this.toAppError(error);
    if (allowed.length > 0) reply.header('allow', allowed.join(', '));
    const { requestId } = request.weirContext;
    if (appError.status >= 500) {
      this.logger.error({
        event: 'request.failed',
        requestId,
        code: appError.code,
        status: appError.status,
        err: appError.cause ?? appError,
      });
    }
    if (reply.sent || reply.raw.headersSent) {
      // A stream had begun: the only honest signal left is to break the connection.
      reply.raw.destroy();
      return;
    }
    if (appError.retryAfterSeconds !== undefined)
      reply.header('retry-after', String(appError.retryAfterSeconds));
    if (appError.status === 401) reply.header('www-authenticate', 'Bearer realm="weir"');
    reply.header('server-timing', serverTiming(request));
    void reply
      .status(appError.status)
      .type(PROBLEM_CONTENT_TYPE)
      .send(JSON.stringify(toProblem(appError, requestId)));
  }

  /** Empty unless the path exists and only the method does not (RFC 9110 section 15.5.6). */
  private methodsOfUnknownRoute(request: FastifyRequest): string[] {
    if (request.routeOptions.url !== undefined) return [];
    return this.routes.methodsOf(request.url.split('?', 1)[0] ?? '');
  }

  private toAppError(error: unknown): AppError {
    if (error instanceof AppError) return error;
    for (const translate of this.translators) {
      const translated = translate(error);
      if (translated !== null) return translated;
    }
    const status = statusOf(error);
    return status === undefined ? internalError(error) : frameworkError(status, error);
  }
}

/** Nest carries the status in a method, Fastify's errors in a property. */
function statusOf(error: unknown): number | undefined {
  if (error instanceof HttpException) return error.getStatus();
  if (
    typeof error === 'object' &&
    error !== null &&
    'statusCode' in error &&
    typeof error.statusCode === 'number'
  ) {
    return error.statusCode;
  }
  return undefined;
}
