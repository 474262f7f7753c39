import type { JsonObject, JsonValue } from '@weir/kernel';
import { hashCode, inspectFlow, parseCatalogue, type FlowData, type FlowNode } from './index';
import { isPrivateHost, privateHostOf } from './private-hosts';
import { objectOf, textOf } from './walk';
import {
  CATALOGUE,
  componentOf,
  field,
  flowOf,
  groupOf,
  headersField,
  nodeOf,
  starter,
  textField,
} from './testing/sample-flows';

const rulesOf = (flow: FlowData): string[] =>
  inspectFlow(flow, CATALOGUE)
    .filter(({ rule }) => rule !== 'missing-chat-output')
    .map(({ severity, rule }) => `${severity} ${rule}`);

const shipped = (type: string): FlowNode =>
  structuredClone(
    starter('travel-planning-agents').flowData.nodes.find(({ data }) => data['type'] === type)!,
  );

const templateOf = (node: FlowNode): JsonObject => objectOf(componentOf(node)['template']);

function withCode(node: FlowNode, change: (code: string) => JsonValue): FlowNode {
  const code = objectOf(templateOf(node)['code']);
  code['value'] = change(textOf(code['value']));
  return node;
}

const mcp = (config: JsonObject): FlowNode =>
  nodeOf('MCPTools', { mcp_server: field('mcp', { name: 's', config }) });

/** Flows made from shipped nodes, with what an attentive operator would say about each. */
const CORPUS: readonly (readonly [string, FlowData, readonly string[]])[] = [
  ['shipped components', flowOf([shipped('Agent'), shipped('URLComponent'), shipped('ChatOutput')]), []],
  ['shipped code as lines', flowOf([withCode(shipped('Agent'), (code) => code.split('\n'))]), []],
  [
    'one changed character',
    flowOf([withCode(shipped('Agent'), (code) => `${code} `)]),
    ['block custom-code'],
  ],
  ['code that is no text', flowOf([withCode(shipped('Agent'), () => ({ a: 1 }))]), ['block custom-code']],
  [
    'own code under a shipped type',
    flowOf([nodeOf('ChatInput', { code: field('code', 'import os') })]),
    ['block custom-code'],
  ],
  [
    'own code under no type',
    flowOf([nodeOf('', { code: field('code', 'import os') })]),
    ['block custom-code'],
  ],
  [
    'own code in a group of a group',
    flowOf([groupOf([groupOf([nodeOf('X', { code: field('code', 'x') })], {})], {})]),
    ['block custom-code'],
  ],
  ['an interpreter', flowOf([nodeOf('PythonREPLComponent', {})]), ['block code-interpreter']],
  [
    'an interpreter by display name',
    flowOf([
      { ...nodeOf('X', {}), data: { type: 'X', node: { display_name: 'Python Interpreter', template: {} } } },
    ]),
    ['block code-interpreter'],
  ],
  ['a program as MCP server', flowOf([mcp({ command: 'npx', args: ['x'] })]), ['block mcp-stdio']],
  [
    'a program behind a mode',
    flowOf([mcp({ mode: ' Stdio ', url: 'https://a.example' })]),
    ['block mcp-stdio'],
  ],
  [
    'a program among several servers',
    flowOf([
      nodeOf('X', {
        any: field('other', [{ mcpServers: { a: { command: 'sh' } } }]),
        mcp_server: field('str', ''),
      }),
    ]),
    [],
  ],
  [
    'a program in a map of servers',
    flowOf([nodeOf('X', { any: field('other', { mcpServers: { a: { command: 'sh' } } }) })]),
    ['block mcp-stdio'],
  ],
  ['a remote MCP server', flowOf([mcp({ url: 'https://mcp.example.com' })]), []],
  ['a private MCP server', flowOf([mcp({ url: 'http://10.0.0.8:8000/sse' })]), ['block private-host']],
  [
    'a private URL',
    flowOf([nodeOf('APIRequest', { url_input: textField('http://169.254.169.254/latest') })]),
    ['block private-host'],
  ],
  [
    'a private host in curl',
    flowOf([nodeOf('APIRequest', { curl_input: textField('curl http://localhost:8080/x') })]),
    ['block private-host'],
  ],
  [
    'a private host in a list',
    flowOf([nodeOf('URLComponent', { urls: textField(['https://a.example', 'http://127.1/']) })]),
    ['block private-host'],
  ],
  [
    'a database by service name',
    flowOf([nodeOf('SQLDatabase', { uri: textField('postgresql://postgres/app') })]),
    ['block private-host'],
  ],
  [
    'a private host in a table',
    flowOf([nodeOf('X', { headers: headersField([{ key: 'X-Forward', value: 'http://[::1]/' }]) })]),
    ['block private-host'],
  ],
  [
    'prose about localhost',
    flowOf([nodeOf('Prompt', { template: textField('Explain why http://localhost is special.') })]),
    [],
  ],
  [
    'a path of the engine',
    flowOf([nodeOf('File', { path: field('file', '', { file_path: '/etc/passwd' }) })]),
    ['block file-path'],
  ],
  [
    'a climbing path',
    flowOf([nodeOf('Directory', { path: textField('../../secrets') })]),
    ['block file-path'],
  ],
  ['an uploaded file', flowOf([nodeOf('File', { path: field('file', ['8d2f/report.pdf']) })]), []],
  ['a call of another flow', flowOf([nodeOf('RunFlow', {})]), ['warn flow-reference']],
  ['a public flow', { ...flowOf([]), access_type: 'PUBLIC' }, ['block public-access']],
  [
    'a secret that no run can supply',
    flowOf([nodeOf('SQLComponent', { database_url: textField('DB_URL', { load_from_db: true }) })]),
    ['warn undeliverable-secret'],
  ],
];

