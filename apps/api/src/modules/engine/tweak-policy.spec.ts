import { listBindings, parseFlow, type FlowData } from '@weir/flow';
import { isJsonObject, type JsonObject, type JsonValue } from '@weir/kernel';
import { CHAT_INPUT_ID, MODEL_ID, modelFlow } from '@weir/testing';
import { findRefusedTweaks } from './tweak-policy';

/** The model flow with further fields in its model. */
function flowWith(fields: JsonObject, displayName = 'Language Model'): FlowData {
  const { flowData } = parseFlow(modelFlow());
  const definition = flowData.nodes.find(({ id }) => id === MODEL_ID)?.data['node'];
  if (!isJsonObject(definition) || !isJsonObject(definition['template']))
    throw new Error('no model in the flow');
  Object.assign(definition['template'], fields);
  definition['display_name'] = displayName;
  return flowData;
}

const FIELDS = {
  temperature: { type: 'slider', value: 0.1 },
  openai_api_base: { type: 'str', value: '' },
  headers: { type: 'dict', value: {} },
  labels: { type: 'dict', value: {} },
  servers: { type: 'mcp', value: {} },
};

function reasons(
  tweaks: Record<string, Record<string, JsonValue>>,
  flowData = flowWith(FIELDS),
): Record<string, string> {
  const found = findRefusedTweaks(flowData, listBindings(flowData), tweaks);
  return Object.fromEntries(found.map(({ pointer, detail }) => [pointer, detail]));
}

describe('Tweaks of a run', () => {
  it('may change plain fields', () => {
    const tweaks = {
      [MODEL_ID]: { temperature: 0.9, system_message: 'be brief', labels: { team: 'blue' } },
      [CHAT_INPUT_ID]: { input_value: 'hi' },
    };
    expect(reasons(tweaks)).toEqual({});
  });

  it.each([
    ['api_key', 'sk-mine', /holds a secret/],
    ['code', 'import os', /cannot be changed/],
    ['model', [{ name: 'gpt-4o' }], /cannot be changed/],
    ['servers', { command: 'sh' }, /cannot be changed/],
    ['system_message', { load_from_db: true, value: 'OPENAI_API_KEY' }, /must be a plain value/],
    ['openai_api_base', 'https://attacker.example', /is an address/],
    [
      'headers',
      { authorization: 'Bearer sk-proj-AbCdEfGhIjKlMnOpQrStUvWxYz0123456789AbCdEfGh' },
      /would carry a secret/,
    ],
    ['no_such_field', 'x', /is not a field/],
    ['constructor', 'x', /is not a field/],
    ['_type', 'x', /is not a field/],
  ])('may not change %s', (name, value, reason) => {
    expect(reasons({ [MODEL_ID]: { [name]: value } })[`/tweaks/${MODEL_ID}/${name}`]).toMatch(reason);
  });

  it('name nodes by id alone', () => {
    expect(reasons({ 'Language Model': { api_key: 'x' } })).toEqual({
      '/tweaks/Language Model': 'is not the id of a node of this workflow',
    });
  });

  it('cannot reach a node through another whose id is its display name', () => {
    const flowData = flowWith({}, CHAT_INPUT_ID);
    expect(reasons({ [CHAT_INPUT_ID]: { api_key: 'x', input_value: 'fine' } }, flowData)).toEqual({
      [`/tweaks/${CHAT_INPUT_ID}/api_key`]: expect.stringMatching(/is not a field|holds a secret/),
    });
  });

  it('are pointed at as RFC 6901 writes it', () => {
    expect(reasons({ [MODEL_ID]: { 'a/b~c': 1 } })).toHaveProperty([`/tweaks/${MODEL_ID}/a~1b~0c`]);
  });
});
