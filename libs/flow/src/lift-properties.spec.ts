import * as fc from 'fast-check';
import type { JsonObject, JsonValue } from '@weir/kernel';
import {
  liftSecrets,
  listBindings,
  parseFlow,
  sanitizeFlowData,
  toExport,
  type FlowData,
  type FlowNode,
} from './index';
import { markerName } from './references';
import { fieldsOf } from './walk';
import {
  componentOf,
  field,
  flowOf,
  groupOf,
  headersField,
  modelField,
  nodeOf,
  noteOf,
  secretField,
  starter,
  STARTER_SLUGS,
  textField,
} from './testing/sample-flows';

/** Unlike any word of a flow, so that finding it means that it leaked. */
const canary = fc
  .tuple(
    fc.stringMatching(/^[a-z]{6}$/),
    fc.stringMatching(/^[A-Z0-9]{10}$/),
    fc.stringMatching(/^[a-z0-9]{6}$/),
  )
  .map(([a, b, c]) => `${a}#${b}-${c}`);

/** The same, of characters that keys are made of. */
const keyCanary = fc.stringMatching(/^sk-[A-Za-z0-9]{24}$/);

const secretNames = fc.constantFrom(
  'api_key',
  'password',
  'token',
  'notion_secret',
  'aws_secret_access_key',
  'jwt_token',
  'ha_token',
  'qianfan_sk',
  'couchbase_connection_string',
  'openai_api_key',
  'client_secret',
  'service_account_key',
);

type Planter = (secret: string, name: string) => FlowNode;

const thing = (template: JsonObject): FlowNode => nodeOf('Thing', template);

/** Every position of a flow that counts as secret-bearing. */
const POSITIONS: Record<string, Planter> = {
  'a marked field of any name': (secret) => thing({ anything: secretField(secret) }),
  'a marked field that claims to be a reference': (secret) =>
    thing({ anything: secretField(secret, { load_from_db: true }) }),
  'a marked field by input type only': (secret) =>
    thing({ x: field('str', secret, { _input_type: 'MultilineSecretInput' }) }),
  'the default of a marked field': (secret) => thing({ x: secretField('', { default: secret }) }),
  'a marked list': (secret) => thing({ x: secretField(['', secret], { list: true }) }),
  'a marked dictionary': (secret) => thing({ x: secretField({ any: { where: secret } }) }),
  'an ordinary field with a telling name': (secret, name) => thing({ [name]: textField(secret) }),
  'a dictionary entry with a telling name': (secret, name) =>
    thing({ kwargs: field('dict', { a: { [name]: secret } }) }),
  'a key/value row of a dictionary': (secret, name) =>
    thing({ kwargs: field('dict', [{ key: name, value: secret }]) }),
  'a row beside key and value': (secret, name) =>
    thing({ kwargs: field('dict', [{ key: 'a', value: 1, [name]: secret }]) }),
  'any header of a table': (secret) =>
    thing({ headers: headersField([{ key: 'X-Whatever', value: secret }]) }),
  'any header of a dictionary': (secret) => thing({ headers: field('dict', { 'X-Whatever': secret }) }),
  'a telling column of a table': (secret, name) =>
    thing({ rows: field('table', [{ [name]: secret }], { table_schema: [{ name }] }) }),
  'a telling query parameter row': (secret, name) =>
    thing({ query_params: headersField([{ key: name, value: secret }]) }),
  'the environment of an MCP server': (secret) =>
    thing({ mcp_server: field('mcp', { name: 's', config: { command: 'x', env: { ANY: secret } } }) }),
  'a header of an MCP server': (secret) =>
    thing({
      mcp_server: field('mcp', { name: 's', config: { url: 'https://x.example', headers: { Any: secret } } }),
    }),
  'an argument of an MCP server': (secret) =>
    thing({ mcp_server: field('mcp', { name: 's', config: { command: 'x', args: ['--api-key', secret] } }) }),
  'JSON text': (secret, name) => thing({ json: textField(JSON.stringify({ deep: [{ [name]: secret }] })) }),
  'tool arguments': (secret, name) =>
    thing({ tools_metadata: field('tools', [{ name: 't', args: { [name]: { default: secret } } }]) }),
  'a cached output': (secret, name) => {
    const node = thing({});
    componentOf(node)['outputs'] = [{ name: 'o', value: { [name]: secret } }];
    return node;
  },
  'a member beside the component': (secret, name) => ({ ...thing({}), settings: { [name]: secret } }),
};

const KEY_POSITIONS: Record<string, Planter> = {
  'the text of a note': (secret) => noteOf(`use ${secret}!`),
  'a prompt': (secret) => thing({ template: field('prompt', `Answer with ${secret}, {name}.`) }),
  code: (secret) => thing({ code: field('code', `KEY = "${secret}"`) }),
  'code as lines': (secret) => thing({ code: field('code', ['import os', `KEY = "${secret}"`]) }),
  'a description': (secret) => thing({ x: textField('', { info: `like ${secret}` }) }),
  'an entry of the model picker': (secret) =>
    thing({ model: field('model', [{ name: 'm', provider: 'OpenAI', extra: secret }]) }),
  'an ordinary text': (secret) => thing({ note: textField(secret) }),
  'a cell of any table': (secret) =>
    thing({ rows: field('table', [{ any: secret }], { table_schema: [{ name: 'any' }] }) }),
};