describe('inspectFlow', () => {
  it.each(CORPUS)('judges %s (F52)', (_title, flow, expected) => {
    expect(rulesOf(flow)).toEqual(expected);
  });

  it('finds the code of an interpreter under another name (F52)', () => {
    const source = 'class PythonREPLComponent: ...';
    const catalogue = parseCatalogue({
      langflowVersion: '1.13.0',
      components: { PythonREPLComponent: [hashCode(source)] },
    });
    const flow = flowOf([nodeOf('ChatInput', { code: field('code', source) })]);
    expect(inspectFlow(flow, catalogue)).toMatchObject([
      { rule: 'code-interpreter', nodeId: 'ChatInput-1' },
      {},
    ]);
  });

  it('tells code of an earlier release from custom code', () => {
    const source = 'class Old: ...';
    const earlier = { Old: [hashCode(source).slice(0, 12)] };
    const catalogue = parseCatalogue({ langflowVersion: '1.13.0', components: {}, earlier });
    const flow = flowOf([nodeOf('Old', { code: field('code', source) })]);
    expect(inspectFlow(flow, catalogue)[0]).toMatchObject({ severity: 'warn', rule: 'outdated-component' });
  });

  it('misses the output of a flow that has none', () => {
    expect(inspectFlow(flowOf([]), CATALOGUE)).toMatchObject([
      { severity: 'warn', rule: 'missing-chat-output', nodeId: null },
    ]);
  });

  it('names node and place, but quotes no value', () => {
    const flow = flowOf([nodeOf('APIRequest', { url_input: textField('http://me:s3cret-word@10.0.0.1/') })]);
    const [finding] = inspectFlow(flow, CATALOGUE);
    expect(finding!.detail).toBe(
      "'APIRequest' (APIRequest-1) points at the private host '10.0.0.1' (field 'url_input').",
    );
  });

  it('needs less than 50 ms for 500 nodes (F52)', () => {
    const { nodes } = starter('travel-planning-agents').flowData;
    const flow = flowOf(
      Array.from({ length: 500 }, (_, i) => ({ ...nodes[i % nodes.length]!, id: `n${i}` })),
    );
    inspectFlow(flow, CATALOGUE);
    const times = Array.from({ length: 10 }, () => {
      const start = performance.now();
      inspectFlow(flow, CATALOGUE);
      return performance.now() - start;
    });
    expect(Math.min(...times)).toBeLessThan(50);
  });

  it('refuses a catalogue that is none', () => {
    expect(() => parseCatalogue({ components: [] })).toThrow('not a component catalogue');
  });
});

describe('private hosts', () => {
  it.each([
    'http://127.0.0.1',
    'http://2130706433/',
    'http://0x7f.1/',
    'http://[::1]:80/',
    'http://[::ffff:127.0.0.1]/',
    'http://[fd00::1]/',
    'http://[fe80::1]/',
    'http://10.1.2.3',
    'http://172.31.0.1',
    'http://192.168.1.1',
    'http://169.254.169.254/',
    'http://100.64.0.1',
    'http://localhost.',
    'http://api.localhost',
    'http://db.internal:5432',
    'redis://redis:6379/0',
    'http://example.com@127.0.0.1/',
    'postgres://u:p@10.0.0.1/x',
    'http://0.0.0.0',
    'http://metadata.google.internal/',
  ])('%s is private (R56)', (url) => {
    expect(privateHostOf(url)).not.toBeNull();
  });

  it.each([
    'https://api.openai.com/v1',
    'http://8.8.8.8',
    'http://[2606:4700::1111]/',
    'http://172.32.0.1',
    'no address',
    'a://',
  ])('%s is not', (url) => {
    expect(privateHostOf(url)).toBeNull();
  });

  it('judges hosts without a scheme too', () => {
    expect([isPrivateHost('db'), isPrivateHost('db.example.com')]).toEqual([true, false]);
  });
});
