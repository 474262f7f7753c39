import { createRedactor, type BlockEvent, type EngineEvent, type ToolEvent } from '@weir/langflow-client';
import type { EngineRunEvent } from './engine-run';
import { presentStream } from './present-stream';

const SECRET = 'open sesame 4711';
const redactor = createRedactor([SECRET]);

async function present(events: EngineEvent[]): Promise<EngineRunEvent[]> {
  const shown: EngineRunEvent[] = [];
  for await (const event of presentStream('engine', events, redactor)) shown.push(event);
  return shown;
}

const token = (text: string, messageId = 'm1'): EngineEvent => ({ type: 'token', text, messageId });
const message = (messageId: string, complete: boolean): EngineEvent => ({
  type: 'message',
  messageId,
  sender: 'assistant',
  senderName: 'AI',
  text: SECRET,
  complete,
  usage: null,
});
const end: EngineEvent = {
  type: 'end',
  result: {
    text: `so ${SECRET}`,
    items: [{ componentId: 'c', componentName: SECRET, text: SECRET, data: { [SECRET]: [SECRET] } }],
    usage: null,
    sessionId: 's',
  },
};
const textsOf = (events: EngineRunEvent[]) =>
  events.flatMap((event) => (event.type === 'token' ? [event.text] : []));

describe('A presented stream', () => {
  it('hides a secret that is cut into pieces, however it is cut (F86)', async () => {
    const whole = `The word is ${SECRET}.`;
    for (let cut = 1; cut < whole.length; cut++) {
      const shown = await present([token(whole.slice(0, cut)), token(whole.slice(cut)), end]);
      expect(textsOf(shown).join('')).toBe('The word is ***.');
    }
  });

  it('keeps the pieces of messages apart that come at the same time', async () => {
    const shown = await present([
      token('open ses'),
      token('open ', 'm2'),
      token('ame 4711!'),
      token('day', 'm2'),
      end,
    ]);
    const ofSecond = shown.flatMap((event) =>
      event.type === 'token' && event.messageId === 'm2' ? [event.text] : [],
    );
    expect(textsOf(shown).join('|')).toContain('***!');
    expect(ofSecond.join('')).toBe('open day');
  });

  it('gives out what it kept back when the message is complete, and not before', async () => {
    const shown = await present([
      token('then open'),
      message('m1', false),
      message('m1', true),
      token('x', 'm2'),
      end,
    ]);
    expect(textsOf(shown)).toEqual(['then ', 'open', 'x']);
  });

  it('hides secrets in tools, blocks and the answer', async () => {
    const tool: ToolEvent = {
      type: 'tool',
      phase: 'end',
      messageId: 'm1',
      callId: 't1',
      name: SECRET,
      input: { q: SECRET },
      output: [SECRET],
      error: `no ${SECRET}`,
      durationMs: 3,
    };
    const block: BlockEvent = {
      type: 'block',
      messageId: 'm1',
      blockId: 'b',
      kind: 'code',
      title: SECRET,
      text: SECRET,
      content: { code: SECRET },
    };
    const shown = await present([tool, block, end]);
    expect(shown.map(({ type }) => type)).toEqual(['started', 'tool', 'block', 'answer']);
    expect(JSON.stringify(shown)).not.toContain(SECRET);
    expect(shown.at(-1)).toMatchObject({ answer: { text: 'so ***', executionMode: 'engine' } });
  });

  it('throws the failure that the stream ends with', async () => {
    const failure = new Error('away');
    await expect(present([token('a'), { type: 'error', error: failure as never }])).rejects.toBe(failure);
  });
});
