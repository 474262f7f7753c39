import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { invalidInput } from '@weir/kernel';
import type { FastifyRequest } from 'fastify';

/** The last event that the client saw, from `Last-Event-ID`; 0 when it saw none. */
export const LastEventId = createParamDecorator((_data: unknown, context: ExecutionContext): number => {
  const header = context.switchToHttp().getRequest<FastifyRequest>().headers['last-event-id'];
  if (header === undefined || header === '') return 0;
  if (typeof header === 'string' && /^\d{1,9}$/.test(header)) return Number(header);
  throw invalidInput('Last-Event-ID is not the id of an event of this stream.', [
    { pointer: 'header/last-event-id', detail: 'must be the id of an event, a whole number' },
  ]);
});
