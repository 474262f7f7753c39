import { BoolQuery } from '@weir/http';

export class RunEndpointQuery {
  @BoolQuery({
    about: 'Server-sent events instead of the result; so does `Accept: text/event-stream`.',
    optional: true,
    example: false,
  })
  readonly stream: boolean = false;
}
