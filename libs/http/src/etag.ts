import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { AppError } from '@weir/kernel';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** Revisions as ETags: `"7"`. */
export function etagOf(revision: number): string {
  return `"${revision}"`;
}

/** The revision that the client saw, from `If-Match`; null when it did not send one or sent `*`. */
export const IfMatch = createParamDecorator((_data: unknown, context: ExecutionContext): number | null => {
  const header = context.switchToHttp().getRequest<FastifyRequest>().headers['if-match'];
  if (header === undefined || header.trim() === '*') return null;
  const match = /^(?:W\/)?"(\d{1,10})"$/.exec(header.trim());
  if (match?.[1] !== undefined) return Number(match[1]);
  throw new AppError({
    code: 'precondition_failed',
    status: 412,
    title: 'Changed in between',
    detail: 'If-Match does not name a revision. Send the ETag of your last read.',
  });
});

/** Sets the ETag of the answer. A function, because the revision is known only after the work. */
export type SetEtag = (revision: number) => void;

export const ReplyEtag = createParamDecorator((_data: unknown, context: ExecutionContext): SetEtag => {
  const reply = context.switchToHttp().getResponse<FastifyReply>();
  return (revision) => void reply.header('etag', etagOf(revision));
});
