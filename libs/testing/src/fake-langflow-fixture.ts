import { SystemClock } from '@weir/kernel';
import { LangflowClient, createEngineTokenIssuer } from '@weir/langflow-client';
import type { EngineTokenIssuer, LangflowClientOptions } from '@weir/langflow-client';
import { generateEngineKeys } from './engine-keys';
import { FakeLangflow } from './fake-langflow';
import type { FakeLangflowOptions } from './fake-langflow';

export interface EngineFixture {
  readonly fake: FakeLangflow;
  readonly client: LangflowClient;
  readonly issuer: EngineTokenIssuer;
  /** A client of the same engine with other bounds; closed together with the fixture. */
  clientWith(options: Partial<LangflowClientOptions>): LangflowClient;
  /** A token for a user of this name. */
  tokenOf(username: string): string;
  /** A user with an API key, and the flow pushed under the id. */
  userWithFlow(
    username: string,
    flowId: string,
    data: Parameters<LangflowClient['putFlow']>[2]['data'],
  ): Promise<{ token: string; apiKey: string }>;
  stop(): Promise<void>;
}

/** A started fake engine that trusts a fresh key, and a client of it: what most tests of engine code begin with. */
export async function startEngineFixture(
  options: Omit<FakeLangflowOptions, 'jwks' | 'jwksUrl'> = {},
): Promise<EngineFixture> {
  const { privateKeyPem } = generateEngineKeys();
  const issuer = createEngineTokenIssuer({
    privateKeyPem,
    issuer: options.issuer ?? 'weir',
    audience: options.audience ?? 'langflow',
    lifetimeSeconds: 300,
    clock: new SystemClock(),
  });
  const fake = new FakeLangflow({ ...options, jwks: () => issuer.jwks() });
  const baseUrl = await fake.start();
  const clients: LangflowClient[] = [];
  const clientWith = (overrides: Partial<LangflowClientOptions>): LangflowClient => {
    const timeouts = { connectMs: 1_000, firstByteMs: 5_000, idleMs: 5_000, totalMs: 10_000 };
    const client = new LangflowClient({
      baseUrl,
      timeouts,
      maxResponseBytes: 5_000_000,
      connections: 8,
      ...overrides,
    });
    clients.push(client);
    return client;
  };
  const client = clientWith({});
  const tokenOf = (username: string): string => issuer.issue({ subject: `subject-${username}`, username });
  return {
    fake,
    client,
    issuer,
    clientWith,
    tokenOf,
    userWithFlow: async (username, flowId, data) => {
      const token = tokenOf(username);
      const { apiKey } = await client.createApiKey(token, 'test');
      await client.putFlow(token, flowId, { name: `flow of ${username}`, data });
      return { token, apiKey };
    },
    stop: async () => {
      await Promise.all(clients.map((each) => each.close()));
      await fake.stop();
    },
  };
}
