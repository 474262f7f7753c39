import type { Binding } from '@weir/flow';
import type { Actor } from '@weir/kernel';
import {
  createRedactor,
  EngineError,
  type EngineErrorDetails,
  type EngineErrorKind,
} from '@weir/langflow-client';
import { explainEngineError } from './explain-engine-error';

const OWNER: Actor = { userId: 'u', organizationId: 'o', role: 'owner', via: 'session' };

function binding(secretName: string, nodeName: string, field = 'api_key'): Binding {
  return {
    nodeId: `${nodeName}-1`,
    nodeName,
    component: nodeName,
    field,
    secretName,
    provider: null,
    delivery: 'reference',
    required: true,
  };
}

const BINDINGS = [
  binding('OPENAI_API_KEY', 'Writer'),
  binding('ANTHROPIC_API_KEY', 'Critic'),
  binding('BASE_PATH', 'Critic', 'base_path'),
];

function explain(
  kind: EngineErrorKind,
  details: EngineErrorDetails = {},
  secret = 'sk-secret-1',
  actor = OWNER,
) {
  const redactor = createRedactor([secret]);
  return explainEngineError(new EngineError(kind, details), { actor, bindings: BINDINGS, redactor });
}

describe('What a failure of the engine means for a client', () => {
  it.each([
    ['unreachable', 'engine_unavailable', 503],
    ['timeout', 'engine_timeout', 504],
    ['credential_rejected', 'engine_unavailable', 503],
    ['flow_not_found', 'engine_unavailable', 503],
    ['flow_refused', 'flow_refused', 422],
    ['provider_rejected_key', 'provider_rejected_key', 502],
    ['provider_rate_limited', 'provider_rate_limited', 502],
    ['secret_missing', 'secrets_missing', 422],
    ['component_failed', 'component_failed', 502],
    ['too_large', 'engine_answer_too_large', 502],
    ['protocol', 'engine_protocol', 502],
    ['aborted', 'run_aborted', 409],
  ] as const)('%s is %s', (kind, code, status) => {
    expect(explain(kind)).toMatchObject({ code, status });
  });

  it('is an engine that is away when not even a connection came about in time', () => {
    expect(explain('timeout', { timeoutPhase: 'connect' })).toMatchObject({
      code: 'engine_unavailable',
      retryAfterSeconds: 5,
    });
  });

  it('names the secret of the component whose key was rejected, and only its key (S12)', () => {
    expect(explain('provider_rejected_key', { component: 'Critic' }).extensions).toMatchObject({
      secretNames: ['ANTHROPIC_API_KEY'],
    });
  });

  it('names all secrets of the run when the engine does not tell whose it was', () => {
    expect(explain('provider_rejected_key').detail).toContain(
      "one of the secrets 'OPENAI_API_KEY', 'ANTHROPIC_API_KEY', 'BASE_PATH'",
    );
  });

  it('never repeats a name that is no secret of this run: it could be a value', () => {
    expect(
      JSON.stringify(explain('secret_missing', { secretName: 'AKIAIOSFODNN7EXAMPLE', component: 'Writer' })),
    ).not.toContain('AKIA');
  });

  it('tells builders what the provider said, without secrets and without a trace (F77)', () => {
    const providerMessage =
      'The key sk-secret-1 is bad.\nTraceback (most recent call last):\n  File "/app/x.py"';
    expect(explain('component_failed', { providerMessage }).extensions).toEqual({
      message: 'The key *** is bad.',
    });
  });

  it('tells people who may only run nothing of it (F77)', () => {
    const operator: Actor = { ...OWNER, role: 'operator' };
    expect(
      explain('component_failed', { providerMessage: 'internal words', component: 'Writer' }, 'x', operator)
        .extensions,
    ).toEqual({ component: 'Writer' });
  });

  it('keeps back a long secret that was cut off in the middle', () => {
    const secret = `-----BEGIN KEY-----${'k'.repeat(5_000)}`;
    const providerMessage = `bad key: ${secret}`.slice(0, 4_000);
    expect(explain('component_failed', { providerMessage }, secret).extensions).toEqual({
      message: 'bad key:',
    });
  });
});
