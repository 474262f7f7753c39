import type { JsonObject } from '@weir/kernel';
import { liftSecrets, listBindings, type FlowData } from './index';
import { MASK, REMOVED } from './references';
import {
  componentOf,
  field,
  fieldAt,
  flowOf,
  groupOf,
  headersField,
  modelField,
  nodeOf,
  noteOf,
  secretField,
  textField,
} from './testing/sample-flows';

const KEY = 'sk-proj-Zq81LmC0pT4vXw29RbNd';

function liftOne(template: JsonObject, type = 'Thing') {
  const result = liftSecrets(flowOf([nodeOf(type, template)]));
  return { ...result, names: result.lifted.map(({ name }) => name), text: JSON.stringify(result.flowData) };
}

describe('liftSecrets', () => {
  it('replaces a key by a reference and returns it with its place (F53)', () => {
    const { flowData, lifted } = liftOne({ model: modelField('OpenAI'), api_key: secretField(KEY) }, 'Agent');
    expect(lifted).toEqual([
      {
        nodeId: 'Agent-1',
        component: 'Agent',
        field: 'api_key',
        pointer: '/nodes/0/data/node/template/api_key/value',
        name: 'OPENAI_API_KEY',
        value: KEY,
        provider: 'openai',
      },
    ]);
    expect(fieldAt(flowData, 'Agent-1', 'api_key')).toMatchObject({
      value: 'OPENAI_API_KEY',
      load_from_db: true,
      password: true,
    });
  });

  it('never changes its input', () => {
    const flow = flowOf([nodeOf('Agent', { api_key: secretField(KEY) })]);
    const before = JSON.stringify(flow);
    liftSecrets(flow);
    expect(JSON.stringify(flow)).toBe(before);
  });

  it('gives equal values one name and different values different ones', () => {
    const agent = (id: string, key: string) =>
      nodeOf('Agent', { model: modelField('OpenAI'), api_key: secretField(key) }, id);
    const { lifted } = liftSecrets(
      flowOf([agent('a', KEY), agent('b', `${KEY}2`), agent('c', KEY), agent('d', `${KEY}3`)]),
    );
    expect(lifted.map(({ name }) => name)).toEqual([
      'OPENAI_API_KEY',
      'OPENAI_API_KEY_2',
      'OPENAI_API_KEY',
      'OPENAI_API_KEY_3',
    ]);
  });

  it('does not reuse a name that the flow refers to already, since it may stand for another value', () => {
    const { lifted } = liftSecrets(
      flowOf([
        nodeOf('Agent', {
          model: modelField('OpenAI'),
          api_key: secretField('OPENAI_API_KEY', { load_from_db: true }),
        }),
        nodeOf('Agent', { model: modelField('OpenAI'), api_key: secretField(KEY) }, 'b'),
      ]),
    );
    expect(lifted.map(({ name }) => name)).toEqual(['OPENAI_API_KEY_2']);
  });

  it.each([
    ['openai_key', 'OPENAI_KEY'],
    ['My API key', 'MY_API_KEY'],
    ['prod-db-password', 'PROD_DB_PASSWORD'],
  ])('gives the reference %p a name that a header can carry', (before, after) => {
    const { flowData, lifted } = liftOne({ api_key: secretField(before, { load_from_db: true }) });
    expect(fieldAt(flowData, 'Thing-1', 'api_key')['value']).toBe(after);
    expect(lifted).toEqual([]);
  });

  it.each([[KEY], ['AKIAIOSFODNN7EXAMPLE'], ['hunter2!hunter2'], ['correct horse battery']])(
    'takes %p for a value although the field says that it is a reference',
    (value) => {
      const { lifted, text } = liftOne({ api_key: secretField(value, { load_from_db: true }) });
      expect(lifted.map((secret) => secret.value)).toEqual([value]);
      expect(text).not.toContain(value);
    },
  );

  it('turns an empty key into a reference only where the engine will look for it', () => {
    const blank = (provider: string | null, more: JsonObject = {}) => {
      const template = { model: { ...modelField(provider), ...more }, api_key: secretField('') };
      return fieldAt(liftOne(template, 'Agent').flowData, 'Agent-1', 'api_key')['value'];
    };
    expect(blank('Anthropic')).toBe('ANTHROPIC_API_KEY');
    expect(blank(null)).toBe('OPENAI_API_KEY');
    expect(blank('Ollama')).toBe('');
    expect(blank('OpenAI', { _connection_mode: true })).toBe('');
  });

  it('leaves optional empty keys of tools empty', () => {
    const { flowData } = liftOne({ aws_access_key_id: secretField('') }, 'File');
    expect(listBindings(flowData)).toEqual([]);
  });

  it('treats older model lists like the model picker', () => {
    const options = { options: ['OpenAI', 'Anthropic', 'Custom'] };
    const template = { agent_llm: field('str', 'Anthropic', options), api_key: secretField('') };
    expect(listBindings(liftOne(template, 'Agent').flowData).map(({ secretName }) => secretName)).toEqual([
      'ANTHROPIC_API_KEY',
    ]);
  });

  it('names secrets after provider, field or component', () => {
    const { names } = liftOne(
      {
        openai_api_key: secretField('first-secret-1'),
        aws_secret_access_key: secretField('second-secret-2'),
        password: secretField('third-secret-3'),
        api_key: secretField('tvly-fourth-secret-4'),
      },
      'OpenSearch',
    );
    expect(names).toEqual([
      'OPENAI_API_KEY',
      'AWS_SECRET_ACCESS_KEY',
      'OPEN_SEARCH_PASSWORD',
      'TAVILY_API_KEY',
    ]);
  });
});

