import { EventSourceParserStream } from 'eventsource-parser/stream';

export interface StreamedEvent {
  readonly id: number;
  readonly type: string;
  readonly data: any;
}

/** Reads server-sent events one by one; leaving the loop breaks the connection. */
export async function* eventsOf(response: Response): AsyncGenerator<StreamedEvent> {
  const type = response.headers.get('content-type');
  if (response.body === null || type !== 'text/event-stream; charset=utf-8') {
    throw new Error(`not a stream: ${response.status} ${type} ${await response.text()}`);
  }
  const events = response.body
    .pipeThrough(new TextDecoderStream())
    .pipeThrough(new EventSourceParserStream());
  for await (const { id, event, data } of events)
    yield { id: Number(id), type: event ?? '', data: JSON.parse(data) };
}

/** All events until the stream ends. */
export async function allEvents(response: Response): Promise<StreamedEvent[]> {
  const events: StreamedEvent[] = [];
  for await (const event of eventsOf(response)) events.push(event);
  return events;
}

/** The events up to and including the first one of this type; the connection is broken then. */
export async function eventsUntil(response: Response, type: string): Promise<StreamedEvent[]> {
  const events: StreamedEvent[] = [];
  for await (const event of eventsOf(response)) {
    events.push(event);
    if (event.type === type) break;
  }
  return events;
}

/** The text of an answer as its pieces tell it. */
export function textOf(events: readonly StreamedEvent[]): string {
  return events
    .filter(({ type }) => type === 'text_delta')
    .map(({ data }) => data.text)
    .join('');
}
