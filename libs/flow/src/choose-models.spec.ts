import { chooseModels, MODEL_PROVIDERS } from './choose-models';
import { liftSecrets } from './lift-secrets';
import { listBindings } from './bindings';
import { starter as starterOf } from './testing/sample-flows';
import { fieldsOf } from './walk';
import type { FlowData } from './types';

const starter = (name: string): FlowData => starterOf(name).flowData;
const modelsOf = (flowData: FlowData): unknown[] =>
  [...fieldsOf(flowData)].filter(({ field }) => field['type'] === 'model').map(({ field }) => field['value']);

describe('chooseModels', () => {
  it('fills the model of a starter, which ships without one', () => {
    const flow = starter('basic-prompting');
    expect(modelsOf(flow)).toEqual(['']);
    expect(modelsOf(chooseModels(flow, { provider: 'openai' }))).toEqual([
      [expect.objectContaining({ provider: 'OpenAI', name: 'gpt-4o-mini' })],
    ]);
    expect(modelsOf(flow)).toEqual(['']);
  });

  it('takes the model that the person prefers, and leaves a chosen one alone', () => {
    const chosen = chooseModels(starter('basic-prompting'), { provider: 'openai', model: 'gpt-5.4' });
    expect(modelsOf(chosen)).toEqual([[expect.objectContaining({ name: 'gpt-5.4' })]]);
    expect(chooseModels(chosen, { provider: 'anthropic' })).toEqual(chosen);
  });

  it('leaves everything as it is for a provider that the engine has no components of', () => {
    expect(chooseModels(starter('simple-agent'), { provider: 'nobody' })).toEqual(starter('simple-agent'));
  });

  it.each([
    ['openai', 'OPENAI_API_KEY'],
    ['anthropic', 'ANTHROPIC_API_KEY'],
  ])('lets the key follow the provider: %s', (provider, secretName) => {
    const { flowData } = liftSecrets(chooseModels(starter('basic-prompting'), { provider }));
    expect(listBindings(flowData)).toContainEqual(expect.objectContaining({ secretName, required: true }));
    expect(MODEL_PROVIDERS).toContain(provider);
  });
});
