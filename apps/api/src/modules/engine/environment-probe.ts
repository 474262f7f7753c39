import { newId, type JsonObject, type JsonValue } from '@weir/kernel';
import { isEngineError } from '@weir/langflow-client';
import type { EngineConnection } from './engine-connection';

/** Its own user in the engine, who has nothing. */
const PROBE_IDENTITY = { subject: 'weir-probe', username: 'weir-probe' };
/** In the environment of every process. */
const KNOWN_VARIABLE = 'PATH';
/**
 * The first run of an engine that has just started imports every component, which takes many seconds on a busy machine. A
 * shorter bound would ask again and again, and an engine does not stop what it began.
 */
const TIMEOUT_MS = 90_000;

const FALLS_BACK =
  'Missing secrets are taken from the environment of the engine. Set LANGFLOW_FALLBACK_TO_ENV_VAR=false.';

/**
 * Whether a flow can read the environment of the engine's process, keys of the operator included: Langflow tells it by no
 * route, so a flow of two nodes tries it, with a variable that exists everywhere. The answer is looked at by nobody.
 * @returns the reason to refuse the engine, or null
 * @throws EngineError when it could not be found out
 */
export async function probeEnvironmentFallback({
  management,
  tokens,
}: EngineConnection): Promise<string | null> {
  const token = tokens.issue(PROBE_IDENTITY);
  const bounds = { totalMs: TIMEOUT_MS };
  const key = await management.createApiKey(token, 'probe', bounds);
  const flowId = newId();
  try {
    await management.putFlow(token, flowId, { name: `Probe ${flowId}`, data: PROBE_FLOW }, bounds);
    const input = { inputValue: '', sessionId: flowId, outputType: 'any' } as const;
    await management.run(key.apiKey, flowId, input, bounds);
    return FALLS_BACK;
  } catch (error) {
    // The one good ending: nobody knows the variable.
    if (isEngineError(error, 'secret_missing')) return null;
    throw error;
  } finally {
    await management.deleteFlow(token, flowId, bounds);
    await management.deleteApiKey(token, key.id, bounds);
  }
}

const TEXT = 'TextInput-probe';
const OUTPUT = 'ChatOutput-probe';

/** The engine runs its own code for components that it knows, but wants the field not to be empty. */
const CODE = {
  name: 'code',
  display_name: 'Code',
  type: 'code',
  value: '# built in',
  show: true,
  required: true,
};

const PROBE_FLOW: JsonObject = {
  nodes: [
    node(TEXT, 'TextInput', 'text', 'text_response', { load_from_db: true, value: KNOWN_VARIABLE }),
    node(OUTPUT, 'ChatOutput', 'message', 'message_response', {
      value: '',
      input_types: ['Data', 'DataFrame', 'Message'],
    }),
  ],
  edges: [edge()],
  viewport: { x: 0, y: 0, zoom: 1 },
};

function node(id: string, type: string, output: string, method: string, input: JsonObject): JsonObject {
  const inputValue = {
    name: 'input_value',
    display_name: 'Input',
    type: 'str',
    show: true,
    required: false,
    ...input,
  };
  const definition: JsonObject = {
    display_name: type,
    base_classes: ['Message'],
    template: { _type: 'Component', code: CODE, input_value: inputValue },
    outputs: [{ name: output, display_name: 'Output', types: ['Message'], selected: 'Message', method }],
    metadata: {},
    tool_mode: false,
    edited: false,
  };
  return { id, type: 'genericNode', position: { x: 0, y: 0 }, data: { id, type, node: definition } };
}

function edge(): JsonObject {
  const sourceHandle = { dataType: 'TextInput', id: TEXT, name: 'text', output_types: ['Message'] };
  const targetHandle = { fieldName: 'input_value', id: OUTPUT, inputTypes: ['Message'], type: 'str' };
  return {
    id: 'probe',
    source: TEXT,
    target: OUTPUT,
    sourceHandle: toHandle(sourceHandle),
    targetHandle: toHandle(targetHandle),
    data: { sourceHandle, targetHandle },
  };
}

/** Langflow writes handles as JSON with this letter in the place of quotes. */
function toHandle(handle: JsonValue): string {
  return JSON.stringify(handle).replaceAll('"', 'œ');
}
