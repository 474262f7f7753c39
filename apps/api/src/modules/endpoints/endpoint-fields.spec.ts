import type { FlowInput, FlowInterface } from '@weir/flow';
import { endpointFields, inputSchemaOf } from './endpoint-fields';
import { readEndpointBody } from './read-endpoint-body';

const CHAT = { kind: 'chat', nodeId: 'ChatInput-1', field: 'input_value', title: 'Message' } as const;
const TEXT = { kind: 'text', nodeId: 'TextInput-1', field: 'input_value', title: 'Customer name' } as const;
const HEAT = {
  kind: 'tweak',
  nodeId: 'Model-1',
  field: 'temperature',
  title: 'Heat',
  type: 'number',
} as const;
const LIMIT = { ...HEAT, field: 'max_tokens', title: 'Limit', type: 'integer', required: true } as const;

function fieldsOf(...inputs: readonly Partial<FlowInput>[]) {
  const whole = inputs.map(
    (input) => ({ type: 'string', required: false, component: 'X', ...input }) as FlowInput,
  );
  const flow: FlowInterface = {
    hasChatInput: whole.some(({ kind }) => kind === 'chat'),
    hasChatOutput: true,
    inputs: whole,
    outputs: [],
    inputSchema: {},
    outputSchema: {},
  };
  return endpointFields(flow);
}

describe('The inputs of a published workflow', () => {
  it('are the chat as `input`, text inputs by name and exposed fields by theirs', () => {
    expect(fieldsOf(CHAT, TEXT, HEAT, LIMIT).map(({ name, required }) => [name, required])).toEqual([
      ['input', true],
      ['customerName', false],
      ['temperature', false],
      ['max_tokens', true],
    ]);
  });

  it('are told apart by their node when several have a name, or have the name of the chat', () => {
    const names = fieldsOf(CHAT, HEAT, { ...HEAT, nodeId: 'Model-2' }, { ...TEXT, title: 'Input' });
    expect(names.map(({ name }) => name)).toEqual([
      'input',
      'temperature_Model-1',
      'temperature_Model-2',
      'input_TextInput-1',
    ]);
  });

  it('are known by their node when their name has no letters', () => {
    expect(fieldsOf({ ...TEXT, title: '名前' }).map(({ name }) => name)).toEqual(['TextInput-1']);
  });

  it('do not take files, which cannot be uploaded', () => {
    expect(fieldsOf({ ...TEXT, kind: 'file' })).toEqual([]);
  });

  it('are described as JSON Schema', () => {
    expect(inputSchemaOf(fieldsOf(CHAT, HEAT, LIMIT))).toEqual({
      type: 'object',
      properties: {
        input: { type: 'string', title: 'Message', maxLength: 200_000 },
        temperature: { type: 'number', title: 'Heat' },
        max_tokens: { type: 'integer', title: 'Limit' },
      },
      required: ['input', 'max_tokens'],
      additionalProperties: false,
    });
  });
});

describe('A body that runs a published workflow', () => {
  const fields = fieldsOf(CHAT, TEXT, HEAT, LIMIT);
  const pointersOf = (body: unknown): unknown => {
    try {
      return readEndpointBody(fields, body);
    } catch (error) {
      return (error as { errors: { pointer: string }[] }).errors.map(({ pointer }) => pointer);
    }
  };

  it('becomes what the chat gets and the fields of nodes', () => {
    const body = { input: 'Hi', customerName: 'Ada', temperature: 0.5, max_tokens: 10 };
    expect(readEndpointBody(fields, body)).toEqual({
      input: 'Hi',
      tweaks: { 'TextInput-1': { input_value: 'Ada' }, 'Model-1': { temperature: 0.5, max_tokens: 10 } },
    });
  });

  it.each<[string, unknown, string[]]>([
    ['nothing', undefined, ['']],
    ['a list', [], ['']],
    ['an empty object', {}, ['/input', '/max_tokens']],
    ['null for a text', { input: null, max_tokens: 1 }, ['/input']],
    ['a number for a text', { input: 1, max_tokens: 1 }, ['/input']],
    ['half a token', { input: '', max_tokens: 1.5 }, ['/max_tokens']],
    ['a text for a number', { input: '', max_tokens: 1, temperature: '1' }, ['/temperature']],
    ['what is not known', { input: '', max_tokens: 1, 'a/b~c': 1 }, ['/a~1b~0c']],
    ['a NUL', { input: 'a\0', max_tokens: 1 }, ['/input']],
    ['half a character', { input: '\ud800', max_tokens: 1 }, ['/input']],
    ['too much text', { input: 'x'.repeat(200_001), max_tokens: 1 }, ['/input']],
    ['a prototype', JSON.parse('{"__proto__": 1, "input": "", "max_tokens": 1}'), ['/__proto__']],
  ])('is refused with %s, with pointers (F43)', (_what, body, pointers) => {
    expect(pointersOf(body)).toEqual(pointers);
  });
});
