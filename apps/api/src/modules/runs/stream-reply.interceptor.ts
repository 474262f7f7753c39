import { Readable } from 'node:stream';
import {
  type CallHandler,
  type ExecutionContext,
  Injectable,
  type NestInterceptor,
  StreamableFile,
} from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { map, type Observable } from 'rxjs';
import { RunStream } from './run-stream';
import { toServerSentEvents } from './server-sent-events';
import { dropWhenStalled } from './stalled-reader';

const HEARTBEAT_MS = 15_000;
const STALL_PERIOD_MS = 30_000;

/** Sends a {@link RunStream} as server-sent events, and leaves every other answer as it is. */
@Injectable()
export class StreamReply implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    return next
      .handle()
      .pipe(map((value: unknown) => (value instanceof RunStream ? send(reply, value) : value)));
  }
}

function send(reply: FastifyReply, { runId, events }: RunStream): StreamableFile {
  reply.header('x-run-id', runId);
  // nginx would collect a stream before it passes it on.
  reply.header('x-accel-buffering', 'no');
  dropWhenStalled(reply.raw, STALL_PERIOD_MS);
  // Pulled by the socket: a slow reader slows its own stream and nothing else, and 16 kB wait for it at most.
  const body = Readable.from(toServerSentEvents(events, HEARTBEAT_MS), { objectMode: false });
  return new StreamableFile(body, { type: 'text/event-stream; charset=utf-8' });
}
