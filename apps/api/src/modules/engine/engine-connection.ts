import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { EngineConfig } from '@weir/config';
import type { Clock } from '@weir/kernel';
import { createEngineTokenIssuer, LangflowClient, type EngineTokenIssuer } from '@weir/langflow-client';

/** What `LANGFLOW_EXTERNAL_AUTH_AUDIENCE` is set to. */
export const ENGINE_AUDIENCE = 'langflow';
const TOKEN_LIFETIME_SECONDS = 300;

const CONNECT_MS = 3_000;
const MAX_RESPONSE_BYTES = 32 * 1024 * 1024;
const MANAGEMENT_TIMEOUT_MS = 20_000;
/** A model may think for long without a word; the deadline of the run is what ends it. */
const RUN_SILENCE_MS = 3_600_000;
const RUN_CONNECTIONS = 128;
const MANAGEMENT_CONNECTIONS = 8;

interface Parts {
  readonly runs: LangflowClient;
  readonly management: LangflowClient;
  readonly tokens: EngineTokenIssuer;
  readonly origin: string;
}

/**
 * The engine of this process: two clients, so that long runs never keep a probe or a push waiting for a connection, and the
 * issuer of the tokens by which the engine knows our users. Empty when the configuration asks for simulation.
 */
@Injectable()
export class EngineConnection implements OnApplicationShutdown {
  private readonly parts: Parts | null;

  constructor(config: EngineConfig, clock: Clock) {
    this.parts = config.driver === 'simulated' ? null : connect(config, clock);
  }

  get exists(): boolean {
    return this.parts !== null;
  }

  get runs(): LangflowClient {
    return this.require().runs;
  }

  get management(): LangflowClient {
    return this.require().management;
  }

  get tokens(): EngineTokenIssuer {
    return this.require().tokens;
  }

  /** Where the engine is. For the redactor, which keeps it out of answers. */
  get origin(): string {
    return this.require().origin;
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all([this.parts?.runs.close(), this.parts?.management.close()]);
  }

  private require(): Parts {
    if (this.parts === null)
      throw new Error('The configuration names no engine: ENGINE_DRIVER is simulated.');
    return this.parts;
  }
}

function connect(config: Extract<EngineConfig, { driver: 'langflow' }>, clock: Clock): Parts {
  const shared = { baseUrl: config.url, maxResponseBytes: MAX_RESPONSE_BYTES };
  const runTimeouts = {
    connectMs: CONNECT_MS,
    firstByteMs: RUN_SILENCE_MS,
    idleMs: RUN_SILENCE_MS,
    totalMs: RUN_SILENCE_MS,
  };
  const managementTimeouts = {
    connectMs: CONNECT_MS,
    firstByteMs: MANAGEMENT_TIMEOUT_MS,
    idleMs: MANAGEMENT_TIMEOUT_MS,
    totalMs: MANAGEMENT_TIMEOUT_MS,
  };
  return {
    runs: new LangflowClient({ ...shared, timeouts: runTimeouts, connections: RUN_CONNECTIONS }),
    management: new LangflowClient({
      ...shared,
      timeouts: managementTimeouts,
      connections: MANAGEMENT_CONNECTIONS,
    }),
    tokens: createEngineTokenIssuer({
      privateKeyPem: config.signingKeyPem,
      issuer: config.issuer,
      audience: ENGINE_AUDIENCE,
      lifetimeSeconds: TOKEN_LIFETIME_SECONDS,
      clock,
    }),
    origin: new URL(config.url).origin,
  };
}
