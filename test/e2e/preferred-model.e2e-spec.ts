import type { ApiClient } from '../support/api-client';
import { startTestApp, type TestApp } from '../support/test-app';
import { created } from './workflow-fixtures';

describe('A workflow from a starter, which ships without a model', () => {
  let api: TestApp;

  beforeAll(async () => {
    api = await startTestApp();
  });

  afterAll(() => api.stop());

  /** The chosen model and the secret that it needs. */
  async function chosenBy(client: ApiClient): Promise<{ model: string; secretName: string }> {
    const { id } = await created(client, { name: 'From a starter', starter: 'basic-prompting' });
    const flow = (await client.get(`/v1/workflows/${id}/flow`)).text;
    const bindings = (await client.get(`/v1/workflows/${id}/bindings`)).body.data;
    return { model: /"name":"([^"]+)","icon"/.exec(flow)?.[1] ?? '', secretName: bindings[0].secretName };
  }

  it('gets the usual one when nothing is known about the person (S4)', async () => {
    expect(await chosenBy(await api.signUp())).toEqual({
      model: 'gpt-4o-mini',
      secretName: 'OPENAI_API_KEY',
    });
  });

  it('gets one of the provider whose key the person has', async () => {
    const ada = await api.signUp();
    await ada.put('/v1/secrets/ANTHROPIC_API_KEY', { value: 'sk-ant-0123456789' });
    expect(await chosenBy(ada)).toEqual({ model: 'claude-sonnet-4-6', secretName: 'ANTHROPIC_API_KEY' });
  });

  it('gets what the settings say (S1)', async () => {
    const ada = await api.signUp();
    const settings = { defaultLlmProvider: 'openai', modelDefaults: { openai: { model: 'gpt-5.4' } } };
    expect((await ada.patch('/v1/settings', settings)).status).toBe(200);
    expect(await chosenBy(ada)).toEqual({ model: 'gpt-5.4', secretName: 'OPENAI_API_KEY' });
  });
});
