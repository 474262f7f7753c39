import { Readable } from 'node:stream';
import { SystemClock, newId } from '@weir/kernel';
import { echoFlow, generateEngineKeys, startEngineFixture } from '@weir/testing';
import type { EngineFixture } from '@weir/testing';
import { createEngineTokenIssuer } from './engine-token';

let engine: EngineFixture;
beforeAll(async () => {
  engine = await startEngineFixture();
});
afterAll(() => engine.stop());

describe('engine identity', () => {
  it('makes the user when its first token arrives, and finds the same one again (N1)', async () => {
    const first = await engine.client.whoami(engine.tokenOf('alice'));
    expect(first).toEqual({ id: first.id, username: 'alice', isActive: true, isSuperuser: false });
    expect(await engine.client.whoami(engine.tokenOf('alice'))).toEqual(first);
    expect((await engine.client.whoami(engine.tokenOf('bob'))).id).not.toBe(first.id);
  });

  it.each([
    ['another key', { privateKeyPem: generateEngineKeys().privateKeyPem }],
    ['another audience', { audience: 'elsewhere' }],
    ['another issuer', { issuer: 'somebody' }],
    ['an expiry in the past', { clock: { now: () => new Date(Date.now() - 3_600_000) } }],
  ])('a token with %s is refused as credential_rejected (N1)', async (_, change) => {
    const keys = generateEngineKeys();
    const other = await startEngineFixture();
    const forged = createEngineTokenIssuer({
      privateKeyPem: keys.privateKeyPem,
      issuer: 'weir',
      audience: 'langflow',
      lifetimeSeconds: 300,
      clock: new SystemClock(),
      ...change,
    });
    const token = forged.issue({ subject: 's', username: 'mallory' });
    await expect(other.client.whoami(token)).rejects.toMatchObject({
      kind: 'credential_rejected',
      status: 401,
    });
    expect(other.fake.identities.users.size).toBe(0);
    await other.stop();
  });

  it('creates an API key that runs, and takes it away again, twice without harm', async () => {
    const flowId = newId();
    const { token } = await engine.userWithFlow('keys', flowId, echoFlow());
    const key = await engine.client.createApiKey(token, 'second');
    const request = { inputValue: 'hi', sessionId: 's' };
    expect((await engine.client.run(key.apiKey, flowId, request)).text).toBe('hi');
    await engine.client.deleteApiKey(token, key.id);
    await engine.client.deleteApiKey(token, key.id);
    await expect(engine.client.run(key.apiKey, flowId, request)).rejects.toMatchObject({
      kind: 'credential_rejected',
    });
  });
});

describe('flows', () => {
  it('are created under our id, replaced, read, listed without data and deleted', async () => {
    const token = engine.tokenOf('flows');
    const id = newId();
    const created = await engine.client.putFlow(token, id, { name: 'one', data: echoFlow(), tags: ['a'] });
    expect(created).toMatchObject({ id, name: 'one', endpointName: null });
    await engine.client.putFlow(token, id, {
      name: 'two',
      description: 'd',
      data: echoFlow(),
      endpointName: 'two',
    });
    expect(await engine.client.getFlow(token, id)).toMatchObject({
      name: 'two',
      description: 'd',
      endpointName: 'two',
      data: echoFlow(),
    });
    expect(await engine.client.listFlows(token)).toMatchObject([{ id, name: 'two', data: null }]);
    expect(await engine.client.deleteFlow(token, id)).toBe(true);
    expect(await engine.client.deleteFlow(token, id)).toBe(false);
  });

  it('are always pushed as private and without MCP', async () => {
    const id = newId();
    await engine.client.putFlow(engine.tokenOf('private'), id, { name: 'p', data: echoFlow() });
    expect(engine.fake.flows.all.find((flow) => flow.id === id)).toMatchObject({
      accessType: 'PRIVATE',
      mcpEnabled: false,
    });
  });

  it('of another user are not found: not to read, replace, delete or run', async () => {
    const id = newId();
    await engine.userWithFlow('owner', id, echoFlow());
    const other = await engine.userWithFlow('stranger', newId(), echoFlow());
    const missing = { kind: 'flow_not_found', status: 404 };
    await expect(engine.client.getFlow(other.token, id)).rejects.toMatchObject(missing);
    await expect(
      engine.client.putFlow(other.token, id, { name: 'x', data: echoFlow() }),
    ).rejects.toMatchObject(missing);
    await expect(
      engine.client.run(other.apiKey, id, { inputValue: 'x', sessionId: 's' }),
    ).rejects.toMatchObject(missing);
    expect(await engine.client.deleteFlow(other.token, id)).toBe(false);
    expect(engine.fake.flows.all.some((flow) => flow.id === id)).toBe(true);
  });

  it('that the engine refuses say so: data without edges, a taken endpoint name', async () => {
    const token = engine.tokenOf('refused');
    await expect(
      engine.client.putFlow(token, newId(), { name: 'x', data: { nodes: [] } }),
    ).rejects.toMatchObject({ kind: 'flow_refused', status: 422 });
    await engine.client.putFlow(token, newId(), { name: 'a', data: echoFlow(), endpointName: 'mine' });
    const clash = engine.client.putFlow(token, newId(), {
      name: 'b',
      data: echoFlow(),
      endpointName: 'mine',
    });
    await expect(clash).rejects.toMatchObject({ kind: 'flow_refused', status: 409 });
  });
});

describe('sessions', () => {
  it('are listed per flow and deleted for this user only (F81)', async () => {
    const [mine, theirs] = [newId(), newId()];
    const alice = await engine.userWithFlow('session-a', mine, echoFlow());
    const bob = await engine.userWithFlow('session-b', theirs, echoFlow());
    await engine.client.run(alice.apiKey, mine, { inputValue: '1', sessionId: 'shared name' });
    await engine.client.run(bob.apiKey, theirs, { inputValue: '2', sessionId: 'shared name' });
    expect(await engine.client.listSessions(alice.token, mine)).toEqual(['shared name']);
    await engine.client.deleteSession(alice.token, 'shared name');
    await engine.client.deleteSession(alice.token, 'never there');
    expect(await engine.client.listSessions(alice.token, mine)).toEqual([]);
    expect(await engine.client.listSessions(bob.token, theirs)).toEqual(['shared name']);
  });
});

describe('files', () => {
  it.each([
    ['a buffer', () => Buffer.from('hello')],
    ['a stream', () => Readable.from([Buffer.from('hel'), Buffer.from('lo')])],
  ])('are uploaded from %s', async (_, content) => {
    const token = engine.tokenOf('files');
    const { id } = await engine.client.whoami(token);
    const file = await engine.client.uploadFile(token, 'note.txt', content(), 'text/plain');
    expect(file).toMatchObject({ name: 'note', path: `${id}/note.txt`, sizeBytes: 5 });
  });

  it.each(['_mcp_servers_x.json', '../up.txt', 'a\r\nb.txt', ''])(
    'are refused under the name %j (R54)',
    async (name) => {
      const upload = engine.client.uploadFile(engine.tokenOf('files'), name, Buffer.from('x'), 'text/plain');
      await expect(upload).rejects.toMatchObject({ code: 'validation_failed' });
    },
  );
});
