import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ApiClient, ApiResponse } from '../support/api-client';
import { startEngineApp, type EngineApp } from '../support/engine-app';
import { expectProblem } from '../support/expect-problem';
import { joinOrganization } from '../support/isolation/identities';
import { created, echo, nodeOfType, starterExport } from './workflow-fixtures';

describe('Published workflows', () => {
  let api: EngineApp;
  let ada: ApiClient;
  let key: Record<string, string>;
  let echoId: string;

  beforeAll(async () => {
    api = await startEngineApp();
    ada = await api.signUp('Ada');
    await ada.put('/v1/secrets/OPENAI_API_KEY', { value: 'sk-river-0123456789abcdef' });
    echoId = (await published({ name: 'Echo, the first!', flowData: echo() })).id;
    await published({ name: 'Typed', description: 'Takes more', flowData: typedFlow() });
    key = await keyOf(ada);
  });

  afterAll(() => api.stop());
  beforeEach(() => api.fake.reset());

  async function published(input: Record<string, unknown>, person = ada): Promise<any> {
    const workflow = await created(person, input);
    return (await person.post(`/v1/workflows/${workflow.id}/versions/1/publish`)).body;
  }
  async function keyOf(person: ApiClient, input: object = {}): Promise<Record<string, string>> {
    const { body } = await person.post('/v1/api-keys', {
      name: 'Shop',
      scopes: ['runs:write', 'workflows:read'],
      ...input,
    });
    return { 'x-api-key': body.key };
  }
  const run = (slug: string, body: unknown, headers: Record<string, string> = {}): Promise<ApiResponse> =>
    api.anonymous().post(`/v1/run/${slug}`, body, { ...key, ...headers });

  /** Basic Prompting with a text, a number and an integer that a run may set. */
  function typedFlow(): any {
    const flow = starterExport('basic-prompting').data;
    nodeOfType(flow, 'Prompt').data.node.template.template.api_editable = true;
    const { template } = nodeOfType(flow, 'LanguageModelComponent').data.node;
    template.temperature.api_editable = true;
    Object.assign(template.max_tokens, { api_editable: true, required: true, value: '' });
    return flow;
  }

  describe('by slug', () => {
    it('run with a key and with a session, by the slug of their name (F41)', async () => {
      expect((await ada.get(`/v1/workflows/${echoId}`)).body.slug).toBe('echo-the-first');
      const { status, body } = await run('echo-the-first', { input: 'Hello' });
      expect(status).toBe(200);
      expect(body).toMatchObject({
        workflowId: echoId,
        status: 'succeeded',
        mode: 'sync',
        output: { text: 'Hello' },
      });
      expect((await ada.post('/v1/run/echo-the-first', { input: 'Hi' })).body.output.text).toBe('Hi');
    });

    it('are not there as drafts, archived, deleted, unpublished or under a slug that is none (F41)', async () => {
      const expectMissing = async (slug: string) => expectProblem(await run(slug, { input: 'x' }), 404);
      const draft = await created(ada, { name: 'Draft', flowData: echo() });
      await expectMissing('draft');
      await ada.post(`/v1/workflows/${draft.id}/versions/1/publish`);
      expect((await run('draft', { input: 'x' })).status).toBe(200);
      await ada.patch(`/v1/workflows/${draft.id}`, { archived: true });
      await expectMissing('draft');
      await ada.patch(`/v1/workflows/${draft.id}`, { archived: false });
      await ada.post(`/v1/workflows/${draft.id}/unpublish`);
      await expectMissing('draft');
      await ada.delete(`/v1/workflows/${draft.id}`);
      for (const slug of ['draft', 'nothing', '%25', '%00', 'Echo-the-first', echoId])
        await expectMissing(slug);
    });

    it('are not there for another organization, nor for a key that is limited to others (F34, F35)', async () => {
      const eve = await api.signUp('Eve');
      const foreign = await run('echo-the-first', { input: 'x' }, await keyOf(eve));
      const missing = await run('echo-the-fourth', { input: 'x' }, await keyOf(eve));
      expectProblem(foreign, 404);
      const comparable = ({ text, headers }: ApiResponse, slug: string) =>
        text.replace(slug, '').replace(headers.get('x-request-id') ?? '', '');
      expect(comparable(foreign, 'echo-the-first')).toBe(comparable(missing, 'echo-the-fourth'));
      const other = await published({ name: 'Another', flowData: echo() });
      const limited = await keyOf(ada, { workflowIds: [other.id] });
      expectProblem(await run('echo-the-first', { input: 'x' }, limited), 404);
      expect((await run('another', { input: 'x' }, limited)).status).toBe(200);
    });

    it('answer another method with 405 and those that there are (F42)', async () => {
      for (const method of ['GET', 'PUT', 'DELETE']) {
        const response = await api.anonymous().request(method, '/v1/run/echo-the-first', { headers: key });
        expectProblem(response, 405);
        expect(response.headers.get('allow')).toBe('POST');
      }
    });

    it.each<[string, string, Record<string, string>]>([
      ['?stream=true', '?stream=true', {}],
      ['Accept', '', { accept: 'text/event-stream' }],
    ])('stream their events with %s', async (_what, query, headers) => {
      const response = await api
        .anonymous()
        .post(`/v1/run/echo-the-first${query}`, { input: 'Hello' }, { ...key, ...headers });
      expect(response.headers.get('content-type')).toContain('text/event-stream');
      expect(response.text).toContain('event: session_start');
      expect(response.text).toContain('event: done');
    });

    it('run once for an Idempotency-Key', async () => {
      const headers = { 'idempotency-key': 'order 17' };
      const first = await run('echo-the-first', { input: 'once' }, headers);
      const second = await run('echo-the-first', { input: 'once' }, headers);
      expect(second.body).toEqual(first.body);
      expect(second.headers.get('idempotency-replayed')).toBe('true');
      expect(api.fake.runRequests).toHaveLength(1);
    });

    it('answer a failed run with its id, never with 200 (F45)', async () => {
      api.fake.failNext({ kind: 'respond', status: 500, body: { detail: 'broken' } });
      const response = await run('echo-the-first', { input: 'x' });
      expectProblem(response, 502);
      expect(response.body.runId).toMatch(/^[0-9a-f-]{36}$/);
    });
  });

  describe('with typed inputs', () => {
    const whole = { input: 'Hello', max_tokens: 50 };
    const sent = (): any => api.fake.runRequests.at(-1)?.body;

    it('pass each one on to its place', async () => {
      const { status } = await run('typed', { ...whole, template: 'Be brief.', temperature: 0.2 });
      expect(status).toBe(200);
      const tweaks = JSON.stringify(sent().tweaks);
      expect(sent().input_value).toBe('Hello');
      for (const value of ['"template":"Be brief."', '"temperature":0.2', '"max_tokens":50'])
        expect(tweaks).toContain(value);
    });

    it.each<[string, unknown, string[]]>([
      ['nothing', undefined, ['']],
      ['a list', [], ['']],
      ['no member', {}, ['/input', '/max_tokens']],
      ['members of other types', { input: 7, max_tokens: '50' }, ['/input', '/max_tokens']],
      ['a member that is not known', { ...whole, tweaks: {} }, ['/tweaks']],
      ['a key that is smuggled in', { ...whole, api_key: 'sk-x' }, ['/api_key']],
    ])('are refused with %s before the engine hears of it (F43)', async (_what, body, pointers) => {
      const runs = () => api.database.query('select id from runs order by id');
      const before = await runs();
      const response = await run('typed', body);
      expectProblem(response, 422);
      expect(response.body.errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual(pointers);
      expect(api.fake.requests).toEqual([]);
      expect(await runs()).toEqual(before);
    });
  });

  describe('and their slugs', () => {
    it('get a number when the organization has the name already, from whomever', async () => {
      const names = ['Twin', 'Twin?', 'Twin!'];
      const slugs = [];
      for (const name of names) slugs.push((await created(ada, { name, flowData: echo() })).slug);
      expect(slugs).toEqual(['twin', 'twin-2', 'twin-3']);
      const bob = await joinOrganization(api, ada, 'builder');
      await bob.post('/v1/projects', { name: 'Mine' });
      const project = (await bob.get('/v1/projects')).body.data.find(({ name }: any) => name === 'Mine').id;
      const theirs = await bob.post(`/v1/projects/${project}/workflows`, { name: 'Twin', flowData: echo() });
      expect(theirs.body.slug).toBe('twin-4');
      const eve = await api.signUp('Eve');
      expect((await created(eve, { name: 'Twin', flowData: echo() })).slug).toBe('twin');
    });

    it('stay unique when many are made at once', async () => {
      const all = await Promise.all(
        Array.from({ length: 8 }, (_, number) => created(ada, { name: `Rush${'!'.repeat(number)}` })),
      );
      expect(new Set(all.map(({ slug }) => slug)).size).toBe(8);
    });

    it('are changed, and the old address ends', async () => {
      const { id } = await published({ name: 'Old name', flowData: echo() });
      const changed = await ada.patch(`/v1/workflows/${id}`, { slug: 'new-name' });
      expect([changed.status, changed.body.slug]).toEqual([200, 'new-name']);
      expect((await ada.patch(`/v1/workflows/${id}`, { slug: 'new-name' })).status).toBe(200);
      expect((await run('new-name', { input: 'x' })).status).toBe(200);
      expectProblem(await run('old-name', { input: 'x' }), 404);
      const taken = await ada.patch(`/v1/workflows/${id}`, { slug: 'typed' });
      expectProblem(taken, 409);
      expect(taken.body.code).toBe('workflow_slug_taken');
      // A deleted one is free again.
      await ada.delete(`/v1/workflows/${id}`);
      expect((await created(ada, { name: 'New name', flowData: echo() })).slug).toBe('new-name');
    });

    it.each(['%', 'acm_', '-a', 'ab', 'UPPER', 'x'.repeat(64), 'a b', '../x', ''])(
      "cannot be '%s'",
      async (slug) => {
        const response = await ada.patch(`/v1/workflows/${echoId}`, { slug });
        expectProblem(response, 422);
        expect(response.body.errors[0].pointer).toBe('/slug');
      },
    );
  });

  describe('as an OpenAPI document', () => {
    const documentOf = (person: ApiClient, id = person.me.organization.id) =>
      person.get(`/v1/organizations/${id}/openapi.json`);

    it('have a typed path each, and none that is not published (F44)', async () => {
      await created(ada, { name: 'Only a draft', flowData: echo() });
      const { status, body } = await documentOf(ada);
      expect(status).toBe(200);
      expect(body.openapi).toBe('3.1.0');
      const typed = body.paths['/v1/run/typed'].post;
      expect(typed).toMatchObject({ summary: 'Typed', description: 'Takes more' });
      const { schema } = typed.requestBody.content['application/json'];
      expect(schema).toMatchObject({
        properties: {
          input: { type: 'string' },
          template: { type: 'string' },
          temperature: { type: 'number' },
          max_tokens: { type: 'integer' },
        },
        additionalProperties: false,
      });
      expect(schema.required.toSorted()).toEqual(['input', 'max_tokens']);
      expect(Object.keys(body.components.securitySchemes)).toEqual(['bearer', 'apiKey']);
      expect(body.paths).not.toHaveProperty(['/v1/run/only-a-draft']);
      const asKey = await api
        .anonymous()
        .get(`/v1/organizations/${ada.me.organization.id}/openapi.json`, key);
      expect(asKey.body).toEqual(body);
    });

    it('pass the linter (F44)', async () => {
      const folder = mkdtempSync(join(tmpdir(), 'weir-openapi-'));
      const file = join(folder, 'openapi.json');
      for (const person of [ada, await api.signUp('Nobody')]) {
        writeFileSync(file, (await documentOf(person)).text);
        const linted = spawnSync(process.execPath, ['test/contract/lint-openapi.mts', file], {
          encoding: 'utf8',
        });
        expect(linted.stdout + linted.stderr).toBe('');
      }
      rmSync(folder, { recursive: true });
    });

    it('have nothing of another organization (F44)', async () => {
      const eve = await api.signUp('Eve');
      await published({ name: 'Canary of Eve', flowData: echo() }, eve);
      expect((await documentOf(ada)).text).not.toMatch(/canary/i);
      expect(Object.keys((await documentOf(eve)).body.paths)).toEqual(['/v1/run/canary-of-eve']);
      expectProblem(await documentOf(eve, ada.me.organization.id), 404);
    });
  });
});
