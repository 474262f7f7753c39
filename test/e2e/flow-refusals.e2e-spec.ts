import type { ApiClient } from '../support/api-client';
import { startTestApp, type TestApp } from '../support/test-app';
import { create, defaultProjectId, importFile, nodeOfType, starterExport } from './workflow-fixtures';

describe('Flows that are refused', () => {
  let api: TestApp;

  beforeAll(async () => {
    api = await startTestApp();
  });

  afterAll(() => api.stop());

  async function expectNothingStored(client: ApiClient): Promise<void> {
    for (const table of ['workflows', 'workflow_versions', 'secrets', 'engine_flows']) {
      const rows = await api.database.query(`select 1 from ${table} where user_id = $1`, [client.me.user.id]);
      expect([table, rows.length]).toEqual([table, 0]);
    }
  }

  const withoutOutput = (): any => {
    const flow = starterExport('echo');
    flow.data.nodes = flow.data.nodes.filter((node: any) => node.data.type === 'ChatInput');
    flow.data.edges = [];
    return flow;
  };
  const changed = (change: (flow: any) => void): any => {
    const flow = starterExport('echo');
    change(flow);
    return flow;
  };
  const nested = (depth: number): unknown => JSON.parse('['.repeat(depth) + ']'.repeat(depth));
  const crowd = (size: number): any => ({
    nodes: Array.from({ length: size }, (_unused, index) => ({ id: `n${index}`, data: { node: {} } })),
    edges: [],
  });

  it.each<[string, any, string]>([
    ['without a Chat Output', withoutOutput(), '/data/nodes'],
    ['with fs_path', changed((flow) => (flow.fs_path = '/etc/cron.d/x')), '/fs_path'],
    ['with fs_path beside the nodes', changed((flow) => (flow.data.fs_path = 'x.json')), '/data/fs_path'],
    ['with PUBLIC access', changed((flow) => (flow.access_type = 'PUBLIC')), '/access_type'],
    [
      'with public access beside the nodes',
      changed((flow) => (flow.data.access_type = 'public')),
      '/data/access_type',
    ],
    ['without nodes', changed((flow) => delete flow.data.nodes), '/data/nodes'],
    ['with nodes that are text', changed((flow) => (flow.data.nodes = 'x')), '/data/nodes'],
    ['with an edge to nowhere', changed((flow) => (flow.data.edges[0].source = 'x')), '/data/edges/0/source'],
    ['with too many nodes', changed((flow) => (flow.data = crowd(2001))), '/data/nodes'],
    [
      'with a NUL in a text',
      changed((flow) => (flow.data.nodes[0].data.node.description = 'a\u0000b')),
      '/data/nodes/0/data/node/description',
    ],
    ['nested too deeply', changed((flow) => (flow.data.viewport = nested(150))), '/data/viewport'],
  ])('refuses a flow %s with a pointer and a reason, and stores nothing', async (_what, flow, pointer) => {
    const ada = await api.signUp();
    const inBody = await create(ada, { name: 'X', flowData: flow });
    const inFile = await importFile(ada, JSON.stringify(flow));
    for (const [response, prefix] of [
      [inBody, '/flowData'],
      [inFile, ''],
    ] as const) {
      expect([response.status, response.body.code]).toEqual([422, 'validation_failed']);
      expect(response.body.errors[0].pointer.startsWith(`${prefix}${pointer}`)).toBe(true);
      expect(response.body.errors[0].detail).not.toBe('');
    }
    await expectNothingStored(ada);
  });

  it.each<[string, string | Uint8Array<ArrayBuffer>, RegExp]>([
    ['an image', Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0]), /PNG image/],
    ['a zip archive', Uint8Array.from([0x50, 0x4b, 0x03, 0x04, 0, 0]), /zip archive; unpack it/],
    ['an empty file', '', /is empty/],
    ['broken JSON', '{"data": {"nodes": [', /is not JSON/],
    ['bytes that are no text', Uint8Array.from([0x7b, 0xff, 0xfe]), /not UTF-8/],
  ])('refuses %s instead of JSON and stores nothing (F47)', async (_what, content, reason) => {
    const ada = await api.signUp();
    const response = await importFile(ada, content);
    expect(response.status).toBe(422);
    expect(response.body.errors).toEqual([{ pointer: '/file', detail: expect.stringMatching(reason) }]);
    await expectNothingStored(ada);
  });

  it('refuses names and tags with control characters in a file', async () => {
    const ada = await api.signUp();
    const response = await importFile(
      ada,
      JSON.stringify({ ...starterExport('echo'), name: 'a\u001b[2Jb', tags: ['a\nb'] }),
    );
    expect(response.status).toBe(422);
    expect(response.body.errors.map((error: any) => error.pointer)).toEqual(['/name', '/tags']);
    await expectNothingStored(ada);
  });

  it('wants multipart with a file, and knows no other fields', async () => {
    const ada = await api.signUp();
    const path = `/v1/projects/${await defaultProjectId(ada)}/workflows/import`;
    const json = await ada.post(path, starterExport('echo'));
    expect([json.status, json.body.code]).toEqual([415, 'unsupported_media_type']);
    const image = await ada.request('POST', path, { body: 'x', headers: { 'content-type': 'image/png' } });
    expect(image.status).toBe(415);
    const form = new FormData();
    form.append('inlineSecrets', 'store');
    const empty = await ada.request('POST', path, { body: form });
    expect([empty.status, empty.body.errors[0].pointer]).toEqual([422, '/file']);
    const wrong = await importFile(ada, JSON.stringify(starterExport('echo')), { inlineSecrets: 'keep' });
    expect([wrong.status, wrong.body.errors[0].pointer]).toEqual([422, '/inlineSecrets']);
    const unknown = await importFile(ada, JSON.stringify(starterExport('echo')), { owner: 'me' });
    expect([unknown.status, unknown.body.errors[0].pointer]).toEqual([422, '/owner']);
    await expectNothingStored(ada);
  });

  it('refuses 12 MB, in a body and in a file, and takes 9 MB (F47)', async () => {
    const ada = await api.signUp();
    const sized = (megabytes: number) =>
      changed(
        (flow) =>
          (nodeOfType(flow.data, 'ChatInput').data.node.documentation = 'x'.repeat(megabytes * 1024 * 1024)),
      );
    const inBody = await create(ada, { name: 'Big', flowData: sized(12) });
    const inFile = await importFile(ada, JSON.stringify(sized(12)));
    const between = await create(ada, { name: 'Big', flowData: sized(10) });
    expect([inBody.status, inFile.status, between.status]).toEqual([413, 413, 413]);
    expect(between.body.code).toBe('flow_too_large');
    for (const { headers } of [inBody, inFile]) expect(headers.get('content-type')).toMatch(/problem\+json/);
    await expectNothingStored(ada);
    expect((await create(ada, { name: 'Big', flowData: sized(9) })).status).toBe(201);
  });

  it('survives member names that mean something to JavaScript (R52)', async () => {
    const ada = await api.signUp();
    const flow = changed((document) => {
      document.data.nodes[0].data.node.metadata.constructor = { name: 'x' };
      document.data.nodes[0].data.node.metadata.toString = 1;
    });
    expect((await create(ada, { name: 'Odd', flowData: flow })).status).toBe(201);
    const polluted = JSON.stringify(starterExport('echo')).replace(
      '"edges"',
      '"__proto__":{"admin":true},"edges"',
    );
    expect((await importFile(ada, polluted)).status).toBe(422);
    const inBody = await ada.request('POST', `/v1/projects/${await defaultProjectId(ada)}/workflows`, {
      body: `{"name":"X","flowData":${polluted}}`,
    });
    expect([400, 422]).toContain(inBody.status);
  });

  it('answers nesting of ten thousand levels quickly, wherever it stands (R47)', async () => {
    const ada = await api.signUp();
    const deep = '['.repeat(10_000) + ']'.repeat(10_000);
    const path = `/v1/projects/${await defaultProjectId(ada)}/workflows`;
    for (const body of [
      `{"name":"X","flowData":{"nodes":[],"edges":[],"viewport":${deep}}}`,
      `{"name":"X","flowData":{"nodes":${deep},"edges":[]}}`,
    ]) {
      const began = performance.now();
      const response = await ada.request('POST', path, { body });
      expect(response.status).toBe(413);
      expect(performance.now() - began).toBeLessThan(1000);
    }
    expect((await importFile(ada, `{"data":{"nodes":[],"edges":[],"viewport":${deep}}}`)).status).toBe(422);
    await expectNothingStored(ada);
  });
});
