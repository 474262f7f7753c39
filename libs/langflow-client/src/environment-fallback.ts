import { newId } from '@weir/kernel';
import type { JsonObject } from '@weir/kernel';
import { isEngineError } from './engine-error';
import type { LangflowClient } from './langflow-client';
import type { CallOptions } from './types';

/**
 * Whether the engine fills in a missing secret from its own environment (`LANGFLOW_FALLBACK_TO_ENV_VAR`, on by default!):
 * then one tenant's flow would run with whatever keys the server process has.
 */
export type EnvironmentFallback = 'off' | 'on' | 'unknown';

/** Set in every process and no secret. */
const PROBED_VARIABLE = 'PATH';

/**
 * Finds out by trying, because no route of Langflow tells: pushes a flow that refers to a variable which only the
 * environment has, runs it, and removes it with its messages. `off` is the only safe answer; `unknown` means that something
 * else failed.
 *
 * @param credential token and API key of one engine user kept for this purpose
 */
export async function probeEnvironmentFallback(
  client: LangflowClient,
  credential: { readonly token: string; readonly apiKey: string },
  options: CallOptions = {},
): Promise<EnvironmentFallback> {
  const flowId = newId();
  const { token, apiKey } = credential;
  try {
    await client.putFlow(token, flowId, { name: `environment probe ${flowId}`, data: probeFlow() }, options);
    await client.run(apiKey, flowId, { inputValue: 'probe', sessionId: flowId }, options);
    return 'on';
  } catch (error) {
    return isEngineError(error, 'secret_missing') && error.secretName === PROBED_VARIABLE ? 'off' : 'unknown';
  } finally {
    await Promise.allSettled([client.deleteSession(token, flowId), client.deleteFlow(token, flowId)]);
  }
}

/** Chat Input to Chat Output; the name of the sender is the reference. The engine runs its own code for both components. */
function probeFlow(): JsonObject {
  const source = { dataType: 'ChatInput', id: 'ChatInput-probe', name: 'message', output_types: ['Message'] };
  const target = { fieldName: 'input_value', id: 'ChatOutput-probe', inputTypes: ['Message'], type: 'str' };
  const edge = {
    id: 'probe',
    source: source.id,
    target: target.id,
    sourceHandle: toHandle(source),
    targetHandle: toHandle(target),
    data: { sourceHandle: source, targetHandle: target },
  };
  const nodes = [
    toNode('ChatInput', 'Chat Input', {
      sender_name: { ...toField('sender_name', PROBED_VARIABLE), load_from_db: true },
    }),
    toNode('ChatOutput', 'Chat Output', {}),
  ];
  return { nodes, edges: [edge], viewport: { x: 0, y: 0, zoom: 1 } };
}

function toNode(type: string, displayName: string, fields: JsonObject): JsonObject {
  const id = `${type}-probe`;
  const template = {
    _type: 'Component',
    code: { ...toField('code', '# the engine runs its own code for this component'), type: 'code' },
    input_value: toField('input_value', ''),
    ...fields,
  };
  const output = {
    name: 'message',
    display_name: 'Message',
    method: 'message_response',
    types: ['Message'],
    selected: 'Message',
  };
  const node = {
    display_name: displayName,
    base_classes: ['Message'],
    template,
    outputs: [output],
    metadata: {},
  };
  return { id, type: 'genericNode', position: { x: 0, y: 0 }, data: { id, type, node } };
}

function toField(name: string, value: string): JsonObject {
  return { name, display_name: name, type: 'str', value, show: true, required: false, advanced: false };
}

/** Langflow writes handles as JSON with this letter in the place of quotes. */
function toHandle(handle: JsonObject): string {
  return JSON.stringify(handle).replaceAll('"', 'œ');
}
