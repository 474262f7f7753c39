import type { JsonObject } from '@weir/kernel';
import { arrayOf, objectOf } from './walk';
import { buildTweaks, inspectFlow, liftSecrets, listBindings } from './index';
import {
  CATALOGUE,
  field,
  fieldAt,
  flowOf,
  groupOf,
  headersField,
  nodeOf,
  textField,
} from './testing/sample-flows';

const SECRET = 'Xq7-canary-93f1';

function lift(name: string, content: JsonObject, type = 'APIRequest') {
  const { flowData, lifted } = liftSecrets(flowOf([nodeOf(type, { [name]: content })]));
  return { flowData, lifted, text: JSON.stringify(flowData), field: fieldAt(flowData, `${type}-1`, name) };
}

describe('secrets in tables', () => {
  it('become references of their cells, the way Langflow resolves tables (F53)', () => {
    const rows = [
      { key: 'User-Agent', value: 'Langflow/1.0' },
      { key: 'Authorization', value: `Bearer ${SECRET}` },
    ];
    const { field: headers, lifted, flowData } = lift('headers', headersField(rows));
    expect(lifted.map(({ name, value, field: place }) => [name, value, place])).toEqual([
      ['API_REQUEST_AUTHORIZATION', `Bearer ${SECRET}`, 'headers/1/value'],
    ]);
    expect(headers['value']).toEqual([
      { key: 'User-Agent', value: 'Langflow/1.0', __load_from_db_fields: { value: false } },
      { key: 'Authorization', value: 'API_REQUEST_AUTHORIZATION', __load_from_db_fields: { value: true } },
    ]);
    expect(headers['table_schema']).toMatchObject([{ name: 'key' }, { name: 'value', load_from_db: true }]);
    expect(listBindings(flowData)).toMatchObject([
      { field: 'headers/1/value', delivery: 'reference', required: true },
    ]);
  });

  it('keep earlier references when another cell is lifted', () => {
    const first = lift('headers', headersField([{ key: 'X-One', value: 'first-secret-1' }]));
    arrayOf(first.field['value']).push({ key: 'X-Two', value: 'second-secret-2' });
    const second = liftSecrets(first.flowData);
    expect(listBindings(second.flowData).map(({ secretName }) => secretName)).toEqual([
      'API_REQUEST_X_ONE',
      'API_REQUEST_X_TWO',
    ]);
  });

  it('are found by the name of a column too', () => {
    const table = field('table', [{ host: 'db', password: SECRET }], {
      table_schema: [{ name: 'host' }, { name: 'password' }],
    });
    expect(lift('servers', table).text).not.toContain(SECRET);
  });
});

describe('secrets in texts that are more than the secret', () => {
  it.each([
    ['curl_input', `curl https://api.example.com -H 'Authorization: Token ${SECRET}'`],
    ['curl_input', `curl -u me:${SECRET} https://api.example.com`],
    ['curl_input', `curl https://api.example.com --cookie "session=${SECRET}"`],
    ['curl_input', `curl https://api.example.com -d '{"password":"${SECRET}"}'`],
    ['curl_input', `curl "https://api.example.com/?api_key=${SECRET}"`],
    ['url_input', `https://me:${SECRET}@example.com/feed`],
    ['url_input', `https://example.com/feed?token=${SECRET}&page=2`],
    ['database_url', `postgresql+psycopg2://app:${SECRET}@db.example.com:5432/app`],
    ['database_uri', `Server=db.example.com;User=app;Password=${SECRET};`],
    ['uri', `mongodb+srv://app:${SECRET}@cluster0.example.net/?retryWrites=true`],
    ['connection_string', `DefaultEndpointsProtocol=https;AccountKey=${SECRET}`],
    ['json_string', `{"type":"service_account","private_key":"${SECRET}"}`],
    ['dotenv_file_content', `OPENAI_API_KEY=${SECRET}`],
    ['repository_url', `https://x-access-token:${SECRET}@git.example.com/a/b.git`],
    ['api_key', SECRET],
  ])('are lifted with the whole text from %s: %s', (name, value) => {
    const { lifted, text, field: after } = lift(name, textField(value));
    expect(lifted.map((secret) => secret.value)).toEqual([value]);
    expect(text).not.toContain(SECRET);
    expect(after).toMatchObject({ load_from_db: true, value: lifted[0]!.name });
  });

  it.each([
    ['curl_input', `curl -X GET https://example.com -H 'Accept: application/json'`],
    ['url_input', 'https://example.com/feed?page=2'],
    ['database_url', 'sqlite:///./data.db'],
    ['json_string', '{"city":"Lisbon"}'],
    ['base_url', 'https://api.example.com/v1'],
  ])('leave %s alone when there is none: %s', (name, value) => {
    expect(lift(name, textField(value)).lifted).toEqual([]);
  });
});

describe('secrets where Langflow knows no reference', () => {
  const mcp = (config: JsonObject) => field('mcp', { name: 'server', config }, { _input_type: 'McpInput' });

  it.each([
    ['headers', field('dict', { Authorization: `Bearer ${SECRET}` })],
    ['headers', field('dict', [{ key: 'X-Key', value: SECRET }], { list: true })],
    ['model_kwargs', field('dict', { temperature: 0.2, api_key: SECRET })],
    ['kwargs', field('NestedDict', { outer: { client_secret: SECRET } })],
    ['urls', textField([`https://me:${SECRET}@example.com`, 'https://example.com'], { list: true })],
    ['mcp_server', mcp({ command: 'npx', env: { WHATEVER: SECRET } })],
    ['mcp_server', mcp({ url: 'https://mcp.example.com', headers: { 'X-Custom': SECRET } })],
    ['mcp_server', mcp({ url: `https://mcp.example.com/?api_key=${SECRET}` })],
    ['mcp_server', mcp({ command: 'npx', args: ['server', '--token', SECRET] })],
    ['mcp_server', mcp({ command: 'npx', args: [`--api-key=${SECRET}`] })],
  ])('travel as a tweak of %s', (name, content) => {
    const before = structuredClone(content['value']!);
    const { flowData, lifted, text } = lift(name, content, 'MCPTools');
    expect(text).not.toContain(SECRET);
    expect(listBindings(flowData)).toMatchObject([
      { delivery: 'tweak', field: name, secretName: lifted[0]!.name },
    ]);

    const { tweaks } = buildTweaks(flowData, new Map([[lifted[0]!.name, lifted[0]!.value]]));
    const sent = objectOf(tweaks['MCPTools-1'])[name];
    const isWrapped = content['type'] === 'dict' && !Array.isArray(before);
    expect(sent).toEqual(isWrapped ? { value: before } : before);
  });

  it('are reported when a group hides them from tweaks', () => {
    const inner = nodeOf('MCPTools', { headers: field('dict', { 'X-Key': SECRET }) }, 'Inner-1');
    const { flowData, lifted } = liftSecrets(flowOf([groupOf([inner], {})]));
    const values = new Map(lifted.map(({ name, value }) => [name, value]));
    expect(buildTweaks(flowData, values)).toMatchObject({ tweaks: {}, unreachable: [{ nodeId: 'Inner-1' }] });
    expect(inspectFlow(flowData, CATALOGUE).map(({ rule }) => rule)).toContain('undeliverable-secret');
  });
});
