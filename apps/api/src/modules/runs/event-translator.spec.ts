import type { BlockEvent, ToolEvent } from '@weir/langflow-client';
import { EventTranslator } from './event-translator';

const token = (text: string, messageId = 'm-engine-1') => ({ type: 'token', text, messageId }) as const;
const block = (blockId: string, kind: string, text: string): BlockEvent => ({
  type: 'block',
  messageId: 'm-engine-1',
  blockId,
  kind,
  title: 'Title',
  text,
  content: { text },
});
const tool = (phase: 'start' | 'end'): ToolEvent => ({
  type: 'tool',
  phase,
  messageId: 'm-engine-1',
  callId: 'call-engine-1',
  name: 'search',
  input: { q: 'river' },
  output: phase === 'end' ? ['sea'] : null,
  error: null,
  durationMs: phase === 'end' ? 12 : null,
});

describe('EventTranslator', () => {
  it('numbers messages and keeps the engine’s ids to itself', () => {
    const translator = new EventTranslator();
    const events = [token('a'), token('b', 'm-engine-2'), token('c')].flatMap((event) =>
      translator.translate(event),
    );
    expect(events.map(({ data }) => data)).toEqual([
      { message: 1, text: 'a' },
      { message: 2, text: 'b' },
      { message: 1, text: 'c' },
    ]);
    expect(translator.partialText).toBe('abc');
    expect(JSON.stringify(events)).not.toContain('engine');
  });

  it('tells only what is new of a reasoning that comes again and again as a whole', () => {
    const translator = new EventTranslator();
    const texts = ['Hm', 'Hmm, so', 'Hmm, so', 'Other'].map((text) =>
      translator.translate(block('b', 'reasoning', text)),
    );
    expect(texts.flat()).toEqual([
      { type: 'thinking_delta', data: { block: 1, text: 'Hm' } },
      { type: 'thinking_delta', data: { block: 1, text: 'm, so' } },
      { type: 'thinking_delta', data: { block: 1, text: 'Other' } },
    ]);
  });

  it('opens a block once and closes it with its last content, when another comes or the answer is there', () => {
    const translator = new EventTranslator();
    const events = [block('b1', 'code', 'x'), block('b1', 'code', 'x = 1'), block('b2', 'json', '{}')];
    expect(events.flatMap((event) => translator.translate(event))).toEqual([
      { type: 'content_block_start', data: { block: 1, kind: 'code', title: 'Title' } },
      {
        type: 'content_block_end',
        data: { block: 1, kind: 'code', title: 'Title', text: 'x = 1', content: { text: 'x = 1' } },
      },
      { type: 'content_block_start', data: { block: 2, kind: 'json', title: 'Title' } },
    ]);
    expect(translator.complete('all')).toEqual([
      {
        type: 'content_block_end',
        data: { block: 2, kind: 'json', title: 'Title', text: '{}', content: { text: '{}' } },
      },
      { type: 'text_complete', data: { text: 'all' } },
    ]);
  });

  it('pairs the start and the end of a tool call', () => {
    const translator = new EventTranslator();
    const events = [...translator.translate(tool('start')), ...translator.translate(tool('end'))];
    expect(events).toEqual([
      { type: 'tool_call_start', data: { call: 1, name: 'search', input: { q: 'river' } } },
      {
        type: 'tool_call_end',
        data: { call: 1, name: 'search', output: ['sea'], error: null, durationMs: 12 },
      },
    ]);
  });
});
