import { startTestApp, type TestApp } from '../support/test-app';
import { created } from './workflow-fixtures';

describe('Secrets that workflows need', () => {
  let api: TestApp;

  beforeAll(async () => {
    api = await startTestApp();
  });

  afterAll(() => api.stop());

  it('lists the secrets that a workflow needs and where a run would take them from (F57)', async () => {
    const ada = await api.signUp();
    const { id } = await created(ada, { name: 'Prompting', starter: 'basic-prompting' });
    const read = async () => (await ada.get(`/v1/workflows/${id}/bindings`)).body.data;
    const binding = {
      nodeId: expect.stringContaining('LanguageModelComponent'),
      nodeName: expect.any(String),
      component: 'LanguageModelComponent',
      field: 'api_key',
      secretName: 'OPENAI_API_KEY',
      provider: 'openai',
      required: true,
    };
    expect(await read()).toEqual([{ ...binding, resolved: 'missing' }]);
    await ada.put('/v1/secrets/OPENAI_API_KEY', { value: 'sk-not-a-real-key-123' });
    expect(await read()).toEqual([{ ...binding, resolved: 'user' }]);
  });

  it('names the workflows that use a secret when it is to be deleted (F58)', async () => {
    const ada = await api.signUp();
    const { id } = await created(ada, { name: 'Prompting', starter: 'basic-prompting' });
    await ada.put('/v1/secrets/OPENAI_API_KEY', { value: 'sk-not-a-real-key-123' });
    const refused = await ada.delete('/v1/secrets/OPENAI_API_KEY');
    expect(refused.status).toBe(409);
    expect(refused.body).toMatchObject({
      code: 'secret_in_use',
      workflows: [{ workflowId: id, workflowName: 'Prompting' }],
    });
    await ada.delete(`/v1/workflows/${id}`);
    expect((await ada.delete('/v1/secrets/OPENAI_API_KEY')).status).toBe(204);
  });
});
