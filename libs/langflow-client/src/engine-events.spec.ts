import type { JsonObject } from '@weir/kernel';
import { EventMapper } from './engine-events';
import type { EngineEvent } from './engine-events';

const toolBlock = (change: JsonObject): JsonObject => ({
  title: 'Agent Steps',
  contents: [
    {
      type: 'tool_use',
      duration: 20,
      header: { title: 'Accessing **search**' },
      name: 'search',
      tool_input: { query: 'x' },
      output: null,
      error: null,
      ...change,
    },
  ],
});

const machineMessage = (text: string, blocks: JsonObject[], state = 'partial'): JsonObject => ({
  event: 'add_message',
  data: {
    id: 'm1',
    sender: 'Machine',
    sender_name: 'AI',
    text,
    properties: { state, usage: null },
    content_blocks: blocks,
  },
});

function mapAll(...objects: JsonObject[]): EngineEvent[] {
  const mapper = new EventMapper('s');
  return objects.flatMap((object) => mapper.map(object));
}

describe('EventMapper', () => {
  it('drops empty tokens and events that say nothing to a reader', () => {
    expect(
      mapAll(
        { event: 'token', data: { chunk: '', id: 'm1' } },
        { event: 'log', data: { name: 'Chain Start' } },
        { event: 'something new', data: {} },
        { event: 'token', data: { chunk: 'hi', id: 'm1' } },
      ),
    ).toEqual([{ type: 'token', text: 'hi', messageId: 'm1' }]);
  });

  it('gives a message once for each state, although Langflow repeats it', () => {
    const done = machineMessage('hi', [], 'complete');
    expect(mapAll(machineMessage('', []), done, done, done)).toMatchObject([
      { type: 'message', sender: 'assistant', text: '', complete: false },
      { type: 'message', sender: 'assistant', text: 'hi', complete: true },
    ]);
  });

  it('tells a tool call once when it starts and once when it ends, with the same call id', () => {
    const ended = toolBlock({ output: 'found', duration: 12 });
    const events = mapAll(
      machineMessage('', [toolBlock({})]),
      machineMessage('', [toolBlock({})]),
      machineMessage('', [ended]),
      machineMessage('hi', [ended], 'complete'),
    ).filter(({ type }) => type === 'tool');
    const call = { type: 'tool', messageId: 'm1', callId: 'm1.0.0', name: 'search', input: { query: 'x' } };
    expect(events).toEqual([
      { ...call, phase: 'start', output: null, error: null, durationMs: null },
      { ...call, phase: 'end', output: 'found', error: null, durationMs: 12 },
    ]);
  });

  it('tells start and end of a call that is first seen when it is over, failed ones too', () => {
    const events = mapAll(machineMessage('', [toolBlock({ error: 'no query', id: 'call_9' })]));
    expect(events.slice(0, 2)).toMatchObject([
      { phase: 'start', callId: 'call_9' },
      { phase: 'end', callId: 'call_9', output: null, error: 'no query' },
    ]);
  });

  it('passes on reasoning and other blocks, again when they grow, but not the text of the message', () => {
    const reasoning = (text: string): JsonObject => ({
      title: 'Steps',
      contents: [
        { type: 'reasoning', text, header: { title: 'Thinking' } },
        { type: 'text', text: 'hi' },
      ],
    });
    const events = mapAll(
      machineMessage('', [reasoning('first')]),
      machineMessage('', [reasoning('first, second')]),
    );
    expect(events.filter(({ type }) => type === 'block')).toMatchObject([
      { blockId: 'm1.0.0', kind: 'reasoning', title: 'Thinking', text: 'first' },
      { blockId: 'm1.0.0', kind: 'reasoning', text: 'first, second' },
    ]);
  });

  it('makes one error of the two that Langflow sends, with the component of the first', () => {
    const first = {
      event: 'error',
      data: {
        text: 'it broke\n',
        category: 'error',
        properties: { source: { id: 'URL-1', display_name: 'URL' } },
      },
    };
    const mapper = new EventMapper('s');
    expect(mapper.map(first)).toEqual([]);
    expect(mapper.map({ event: 'error', data: { error: 'it broke' } })).toMatchObject([
      { type: 'error', error: { kind: 'component_failed', component: 'URL' } },
    ]);
    expect(mapper.endedEarly()).toMatchObject({ kind: 'component_failed', component: 'URL' });
  });

  it('calls a stream that ends without a result a broken protocol', () => {
    expect(new EventMapper('s').endedEarly()).toMatchObject({ kind: 'protocol' });
  });
});
