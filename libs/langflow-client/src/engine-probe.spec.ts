import { startEngineFixture } from '@weir/testing';
import type { EngineFixture } from '@weir/testing';

let engine: EngineFixture;
beforeEach(async () => {
  engine = await startEngineFixture();
});
afterEach(() => engine.stop());

describe('probe', () => {
  it('finds nothing wrong with a hardened engine of a supported version', async () => {
    expect(await engine.client.probe()).toEqual({
      version: '1.13.0',
      healthy: true,
      autoLogin: false,
      customComponents: false,
      problems: [],
    });
  });

  it('needs no credential', async () => {
    await engine.client.probe();
    expect(
      engine.fake.requests.every(({ headers }) => !('authorization' in headers) && !('x-api-key' in headers)),
    ).toBe(true);
  });

  it.each([
    [
      'another version',
      (fake: EngineFixture['fake']) => (fake.settings.version = '1.12.4'),
      'Langflow 1.12.4 is not supported',
    ],
    [
      'auto-login',
      (fake: EngineFixture['fake']) => (fake.settings.autoLogin = true),
      'LANGFLOW_AUTO_LOGIN=false',
    ],
    [
      'custom components',
      (fake: EngineFixture['fake']) => (fake.settings.customComponents = true),
      'LANGFLOW_ALLOW_CUSTOM_COMPONENTS=false',
    ],
    ['a bad database', (fake: EngineFixture['fake']) => (fake.settings.healthy = false), 'not healthy'],
    [
      'a version that is no text',
      (fake: EngineFixture['fake']) =>
        fake.failNext({ kind: 'respond', status: 200, body: { version: 7 } }, { path: '/api/v1/version' }),
      'does not tell its version',
    ],
    [
      'auto-login that cannot be asked',
      (fake: EngineFixture['fake']) =>
        fake.failNext(
          { kind: 'respond', status: 404, body: { detail: 'Not Found' } },
          { path: '/api/v1/auto_login' },
        ),
      'Auto-login is not off',
    ],
    [
      'a web page in the place of the configuration',
      (fake: EngineFixture['fake']) =>
        fake.failNext(
          { kind: 'respond', status: 200, body: '<html>', contentType: 'text/html' },
          { path: '/api/v1/config' },
        ),
      'Custom components are allowed',
    ],
  ])('refuses an engine with %s, and says why (N12)', async (_, change, reason) => {
    change(engine.fake);
    const probe = await engine.client.probe();
    expect(probe.problems).toEqual([expect.stringContaining(reason)]);
  });

  it('accepts custom components where the caller allows them', async () => {
    engine.fake.settings.customComponents = true;
    expect((await engine.client.probe({ allowCustomComponents: true })).problems).toEqual([]);
  });

  it('reports an engine that is down without throwing, and without its address (F18)', async () => {
    const client = engine.clientWith({ baseUrl: 'http://127.0.0.1:9' });
    const probe = await client.probe();
    expect(probe).toMatchObject({
      healthy: false,
      version: null,
      problems: ['The engine cannot be reached.'],
    });
    await expect(client.health()).rejects.toMatchObject({ kind: 'unreachable', retrySafe: true });
  });
});
