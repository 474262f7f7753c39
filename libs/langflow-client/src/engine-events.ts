import { isJsonObject } from '@weir/kernel';
import type { JsonObject, JsonValue } from '@weir/kernel';
import { classifyComponentFailure } from './classification';
import { EngineError } from './engine-error';
import { listAt, numberAt, objectAt, stringAt } from './json-reader';
import { parseRunResult, readUsage } from './run-result';
import type { RunResult, TokenUsage } from './types';

/** A piece of the answer; never empty. */
export interface TokenEvent {
  readonly type: 'token';
  readonly text: string;
  readonly messageId: string;
}

/** A message as Langflow stored it so far; sent again only when text, usage or completeness changed. */
export interface MessageEvent {
  readonly type: 'message';
  readonly messageId: string;
  readonly sender: 'user' | 'assistant';
  readonly senderName: string;
  readonly text: string;
  readonly complete: boolean;
  readonly usage: TokenUsage | null;
}

/** An agent calls a tool: once with phase `start`, once with `end`, both with the same `callId`. */
export interface ToolEvent {
  readonly type: 'tool';
  readonly phase: 'start' | 'end';
  readonly messageId: string;
  readonly callId: string;
  readonly name: string;
  readonly input: JsonValue;
  /** null at the start, and when the tool failed. */
  readonly output: JsonValue;
  readonly error: JsonValue;
  readonly durationMs: number | null;
}

/** Anything else inside a message: `reasoning`, `code`, `json`, `media`, `citation`, … as Langflow names it. */
export interface BlockEvent {
  readonly type: 'block';
  readonly messageId: string;
  readonly blockId: string;
  readonly kind: string;
  readonly title: string | null;
  /** The readable part (text of a reasoning, a piece of code); null when there is none. */
  readonly text: string | null;
  /** The whole block. */
  readonly content: JsonObject;
}

export type EngineEvent =
  | TokenEvent
  | MessageEvent
  | ToolEvent
  | BlockEvent
  | { readonly type: 'end'; readonly result: RunResult }
  | { readonly type: 'error'; readonly error: EngineError };

/** Turns the objects of one stream into events. Stateful: Langflow repeats a growing message as a whole, again and again. */
export class EventMapper {
  private readonly seen = new Map<string, string>();
  private failure: { readonly component?: string; readonly text: string } | null = null;

  constructor(private readonly sessionId: string) {}

  map(event: JsonObject): EngineEvent[] {
    const data = objectAt(event, 'data');
    switch (stringAt(event, 'event') ?? '') {
      case 'token':
        return mapToken(data);
      case 'add_message':
        return data === null ? [] : this.mapMessage(data);
      case 'error':
        return this.mapError(data);
      case 'end':
        return [{ type: 'end', result: parseRunResult(data?.['result'], this.sessionId) }];
      default:
        // `log`, `build_start`, `end_vertex` and whatever comes later: nothing for a reader of the answer.
        return [];
    }
  }

  /** What a stream means that ended without `end`: the failure it told of, or a broken protocol. */
  endedEarly(): EngineError {
    if (this.failure === null)
      return new EngineError('protocol', { providerMessage: 'The stream ended without a result.' });
    return classifyComponentFailure(this.failure.text, this.failure);
  }

  private mapMessage(data: JsonObject): EngineEvent[] {
    const messageId = stringAt(data, 'id') ?? stringAt(objectAt(data, 'data'), 'id') ?? '';
    const properties = objectAt(data, 'properties');
    const message: MessageEvent = {
      type: 'message',
      messageId,
      sender: stringAt(data, 'sender') === 'User' ? 'user' : 'assistant',
      senderName: stringAt(data, 'sender_name') ?? '',
      text: stringAt(data, 'text') ?? '',
      complete: stringAt(properties, 'state') !== 'partial',
      usage: readUsage(objectAt(properties, 'usage')),
    };
    const blocks = listAt(data, 'content_blocks').flatMap((block, index) =>
      this.mapBlock(block, messageId, `${messageId}.${index}`),
    );
    return [...blocks, ...(this.isNew(`message ${messageId}`, message) ? [message] : [])];
  }

  /** Containers (`Agent Steps`) only group; their parts are told by position, which Langflow keeps while a message grows. */
  private mapBlock(block: JsonValue, messageId: string, place: string): EngineEvent[] {
    if (!isJsonObject(block)) return [];
    const kind = stringAt(block, 'type') ?? 'group';
    const parts = listAt(block, 'contents').flatMap((part, index) =>
      this.mapBlock(part, messageId, `${place}.${index}`),
    );
    const id = stringAt(block, 'id') ?? place;
    if (kind === 'tool_use') return [...this.mapTool(block, messageId, id), ...parts];
    // Text repeats the message itself.
    if (kind === 'group' || kind === 'text' || !this.isNew(`block ${id}`, block)) return parts;
    const event: BlockEvent = {
      type: 'block',
      messageId,
      blockId: id,
      kind,
      title: stringAt(objectAt(block, 'header'), 'title'),
      text: stringAt(block, 'text') ?? stringAt(block, 'code') ?? stringAt(block, 'reason'),
      content: block,
    };
    return [event, ...parts];
  }

  private mapTool(block: JsonObject, messageId: string, callId: string): ToolEvent[] {
    const output = block['output'] ?? null;
    const error = block['error'] ?? null;
    const ended = output !== null || error !== null;
    const call = {
      type: 'tool',
      messageId,
      callId,
      name: stringAt(block, 'name') ?? '',
      input: block['tool_input'] ?? block['input'] ?? {},
    } as const;
    const events: ToolEvent[] = [];
    if (this.isNew(`tool ${callId}`, 'start')) {
      events.push({ ...call, phase: 'start', output: null, error: null, durationMs: null });
    }
    if (ended && this.isNew(`tool end ${callId}`, 'end')) {
      events.push({ ...call, phase: 'end', output, error, durationMs: numberAt(block, 'duration') });
    }
    return events;
  }

  /** Langflow tells a failure twice: first as a message with the component, then as the error of the whole run. */
  private mapError(data: JsonObject | null): EngineEvent[] {
    const whole = stringAt(data, 'error');
    if (whole !== null) {
      return [{ type: 'error', error: classifyComponentFailure(whole, this.failure ?? {}) }];
    }
    const component = stringAt(objectAt(objectAt(data, 'properties'), 'source'), 'display_name');
    const text = stringAt(data, 'text') ?? '';
    this.failure = component === null ? { text } : { text, component };
    return [];
  }

  private isNew(key: string, value: unknown): boolean {
    const now = JSON.stringify(value);
    if (this.seen.get(key) === now) return false;
    this.seen.set(key, now);
    return true;
  }
}

function mapToken(data: JsonObject | null): EngineEvent[] {
  const text = stringAt(data, 'chunk');
  if (text === null || text === '') return [];
  return [{ type: 'token', text, messageId: stringAt(data, 'id') ?? '' }];
}
