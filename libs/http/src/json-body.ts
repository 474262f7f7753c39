import { AppError } from '@weir/kernel';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { DEFAULT_BODY_LIMIT } from './body-limits';
import { jsonIsWithin, type JsonLimits } from './json-limits';
import { frameworkError } from './problem';

/** An ordinary body is a handful of fields. */
const ORDINARY: JsonLimits = { maxDepth: 200, maxMembers: 2_000 };
/** Langflow's own flows have 40 bytes and more a member, so 10 MB hold fewer than this. */
const FLOW: JsonLimits = { maxDepth: 200, maxMembers: 400_000 };

/**
 * Bodies are JSON, or files where a route takes them, and nothing else: Fastify would also take text/plain. An empty body is
 * no body. Names that reach the prototype are refused, and so is JSON whose shape alone would keep the process busy.
 */
export function takeOnlyJson(fastify: FastifyInstance): void {
  const parseJson = fastify.getDefaultJsonParser('error', 'error');
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    const text = body.toString();
    if (isEncoded(request)) done(frameworkError(415, undefined));
    else if (text.length === 0) done(null, undefined);
    else if (!jsonIsWithin(text, limitsOf(request))) done(bodyTooComplex(limitsOf(request)));
    else void parseJson(request, text, done);
  });
}

/** Nothing is unpacked here: a few kilobytes can unpack to gigabytes. */
function isEncoded(request: FastifyRequest): boolean {
  const encoding = request.headers['content-encoding'];
  return encoding !== undefined && encoding.toLowerCase() !== 'identity';
}

function limitsOf(request: FastifyRequest): JsonLimits {
  return request.routeOptions.bodyLimit > DEFAULT_BODY_LIMIT ? FLOW : ORDINARY;
}

function bodyTooComplex({ maxDepth, maxMembers }: JsonLimits): AppError {
  return new AppError({
    code: 'body_too_complex',
    status: 413,
    title: 'Body too complex',
    detail: `The JSON is nested deeper than ${maxDepth} levels or has more than ${maxMembers} members.`,
  });
}
