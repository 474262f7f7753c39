import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { errorCode, newId } from '@weir/kernel';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { frameworkError, PROBLEM_CONTENT_TYPE, toProblem } from './problem';

/*
 * Errors from before a request reaches any hook or filter: bytes that are no HTTP, and addresses that cannot be routed.
 * They are answered like all others, and never with the words of the parser or the framework.
 */

const STATUS_BY_CODE: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};

/** For Fastify's `clientErrorHandler`: what Node's parser refused. The connection ends, since its state is unknown. */
export function answerClientError(error: Error, socket: Socket): void {
  if (errorCode(error) === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const status = STATUS_BY_CODE[errorCode(error) ?? ''] ?? 400;
  const requestId = newId();
  const body = JSON.stringify(toProblem(frameworkError(status, error), requestId));
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Bad Request'}`,
    `Content-Type: ${PROBLEM_CONTENT_TYPE}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Cache-Control: no-store',
    `X-Request-Id: ${requestId}`,
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}

/** For Fastify's `frameworkErrors`: an address that is no valid URL or has a part that is too long. No hook has run. */
export function answerFrameworkError(
  error: Error & { readonly statusCode?: number },
  _request: FastifyRequest,
  reply: FastifyReply,
): void {
  const appError = frameworkError(error.statusCode ?? 400, error);
  const requestId = newId();
  void reply
    .status(appError.status)
    .headers({ 'cache-control': 'no-store', 'x-request-id': requestId, 'x-content-type-options': 'nosniff' })
    .type(PROBLEM_CONTENT_TYPE)
    .send(JSON.stringify(toProblem(appError, requestId)));
}