describe('liftSecrets and masks', () => {
  it('never takes a mask for a secret', () => {
    const { lifted, flowData } = liftOne({
      model: modelField('OpenAI'),
      api_key: secretField(MASK),
      kwargs: field('dict', { token: MASK }),
      headers: headersField([{ key: 'X-Key', value: MASK }]),
    });
    expect(lifted).toEqual([]);
    expect(fieldAt(flowData, 'Thing-1', 'api_key')['value']).toBe('OPENAI_API_KEY');
  });
});

describe('liftSecrets in groups', () => {
  const grouped = (): FlowData => {
    const proxied = { 'api_key_Inner-1': secretField(KEY, { proxy: { id: 'Inner-1', field: 'api_key' } }) };
    const copy = { k: secretField(KEY, { proxy: { id: 'Deep-1', field: 'api_key_Inner-1' } }) };
    const inner = nodeOf('Agent', { model: modelField('OpenAI'), api_key: secretField(KEY) }, 'Inner-1');
    return flowOf([groupOf([groupOf([inner], proxied, 'Deep-1')], copy)]);
  };

  it('takes the value out of the inner node and of the copies on the groups, under one name (F53)', () => {
    const { flowData, lifted } = liftSecrets(grouped());
    expect(lifted.map(({ nodeId, name }) => [nodeId, name])).toEqual([
      ['Group-1', 'OPENAI_API_KEY'],
      ['Deep-1', 'OPENAI_API_KEY'],
      ['Inner-1', 'OPENAI_API_KEY'],
    ]);
    expect(JSON.stringify(flowData)).not.toContain(KEY);
  });
});

describe('liftSecrets outside of references', () => {
  it('cuts keys out of notes, code, labels, edges, tool arguments and cached outputs', () => {
    const agent = nodeOf('Agent', {
      code: field('code', `token = "${KEY}"`),
      tools_metadata: field('tools', [
        { name: 't', args: { api_key: { default: 'plain-default-7', title: 'Key' } } },
      ]),
    });
    componentOf(agent)['outputs'] = [{ name: 'o', value: { results: { token: 'cached-token-9' } } }];
    const edge = { source: 'Agent-1', target: 'note-1', data: { label: `uses ${KEY}` } };
    const { flowData, lifted } = liftSecrets(flowOf([agent, noteOf(`My key is ${KEY}, keep it`)], [edge]));
    const text = JSON.stringify(flowData);
    expect(lifted).toEqual([]);
    for (const secret of [KEY, 'plain-default-7', 'cached-token-9']) expect(text).not.toContain(secret);
    expect(text).toContain(`My key is ${REMOVED}, keep it`);
    expect(text).toContain('"title":"Key"');
  });

  it('finds further copies of a lifted value that nothing gives away by itself', () => {
    const { flowData } = liftSecrets(
      flowOf([nodeOf('Pg', { password: secretField('Tr0ub4dor&3') }), noteOf('the password is Tr0ub4dor&3')]),
    );
    expect(JSON.stringify(flowData)).not.toContain('Tr0ub4dor');
  });

  it('leaves prose about keys, placeholders and token limits alone', () => {
    const template = {
      max_tokens: field('int', 512),
      token_limit: textField('2000'),
      api_key_name: textField('X-Api-Key'),
      prompt: textField(
        'Send "Authorization: Bearer <token>" to postgres://user:password@host and use {api_key}.',
      ),
      headers: headersField([{ key: 'User-Agent', value: 'Langflow/1.0' }]),
      auth_type: field('str', 'token', { options: ['token', 'password'] }),
    };
    const flow = flowOf([
      nodeOf('Thing', template),
      noteOf('Get an API key at https://example.com/keys?page=1'),
    ]);
    expect(JSON.stringify(liftSecrets(flow).flowData)).toBe(JSON.stringify(flow));
  });
});
