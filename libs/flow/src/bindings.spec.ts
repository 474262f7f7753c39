import type { JsonObject } from '@weir/kernel';
import { buildTweaks, liftSecrets, listBindings, providerOfSecret, PROVIDERS, renameSecrets } from './index';
import {
  field,
  fieldAt,
  flowOf,
  groupOf,
  headersField,
  modelField,
  nodeOf,
  secretField,
  textField,
} from './testing/sample-flows';

const reference = (name: string, more: JsonObject = {}) => secretField(name, { load_from_db: true, ...more });

describe('listBindings', () => {
  it('says where each name is used, and by whom', () => {
    const flow = flowOf([
      nodeOf('Agent', { model: modelField('Anthropic'), api_key: reference('ANTHROPIC_API_KEY') }),
      nodeOf('APIRequest', { url_input: textField('TARGET_URL', { load_from_db: true }) }),
    ]);
    expect(listBindings(flow)).toEqual([
      {
        nodeId: 'Agent-1',
        nodeName: 'Agent',
        component: 'Agent',
        field: 'api_key',
        secretName: 'ANTHROPIC_API_KEY',
        provider: 'anthropic',
        delivery: 'reference',
        required: true,
      },
      {
        nodeId: 'APIRequest-1',
        nodeName: 'APIRequest',
        component: 'APIRequest',
        field: 'url_input',
        secretName: 'TARGET_URL',
        provider: null,
        delivery: 'reference',
        required: true,
      },
    ]);
  });

  it('requires only what the engine reads', () => {
    const connected = nodeOf('Agent', { model: modelField('OpenAI'), api_key: reference('OPENAI_API_KEY') });
    const wired = nodeOf('Thing', { token: reference('A_TOKEN') });
    const source = nodeOf('Model', {});
    const handle = (fieldName: string, id: string) => ({ data: { targetHandle: { fieldName, id } } });
    const flow = flowOf(
      [source, connected, wired],
      [
        { source: 'Model-1', target: 'Agent-1', ...handle('model', 'Agent-1') },
        { source: 'Model-1', target: 'Thing-1', targetHandle: '{œfieldNameœ: œtokenœ, œidœ: œThing-1œ}' },
      ],
    );
    expect(listBindings(flow).map(({ secretName, required }) => [secretName, required])).toEqual([
      ['OPENAI_API_KEY', false],
      ['A_TOKEN', false],
    ]);
  });

  it('looks into groups, where the field of the group overrides the one inside', () => {
    const inner = nodeOf(
      'Agent',
      { api_key: reference('OLD_KEY'), other: reference('OTHER_KEY') },
      'Inner-1',
    );
    const outer = { k: reference('NEW_KEY', { proxy: { id: 'Inner-1', field: 'api_key' } }) };
    expect(
      listBindings(flowOf([groupOf([inner], outer)])).map((b) => [b.nodeId, b.secretName, b.required]),
    ).toEqual([
      ['Group-1', 'NEW_KEY', true],
      ['Inner-1', 'OLD_KEY', false],
      ['Inner-1', 'OTHER_KEY', true],
    ]);
  });

  it('takes no literal for a name', () => {
    const template = {
      a: textField('OPENAI_API_KEY'),
      b: textField('lower_case', { load_from_db: true }),
      c: field('dict', { $secret: 'lower' }),
      d: headersField([{ key: 'A', value: 'SOME_NAME' }]),
    };
    expect(listBindings(flowOf([nodeOf('Thing', template)]))).toEqual([]);
  });
});

describe('buildTweaks', () => {
  it('sets values through the field of a group', () => {
    const proxy = { id: 'Inner-1', field: 'headers' };
    const value = { 'X-Key': 'some-secret-1' };
    const inner = nodeOf('MCPTools', { headers: field('dict', value) }, 'Inner-1');
    const { flowData, lifted } = liftSecrets(
      flowOf([groupOf([inner], { h: field('dict', value, { proxy }) })]),
    );
    const values = new Map(lifted.map((secret) => [secret.name, secret.value]));
    expect(buildTweaks(flowData, values)).toEqual({
      tweaks: { 'Group-1': { h: { value } } },
      unreachable: [],
    });
  });

  it('sends plain text as it is, and nothing for names without a value', () => {
    const flow = flowOf([
      nodeOf('Thing', { a: field('dict', { $secret: 'A' }), b: field('dict', { $secret: 'B' }) }),
    ]);
    expect(buildTweaks(flow, new Map([['A', 'not json']])).tweaks).toEqual({ 'Thing-1': { a: 'not json' } });
  });
});

describe('fields of groups', () => {
  it('are judged as the inputs they stand for: empty keys refer to the provider of the inner node', () => {
    const inner = nodeOf('Agent', { model: modelField('Anthropic'), api_key: secretField('') }, 'Inner-1');
    const proxied = { 'api_key_Inner-1': secretField('', { proxy: { id: 'Inner-1', field: 'api_key' } }) };
    const doubly = { k: secretField('', { proxy: { id: 'Deep-1', field: 'api_key_Inner-1' } }) };
    const flow = flowOf([groupOf([groupOf([inner], proxied, 'Deep-1')], doubly)]);
    expect(
      listBindings(liftSecrets(flow).flowData).map((b) => [b.nodeId, b.component, b.secretName]),
    ).toEqual([
      ['Group-1', 'Agent', 'ANTHROPIC_API_KEY'],
      ['Deep-1', 'Agent', 'ANTHROPIC_API_KEY'],
      ['Inner-1', 'Agent', 'ANTHROPIC_API_KEY'],
    ]);
  });
});

describe('renameSecrets', () => {
  it('gives fields, cells and markers another name, in a copy', () => {
    const { flowData } = liftSecrets(
      flowOf([
        nodeOf('Thing', {
          api_key: secretField('first-secret-1'),
          headers: headersField([{ key: 'X-Key', value: 'second-secret-2' }]),
          kwargs: field('dict', { token: 'third-secret-3' }),
          urls: textField(['https://a:fourth-secret@example.com'], { list: true }),
        }),
      ]),
    );
    const before = JSON.stringify(flowData);
    const names = listBindings(flowData).map(({ secretName }) => secretName);
    const renamed = renameSecrets(flowData, new Map(names.map((name) => [name, `${name}_NEW`])));
    expect(listBindings(renamed).map(({ secretName }) => secretName)).toEqual(
      names.map((name) => `${name}_NEW`),
    );
    expect(names).toHaveLength(4);
    expect(JSON.stringify(flowData)).toBe(before);
    expect(fieldAt(renamed, 'Thing-1', 'urls')['value']).toEqual([{ $secret: `${names[3]}_NEW` }]);
  });
});

describe('PROVIDERS', () => {
  it('have unique ids and proper secret names', () => {
    expect(new Set(PROVIDERS.map(({ id }) => id)).size).toBe(PROVIDERS.length);
    for (const { secretName } of PROVIDERS) expect(secretName ?? 'NONE').toMatch(/^[A-Z][A-Z0-9_]{0,127}$/);
  });

  it.each([
    ['OPENAI_API_KEY', 'openai'],
    ['OPENAI_API_KEY_2', 'openai'],
    ['AWS_ACCESS_KEY_ID', 'aws'],
    ['GEMINI_API_KEY', 'google'],
    ['MY_OWN_THING', undefined],
  ])('%s belongs to %s', (name, id) => {
    expect(providerOfSecret(name)?.id).toBe(id);
  });
});