const CREDENTIAL_URLS: Record<string, (secret: string) => string> = {
  'a connection string': (secret) => `postgres://app:${secret}@db.example.com/app`,
  'a URL with user and password': (secret) => `https://me:${secret}@example.com/x`,
  'a secret in a query': (secret) => `https://example.com/x?api_key=${secret}`,
  'a header of curl': (secret) => `curl https://example.com -H "X-Api-Key: ${secret}"`,
};

/** Alone, in a group, and in a group of a group. */
const around: ((node: FlowNode) => FlowNode)[] = [
  (node) => node,
  (node) => groupOf([node], {}),
  (node) => groupOf([groupOf([node], {}, 'Inner')], {}),
];

/** All places a flow leaves through; a second pass finds nothing more. */
function canaryIsGone(flow: FlowData, secret: string): void {
  const { flowData } = liftSecrets(parseFlow(JSON.parse(JSON.stringify(flow))).flowData);
  const text = JSON.stringify(flowData);
  expect(text).not.toContain(secret);
  expect(JSON.stringify(liftSecrets(flowData))).toBe(JSON.stringify({ flowData, lifted: [] }));
  expect(JSON.stringify(sanitizeFlowData(flowData))).toBe(text);
  expect(JSON.stringify(sanitizeFlowData(flow))).not.toContain(secret);
  expect(JSON.stringify(toExport({ name: 'x', description: '', tags: [], flowData: flow }))).not.toContain(
    secret,
  );
}

describe('a planted secret', () => {
  it.each(Object.entries(POSITIONS))('never survives in %s (F53, R43)', (_title, plant) => {
    fc.assert(
      fc.property(canary, secretNames, fc.constantFrom(...around), (secret, name, wrap) =>
        canaryIsGone(flowOf([wrap(plant(secret, name))]), secret),
      ),
      { numRuns: 40 },
    );
  });

  it.each(Object.entries(KEY_POSITIONS))(
    'that looks like a key never survives in %s (F53)',
    (_title, plant) => {
      fc.assert(
        fc.property(keyCanary, fc.constantFrom(...around), (secret, wrap) =>
          canaryIsGone(flowOf([wrap(plant(secret, 'x'))]), secret),
        ),
        { numRuns: 40 },
      );
    },
  );

  it.each(Object.entries(CREDENTIAL_URLS))('never survives in %s', (_title, write) => {
    fc.assert(
      fc.property(keyCanary, secretNames, (secret, name) => {
        const plain = secret.replace('sk-', 'p');
        canaryIsGone(
          flowOf([thing({ [`${name}_url`]: textField(write(plain)), url: textField(write(plain)) })]),
          plain,
        );
      }),
      { numRuns: 40 },
    );
  });

  it('never survives in any secret field of any starter flow', () => {
    fc.assert(
      fc.property(fc.constantFrom(...STARTER_SLUGS), canary, fc.nat(), (slug, secret, pick) => {
        const flow = structuredClone(starter(slug).flowData);
        const fields = [...fieldsOf(flow)]
          .map((place) => place.field)
          .filter((entry) => entry['password'] === true);
        if (fields.length === 0) return;
        fields[pick % fields.length]!['value'] = secret;
        const { flowData, lifted } = liftSecrets(flow);
        expect(lifted.map(({ value }) => value)).toEqual([secret]);
        expect(JSON.stringify(flowData)).not.toContain(secret);
        expect(listBindings(flowData).map(({ secretName }) => secretName)).toContain(lifted[0]!.name);
      }),
      { numRuns: 60 },
    );
  });
});

function parseJson(text: string): JsonValue {
  return JSON.parse(text);
}

/** Flows without anything that sounds like a secret; keys like `__proto__` and integers included. */
const harmlessValue: fc.Arbitrary<JsonValue> = fc
  .jsonValue({ maxDepth: 3, stringUnit: fc.constantFrom('a', 'é', ' ', '"', '\\', '{', '0', '.') })
  .map((value) => parseJson(JSON.stringify(value)))
  .filter((value) => !JSON.stringify(value).includes('__proto__') && markerName(value) === null);

describe('a flow without secrets', () => {
  it('comes through reading, lifting and sanitizing byte for byte', () => {
    fc.assert(
      fc.property(fc.array(harmlessValue, { maxLength: 6 }), harmlessValue, (values, extra) => {
        const template = Object.fromEntries(values.map((value, i) => [`input_${i}`, field('str', value)]));
        const flow = flowOf([nodeOf('Thing', { model: modelField('Ollama'), ...template })]);
        const text = JSON.stringify({ ...flow, extra });
        const { flowData } = parseFlow(JSON.parse(text));
        expect(JSON.stringify(flowData)).toBe(text);
        expect(JSON.stringify(liftSecrets(flowData).flowData)).toBe(text);
        expect(JSON.stringify(sanitizeFlowData(flowData))).toBe(text);
      }),
    );
  });
});
