import { parseRunResult } from './run-result';

const answer = (...outputs: object[]): object => ({ session_id: 's', outputs: [{ inputs: {}, outputs }] });
const usage = (input: number, output: number): object => ({
  input_tokens: input,
  output_tokens: output,
  total_tokens: input + output,
});
const message = (text: string, source: string, used: object | null): object => ({
  component_id: `ChatOutput-${text}`,
  component_display_name: 'Chat Output',
  results: { message: { text, properties: { source: { id: source }, usage: used } } },
});

describe('parseRunResult', () => {
  it.each([
    ['results', { results: { message: { text: 'hi' } } }],
    ['results data', { results: { message: { data: { text: 'hi' } } } }],
    ['results under another name', { results: { response: { text: 'hi' } } }],
    ['artifacts', { results: {}, artifacts: { message: 'hi' } }],
    ['outputs', { results: {}, outputs: { message: { message: 'hi', type: 'text' } } }],
    ['messages', { results: {}, messages: [{ message: 'hi' }] }],
  ])('finds the text in %s', (_, output) => {
    expect(parseRunResult(answer(output), 'x').text).toBe('hi');
  });

  it('keeps every output, takes the first text, and gives data where there is no text', () => {
    const table = { results: { dataframe: { data: { rows: [1, 2] } } }, component_id: 'DataOutput-1' };
    const json = {
      results: {},
      outputs: { data: { message: { a: 1 }, type: 'object' } },
      component_id: 'Parser-1',
    };
    const result = parseRunResult(answer(table, json, message('hello', 'Agent-1', null)), 'x');
    expect(result.text).toBe('hello');
    expect(result.items).toEqual([
      { componentId: 'DataOutput-1', componentName: null, text: null, data: { rows: [1, 2] } },
      { componentId: 'Parser-1', componentName: null, text: null, data: { a: 1 } },
      { componentId: 'ChatOutput-hello', componentName: 'Chat Output', text: 'hello', data: null },
    ]);
  });

  it('adds the usage of outputs with different sources and counts a shared source once', () => {
    const two = answer(message('a', 'Agent-1', usage(10, 2)), message('b', 'Agent-2', usage(5, 1)));
    expect(parseRunResult(two, 'x').usage).toEqual({ inputTokens: 15, outputTokens: 3, totalTokens: 18 });
    const shared = answer(message('a', 'Agent-1', usage(10, 2)), message('b', 'Agent-1', usage(10, 2)));
    expect(parseRunResult(shared, 'x').usage).toEqual({ inputTokens: 10, outputTokens: 2, totalTokens: 12 });
    expect(parseRunResult(answer(message('a', 'ChatInput-1', null)), 'x').usage).toBeNull();
  });

  it('is empty for a flow without outputs, and falls back to the session that was asked for', () => {
    expect(parseRunResult({ outputs: [{ outputs: [] }] }, 'asked')).toEqual({
      text: '',
      items: [],
      usage: null,
      sessionId: 'asked',
    });
  });

  it('survives wrong types inside', () => {
    const odd = {
      session_id: 7,
      outputs: [
        null,
        'x',
        { outputs: 'y' },
        { outputs: [1, null, { results: [], artifacts: 3, messages: {}, outputs: null }] },
      ],
    };
    expect(parseRunResult(odd, 'asked')).toMatchObject({ text: '', items: [{ text: null, data: null }] });
  });

  it.each([null, 'text', [], {}, { outputs: 'x' }])('refuses %j as protocol', (body) => {
    expect(() => parseRunResult(body, 'x')).toThrow(expect.objectContaining({ kind: 'protocol' }));
  });
});
