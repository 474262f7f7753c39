import { isJsonObject } from '@weir/kernel';
import type { JsonValue } from '@weir/kernel';
import { EngineError } from './engine-error';
import { stringAt, tryParseJson } from './json-reader';
import { SUPPORTED_VERSIONS, isSupportedVersion } from './supported-versions';
import type { EngineResponse } from './transport';
import type { CallOptions } from './types';

export interface EngineHealth {
  readonly healthy: boolean;
}

export interface ProbeOptions extends CallOptions {
  /** For an engine that only one organization uses: custom component code is Python inside the engine's process. */
  readonly allowCustomComponents?: boolean;
}

/** What can be seen of an engine from outside, without a credential. */
export interface EngineProbe {
  /** null when the engine did not tell. */
  readonly version: string | null;
  readonly healthy: boolean;
  /** True unless the engine clearly refuses auto-login: then anybody who reaches it is its superuser. */
  readonly autoLogin: boolean;
  /** null when the engine did not tell. */
  readonly customComponents: boolean | null;
  /**
   * Why this engine must not be used, in sentences for an operator; empty when it may. They name no address.
   * Whether Langflow falls back to its own environment for missing secrets is not told by any route:
   * see `probeEnvironmentFallback`.
   */
  readonly problems: readonly string[];
}

type Get = (path: string) => Promise<EngineResponse>;

interface Answer {
  readonly status: number;
  readonly body: JsonValue | undefined;
}

/** Asks the four public routes. Never rejects. */
export async function probeEngine(get: Get, options: ProbeOptions): Promise<EngineProbe> {
  const [health, version, autoLogin, config] = await Promise.all(
    ['/health_check', '/api/v1/version', '/api/v1/auto_login', '/api/v1/config'].map((path) =>
      ask(get, path),
    ),
  );
  if (health instanceof EngineError) return unreachable(health);

  const told = answerOf(version)?.body;
  const findings = {
    version: stringAt(told, 'version'),
    healthy: answerOf(health)?.status === 200 && stringAt(answerOf(health)?.body, 'status') === 'ok',
    autoLogin: !refusesAutoLogin(answerOf(autoLogin)),
    customComponents: customComponentsOf(answerOf(config)?.body),
  };
  return { ...findings, problems: problemsOf(findings, options) };
}

function problemsOf(found: Omit<EngineProbe, 'problems'>, options: ProbeOptions): string[] {
  const problems: string[] = [];
  if (!found.healthy) problems.push('The engine says that it is not healthy. Look at its log.');
  if (found.version === null) problems.push('The engine does not tell its version. Is it a Langflow?');
  else if (!isSupportedVersion(found.version)) {
    problems.push(`Langflow ${found.version} is not supported. Use ${SUPPORTED_VERSIONS.join(' or ')}.`);
  }
  if (found.autoLogin) {
    problems.push(
      'Auto-login is not off: anybody who reaches the engine is its administrator. Set LANGFLOW_AUTO_LOGIN=false.',
    );
  }
  if (found.customComponents !== false && options.allowCustomComponents !== true) {
    problems.push(
      'Custom components are allowed: any flow can run code in the engine. Set LANGFLOW_ALLOW_CUSTOM_COMPONENTS=false.',
    );
  }
  return problems;
}

function unreachable(error: EngineError): EngineProbe {
  return {
    version: null,
    healthy: false,
    autoLogin: false,
    customComponents: null,
    problems: [error.message],
  };
}

async function ask(get: Get, path: string): Promise<Answer | EngineError> {
  try {
    const response = await get(path);
    return { status: response.status, body: tryParseJson(response.body) };
  } catch (error) {
    return error instanceof EngineError ? error : new EngineError('protocol', { cause: error });
  }
}

function answerOf(answer: Answer | EngineError | undefined): Answer | null {
  return answer === undefined || answer instanceof EngineError ? null : answer;
}

/** Only the 403 of a Langflow with auto-login off counts; a missing route or an error proves nothing. */
function refusesAutoLogin(answer: Answer | null): boolean {
  if (answer?.status !== 403 || !isJsonObject(answer.body)) return false;
  const detail = answer.body['detail'];
  return isJsonObject(detail) && detail['auto_login'] === false;
}

function customComponentsOf(body: JsonValue | undefined): boolean | null {
  const value = isJsonObject(body) ? body['allow_custom_components'] : undefined;
  return typeof value === 'boolean' ? value : null;
}
