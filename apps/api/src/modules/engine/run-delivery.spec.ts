import { listBindings, parseFlow, type Binding } from '@weir/flow';
import { MODEL_ID, modelFlow } from '@weir/testing';
import type { EngineRunRequest } from './engine-run';
import { needsFlow, toDelivery } from './run-delivery';

const { flowData } = parseFlow(modelFlow());
const bindings = listBindings(flowData);

function request(overrides: Partial<EngineRunRequest>): EngineRunRequest {
  return {
    workflowId: 'w',
    versionNumber: 1,
    readyFlowId: null,
    sessionId: 's',
    input: '',
    tweaks: {},
    bindings,
    secretValues: new Map(),
    timeoutMs: 1,
    signal: new AbortController().signal,
    ...overrides,
  };
}

describe('What travels with a run', () => {
  it('sends secrets by header, and looks at the flow only when it must', () => {
    const plain = request({ secretValues: new Map([['OPENAI_API_KEY', 'sk-1']]) });
    expect(needsFlow(plain)).toBe(false);
    expect(toDelivery(plain, null)).toEqual({
      headers: { 'X-LANGFLOW-GLOBAL-VAR-OPENAI_API_KEY': 'sk-1' },
      tweaks: {},
    });
    expect(needsFlow(request({ tweaks: { a: {} } }))).toBe(true);
  });

  it('puts a value that fits no header into the field, over anything that the caller wanted there', () => {
    const value = 'two\nlines';
    const both = request({
      secretValues: new Map([['OPENAI_API_KEY', value]]),
      tweaks: { [MODEL_ID]: { api_key: 'mine', temperature: 1 } },
    });
    expect(toDelivery(both, flowData)).toEqual({
      headers: {},
      tweaks: { [MODEL_ID]: { api_key: value, temperature: 1 } },
    });
  });

  it('refuses a value that can go neither by header nor into a cell of a table, and does not repeat it', () => {
    const cell: Binding = { ...bindings[0]!, field: 'headers/0/value' };
    const broken = request({ bindings: [cell], secretValues: new Map([['OPENAI_API_KEY', 'two\nlines']]) });
    expect(() => toDelivery(broken, flowData)).toThrow(
      expect.objectContaining({ code: 'secret_undeliverable', status: 422 }),
    );
    expect(() => toDelivery(broken, flowData)).not.toThrow(/two/);
  });
});
