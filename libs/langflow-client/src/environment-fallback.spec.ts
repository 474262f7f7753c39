import { newId } from '@weir/kernel';
import { echoFlow, startEngineFixture } from '@weir/testing';
import type { EngineFixture } from '@weir/testing';
import { probeEnvironmentFallback } from './environment-fallback';

let engine: EngineFixture;
let credential: { token: string; apiKey: string };
const flowId = newId();
beforeEach(async () => {
  engine = await startEngineFixture();
  credential = await engine.userWithFlow('probe', flowId, echoFlow());
});
afterEach(() => engine.stop());

describe('probeEnvironmentFallback', () => {
  it('finds it off on a hardened engine (N12)', async () => {
    expect(await probeEnvironmentFallback(engine.client, credential)).toBe('off');
  });

  it('finds it on when a variable of the server reaches a flow (N12)', async () => {
    engine.fake.settings.environment.set('PATH', '/usr/bin');
    expect(await probeEnvironmentFallback(engine.client, credential)).toBe('on');
  });

  it.each([
    ['the engine fails otherwise', { kind: 'respond', status: 500, body: { detail: 'x' } } as const],
    ['the connection breaks', { kind: 'reset' } as const],
  ])('does not know when %s', async (_, fault) => {
    engine.fake.failNext(fault);
    expect(await probeEnvironmentFallback(engine.client, credential)).toBe('unknown');
  });

  it('leaves nothing behind', async () => {
    engine.fake.settings.environment.set('PATH', '/usr/bin');
    await probeEnvironmentFallback(engine.client, credential);
    expect(engine.fake.flows.all.map(({ id }) => id)).toEqual([flowId]);
    const session = engine.fake.runRequests[0]?.path.split('/').at(-1) ?? '';
    expect(engine.fake.messages.history(session, session)).toEqual([]);
  });
});
