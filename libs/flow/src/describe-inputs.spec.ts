import { describeInputs, hashFlow, listBindings, liftSecrets, toExport } from './index';
import { field, flowOf, groupOf, nodeOf, secretField, starter, textField } from './testing/sample-flows';

describe('describeInputs', () => {
  it('describes chat, texts, files and exposed fields as JSON Schema (F47)', () => {
    const flow = flowOf([
      nodeOf('ChatInput', { input_value: textField('') }),
      nodeOf('File', { path: field('file', '', { display_name: 'Files', required: true }) }),
      nodeOf('Agent', {
        temperature: field('slider', 0.5, { display_name: 'Temperature', api_editable: true }),
        hidden: textField('x'),
        api_key: secretField('OPENAI_API_KEY', { load_from_db: true, api_editable: true }),
      }),
      nodeOf('ChatOutput', {}),
    ]);
    const description = describeInputs(flow);
    expect(description).toMatchObject({ hasChatInput: true, hasChatOutput: true });
    expect(description.inputs.map(({ kind, nodeId, field: name }) => [kind, nodeId, name])).toEqual([
      ['chat', 'ChatInput-1', 'input_value'],
      ['file', 'File-1', 'path'],
      ['tweak', 'Agent-1', 'temperature'],
    ]);
    expect(description.inputSchema).toEqual({
      type: 'object',
      properties: {
        input: { type: 'string', title: 'Message' },
        files: {
          type: 'object',
          properties: {
            'File-1': {
              type: 'object',
              properties: { path: { type: 'string', title: 'Files' } },
              required: ['path'],
            },
          },
        },
        tweaks: {
          type: 'object',
          properties: {
            'Agent-1': {
              type: 'object',
              properties: { temperature: { type: 'number', title: 'Temperature' } },
            },
          },
        },
      },
      required: ['files'],
      additionalProperties: false,
    });
    expect(description.outputs).toEqual([
      { kind: 'chat', nodeId: 'ChatOutput-1', component: 'ChatOutput', title: 'ChatOutput' },
    ]);
  });

  it('leaves out what another node feeds, and fields inside groups', () => {
    const exposed = { x: textField('', { api_editable: true }) };
    const edge = { source: 'A-1', target: 'B-1', data: { targetHandle: { fieldName: 'x' } } };
    const flow = flowOf([nodeOf('A', {}), nodeOf('B', exposed), groupOf([nodeOf('C', exposed)], {})], [edge]);
    expect(describeInputs(flow).inputs).toEqual([]);
  });

  it('finds the chat of a group', () => {
    expect(describeInputs(flowOf([groupOf([nodeOf('ChatInput', {})], {})])).hasChatInput).toBe(true);
  });
});

describe('hashFlow', () => {
  it('does not depend on the order of members, but on every value and the order of nodes', () => {
    const { flowData } = starter('simple-agent');
    const turned = JSON.parse(JSON.stringify(flowData), (_key, value: unknown) =>
      typeof value === 'object' && value !== null && !Array.isArray(value)
        ? Object.fromEntries(Object.entries(value).toReversed())
        : value,
    );
    expect(JSON.stringify(turned)).not.toBe(JSON.stringify(flowData));
    expect(hashFlow(turned)).toBe(hashFlow(flowData));
    expect(hashFlow(flowData)).toMatch(/^[0-9a-f]{64}$/);
    expect(hashFlow({ ...flowData, nodes: flowData.nodes.toReversed() })).not.toBe(hashFlow(flowData));
    expect(hashFlow({ ...flowData, viewport: { x: 1, y: 0, zoom: 1 } })).not.toBe(hashFlow(flowData));
  });
});

describe('toExport', () => {
  it('is a file for Langflow with bindings by name and no secret (S5)', () => {
    const flow = flowOf([nodeOf('Thing', { openai_api_key: secretField('some-secret-value-1') })]);
    const raw = toExport({ name: 'A', description: 'd', tags: ['t'], flowData: flow });
    expect(raw).toMatchObject({ name: 'A', description: 'd', tags: ['t'], is_component: false });
    expect(JSON.stringify(raw)).not.toContain('some-secret-value-1');

    const { flowData } = liftSecrets(flow);
    const file = toExport({ name: 'A', description: '', tags: [], flowData });
    expect(file['data']).toEqual(flowData);
    expect(listBindings(flowData).map(({ secretName }) => secretName)).toEqual(['OPENAI_API_KEY']);
  });
});
