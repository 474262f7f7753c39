import type { JsonValue } from '@weir/kernel';
import {
  describeInputs,
  hashFlow,
  inspectFlow,
  liftSecrets,
  listBindings,
  parseFlow,
  sanitizeFlowData,
  toExport,
  type FlowData,
} from './index';
import { CATALOGUE, fieldAt, starter, starterFile, STARTER_SLUGS } from './testing/sample-flows';

/** Pointers of everything that differs. */
function differences(a: JsonValue, b: JsonValue, at = ''): string[] {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b ? [] : [at];
  const [left, right] = [Object.entries(a), Object.entries(b)];
  if (left.map(([key]) => key).join() !== right.map(([key]) => key).join()) return [at];
  return left.flatMap(([key, value], i) => differences(value, right[i]![1], `${at}/${key}`));
}

describe.each(STARTER_SLUGS)('the starter flow %s', (slug) => {
  const document = starter(slug);
  const { flowData, lifted } = liftSecrets(document.flowData);

  it('is read byte for byte (F47)', () => {
    expect(JSON.stringify(document.flowData)).toBe(JSON.stringify(starterFile(slug)['data']));
  });

  it('holds no secret, and changes in nothing but empty keys that become references (F53)', () => {
    expect(lifted).toEqual([]);
    const bindings = new Set(listBindings(flowData).map(({ nodeId, field }) => `${nodeId}.${field}`));
    const changed = new Set(
      differences(document.flowData, flowData).map((pointer) => {
        const [, , index, , , , field] = pointer.split('/');
        return `${flowData.nodes[Number(index)]!.id}.${field}`;
      }),
    );
    expect([...changed].filter((place) => !bindings.has(place))).toEqual([]);
  });

  it('is left alone by a second pass and by the sanitizer', () => {
    expect(JSON.stringify(liftSecrets(flowData).flowData)).toBe(JSON.stringify(flowData));
    expect(JSON.stringify(sanitizeFlowData(flowData))).toBe(JSON.stringify(flowData));
  });

  it('may run on a shared engine (F52)', () => {
    expect(inspectFlow(flowData, CATALOGUE).filter(({ severity }) => severity === 'block')).toEqual([]);
  });

  it('comes back equal from its own export (S5)', () => {
    const again = parseFlow(JSON.parse(JSON.stringify(toExport({ ...document, flowData }))));
    expect(again).toEqual({ ...document, flowData });
    expect(hashFlow(again.flowData)).toBe(hashFlow(flowData));
  });

  it('says what it answers with', () => {
    expect(describeInputs(flowData).hasChatOutput).toBe(true);
  });
});

describe('bindings of starter flows', () => {
  const bindingsOf = (flowData: FlowData) =>
    listBindings(liftSecrets(flowData).flowData).map(({ component, field, secretName, required }) => [
      component,
      field,
      secretName,
      required,
    ]);

  it('are one key per agent when no provider is chosen yet', () => {
    expect(bindingsOf(starter('simple-agent').flowData)).toEqual([
      ['Agent', 'api_key', 'OPENAI_API_KEY', true],
    ]);
  });

  it('are the usual names of the services in use', () => {
    expect(bindingsOf(starter('hybrid-search-rag').flowData)).toEqual([
      ['AstraDB', 'token', 'ASTRA_DB_APPLICATION_TOKEN', true],
      ['Agent', 'api_key', 'OPENAI_API_KEY', true],
      ['AstraDB', 'token', 'ASTRA_DB_APPLICATION_TOKEN', true],
    ]);
  });

  it('are none for Echo, which needs no key', () => {
    expect(bindingsOf(starter('echo').flowData)).toEqual([]);
    expect(describeInputs(starter('echo').flowData)).toMatchObject({
      hasChatInput: true,
      hasChatOutput: true,
    });
  });

  it.each([
    ['Anthropic', 'ANTHROPIC_API_KEY'],
    ['Google Generative AI', 'GOOGLE_API_KEY'],
    ['Groq', 'GROQ_API_KEY'],
    ['IBM WatsonX', 'WATSONX_APIKEY'],
    ['OpenRouter', 'OPENROUTER_API_KEY'],
  ])('follow the model: %s needs %s', (provider, name) => {
    const { flowData } = liftSecrets(starter('simple-agent').flowData);
    const agent = listBindings(flowData)[0]!.nodeId;
    fieldAt(flowData, agent, 'model')['value'] = [{ name: 'some-model', provider }];
    expect(bindingsOf(flowData)).toEqual([['Agent', 'api_key', name, true]]);
  });
});
