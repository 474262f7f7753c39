import type {
  BlockEvent,
  OutputItem,
  RedactionStream,
  Redactor,
  RunResult,
  TokenEvent,
  ToolEvent,
} from '@weir/langflow-client';

/** A copy of an engine's answer without the run's secrets. */
export function redactResult(
  result: RunResult,
  redactor: Redactor,
): Pick<RunResult, 'text' | 'items' | 'usage'> {
  const items = result.items.map((item): OutputItem => ({
    componentId: item.componentId === null ? null : redactor.redact(item.componentId),
    componentName: item.componentName === null ? null : redactor.redact(item.componentName),
    text: item.text === null ? null : redactor.redact(item.text),
    data: redactor.redactJson(item.data),
  }));
  return { text: redactor.redact(result.text), items, usage: result.usage };
}

export function redactTool(event: ToolEvent, redactor: Redactor): ToolEvent {
  return {
    ...event,
    name: redactor.redact(event.name),
    input: redactor.redactJson(event.input),
    output: redactor.redactJson(event.output),
    error: redactor.redactJson(event.error),
  };
}

export function redactBlock(event: BlockEvent, redactor: Redactor): BlockEvent {
  const content = redactor.redactJson(event.content);
  return {
    ...event,
    kind: redactor.redact(event.kind),
    title: event.title === null ? null : redactor.redact(event.title),
    text: event.text === null ? null : redactor.redact(event.text),
    content: typeof content === 'object' && content !== null && !Array.isArray(content) ? content : {},
  };
}

/**
 * Pieces of several messages at a time. A secret can be cut in two between pieces of one message, so the end of a piece
 * that could be the beginning of a secret is kept back until the next piece, or the end of the message, tells.
 */
export class TokenRedaction {
  private readonly streams = new Map<string, RedactionStream>();

  constructor(private readonly redactor: Redactor) {}

  push({ text, messageId }: TokenEvent): TokenEvent[] {
    const stream = this.streams.get(messageId) ?? this.redactor.stream();
    this.streams.set(messageId, stream);
    return toEvents(messageId, stream.push(text));
  }

  /** The rest of a message that is complete. */
  end(messageId: string): TokenEvent[] {
    const stream = this.streams.get(messageId);
    this.streams.delete(messageId);
    return stream === undefined ? [] : toEvents(messageId, stream.flush());
  }

  endAll(): TokenEvent[] {
    return [...this.streams.keys()].flatMap((messageId) => this.end(messageId));
  }
}

function toEvents(messageId: string, text: string): TokenEvent[] {
  return text === '' ? [] : [{ type: 'token', text, messageId }];
}
