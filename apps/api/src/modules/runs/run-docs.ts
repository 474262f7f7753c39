import { applyDecorators, type Type } from '@nestjs/common';
import { ApiExtraModels, ApiOkResponse, getSchemaPath } from '@nestjs/swagger';

const EXAMPLE = `retry: 2000

id: 1
event: session_start
data: {"runId":"01938b5e-7c1a-7d52-b3a4-2f9f6d1c8e10","executionMode":"engine"}

id: 2
event: text_delta
data: {"message":1,"text":"Hel"}

`;

const STREAM = {
  schema: {
    type: 'string' as const,
    description:
      'Server-sent events: session_start, text_delta, text_complete, thinking_delta, tool_call_start, tool_call_end, content_block_start, content_block_end, and last error or done.',
    example: EXAMPLE,
  },
};

/** The answer of a run: JSON for `sync`, server-sent events for `stream`. */
export function ApiRunReply(view: Type, description: string): MethodDecorator {
  const content = {
    'application/json': { schema: { $ref: getSchemaPath(view) } },
    'text/event-stream': STREAM,
  };
  return applyDecorators(ApiExtraModels(view), ApiOkResponse({ description, content }));
}

export function ApiEventStream(description: string): MethodDecorator {
  return ApiOkResponse({ description, content: { 'text/event-stream': STREAM } });
}
