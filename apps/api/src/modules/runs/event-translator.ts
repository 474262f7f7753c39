import { assertNever, type JsonObject } from '@weir/kernel';
import type { BlockEvent, TokenEvent, ToolEvent } from '@weir/langflow-client';
import type { EngineRunEvent } from '../engine/engine-run';
import type { NewRunEvent } from './run-event';

type PartEvent = Exclude<EngineRunEvent, { type: 'started' } | { type: 'answer' }>;

/** Turns the engine's parts into the events of a stream. The engine's own ids stay inside: parts are counted from 1. */
export class EventTranslator {
  private readonly numbers = new Map<string, number>();
  private readonly thoughts = new Map<string, string>();
  private openBlock: BlockEvent | null = null;
  private text = '';

  /** Everything said so far: what remains of an answer that never came to its end. */
  get partialText(): string {
    return this.text;
  }

  translate(event: PartEvent): NewRunEvent[] {
    switch (event.type) {
      case 'token':
        return this.token(event);
      case 'tool':
        return this.tool(event);
      case 'block':
        return event.kind === 'reasoning' ? this.thought(event) : this.block(event);
      default:
        return assertNever(event);
    }
  }

  /** What is still open when the answer is there. */
  complete(text: string): NewRunEvent[] {
    return [...this.closeBlock(), { type: 'text_complete', data: { text } }];
  }

  private token({ text, messageId }: TokenEvent): NewRunEvent[] {
    this.text += text;
    return [{ type: 'text_delta', data: { message: this.numberOf('message', messageId), text } }];
  }

  private tool({ phase, callId, name, input, output, error, durationMs }: ToolEvent): NewRunEvent[] {
    const call = this.numberOf('call', callId);
    if (phase === 'start') return [{ type: 'tool_call_start', data: { call, name, input } }];
    return [{ type: 'tool_call_end', data: { call, name, output, error, durationMs } }];
  }

  /** A reasoning comes again and again as a whole; only what is new goes on. */
  private thought({ blockId, text }: BlockEvent): NewRunEvent[] {
    const before = this.thoughts.get(blockId) ?? '';
    const now = text ?? '';
    this.thoughts.set(blockId, now);
    const fresh = now.startsWith(before) ? now.slice(before.length) : now;
    return fresh === ''
      ? []
      : [{ type: 'thinking_delta', data: { block: this.numberOf('block', blockId), text: fresh } }];
  }

  private block(event: BlockEvent): NewRunEvent[] {
    if (this.openBlock?.blockId === event.blockId) {
      this.openBlock = event;
      return [];
    }
    const closed = this.closeBlock();
    this.openBlock = event;
    return [...closed, { type: 'content_block_start', data: this.heading(event) }];
  }

  private closeBlock(): NewRunEvent[] {
    const block = this.openBlock;
    this.openBlock = null;
    if (block === null) return [];
    return [
      {
        type: 'content_block_end',
        data: { ...this.heading(block), text: block.text, content: block.content },
      },
    ];
  }

  private heading({ blockId, kind, title }: BlockEvent): JsonObject {
    return { block: this.numberOf('block', blockId), kind, title };
  }

  private numberOf(family: string, id: string): number {
    const key = `${family} ${id}`;
    const known = this.numbers.get(key);
    if (known !== undefined) return known;
    const taken = [...this.numbers.keys()].filter((each) => each.startsWith(`${family} `)).length;
    this.numbers.set(key, taken + 1);
    return taken + 1;
  }
}
