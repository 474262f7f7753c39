import type { JsonObject, JsonValue } from '@weir/kernel';

/**
 * Small flows that run alike on the fake and on a real Langflow 1.13: with custom components off, a real engine runs its own
 * code for components whose type it knows, whatever (non-empty) code the flow carries.
 */
const CODE_PLACEHOLDER = '# the engine runs its own code for this component';

export const CHAT_INPUT_ID = 'ChatInput-in001';
export const CHAT_OUTPUT_ID = 'ChatOutput-out01';
export const MODEL_ID = 'LanguageModelComponent-llm01';
export const AGENT_ID = 'Agent-agt01';

/** Chat Input → Chat Output: answers what was said. */
export function echoFlow(): JsonObject {
  return toFlow(
    [chatInput(), chatOutput()],
    [connect(CHAT_INPUT_ID, 'message', CHAT_OUTPUT_ID, 'input_value')],
  );
}

export interface ModelFlowOptions {
  /** The secret that the key field refers to; null leaves the field blank, as a flow just drawn has it. */
  readonly secretName?: string | null;
  readonly systemMessage?: string;
}

/** Chat Input → Language Model → Chat Output. The model has no memory of the conversation. */
export function modelFlow(options: ModelFlowOptions = {}): JsonObject {
  return throughModel(
    MODEL_ID,
    modelNode(MODEL_ID, 'LanguageModelComponent', 'Language Model', 'text_output', options),
    'text_output',
  );
}

/** Chat Input → Agent → Chat Output. The agent sees the earlier messages of the session. */
export function agentFlow(options: ModelFlowOptions = {}): JsonObject {
  return throughModel(AGENT_ID, modelNode(AGENT_ID, 'Agent', 'Agent', 'response', options), 'response');
}

/** A flow with code of its own, which an engine without custom components refuses to run. */
export function customCodeFlow(): JsonObject {
  const custom = node('CustomComponent-own01', 'OwnCode', 'Own Code', 'output', {
    code: { ...field('code', 'class OwnCode: pass'), type: 'code' },
    input_value: field('input_value', ''),
  });
  return toFlow(
    [chatInput(), custom, chatOutput()],
    [
      connect(CHAT_INPUT_ID, 'message', 'CustomComponent-own01', 'input_value'),
      connect('CustomComponent-own01', 'output', CHAT_OUTPUT_ID, 'input_value'),
    ],
  );
}

function throughModel(id: string, model: JsonObject, output: string): JsonObject {
  return toFlow(
    [chatInput(), model, chatOutput()],
    [
      connect(CHAT_INPUT_ID, 'message', id, 'input_value'),
      connect(id, output, CHAT_OUTPUT_ID, 'input_value'),
    ],
  );
}

function chatInput(): JsonObject {
  return node(CHAT_INPUT_ID, 'ChatInput', 'Chat Input', 'message', { input_value: field('input_value', '') });
}

function chatOutput(): JsonObject {
  return node(CHAT_OUTPUT_ID, 'ChatOutput', 'Chat Output', 'message', {
    input_value: {
      ...field('input_value', ''),
      required: true,
      input_types: ['Data', 'DataFrame', 'Message'],
    },
  });
}

function modelNode(
  id: string,
  type: string,
  displayName: string,
  output: string,
  options: ModelFlowOptions,
): JsonObject {
  const { secretName = 'OPENAI_API_KEY', systemMessage = '' } = options;
  const model = {
    name: 'gpt-4o-mini',
    provider: 'OpenAI',
    icon: 'OpenAI',
    metadata: { model_class: 'ChatOpenAI', model_name_param: 'model', api_key_param: 'api_key' },
  };
  return node(id, type, displayName, output, {
    model: { ...field('model', [model]), type: 'model', _input_type: 'ModelInput', required: true },
    api_key: {
      ...field('api_key', secretName ?? ''),
      _input_type: 'SecretStrInput',
      password: true,
      load_from_db: secretName !== null,
    },
    input_value: { ...field('input_value', ''), input_types: ['Message'] },
    system_message: { ...field('system_message', systemMessage), input_types: ['Message'] },
    stream: { ...field('stream', true), type: 'bool' },
  });
}

function field(name: string, value: JsonValue): JsonObject {
  return { name, display_name: name, type: 'str', value, show: true, required: false, advanced: false };
}

function node(
  id: string,
  type: string,
  displayName: string,
  output: string,
  template: JsonObject,
): JsonObject {
  const definition = {
    display_name: displayName,
    base_classes: ['Message'],
    template: { _type: 'Component', code: { ...field('code', CODE_PLACEHOLDER), type: 'code' }, ...template },
    outputs: [
      {
        name: output,
        display_name: 'Message',
        types: ['Message'],
        selected: 'Message',
        method: METHODS[output] ?? 'run',
      },
    ],
    metadata: {},
    tool_mode: false,
    edited: false,
  };
  return { id, type: 'genericNode', position: { x: 0, y: 0 }, data: { id, type, node: definition } };
}

const METHODS: Record<string, string> = {
  message: 'message_response',
  text_output: 'text_response',
  response: 'message_response',
};

function connect(source: string, output: string, target: string, fieldName: string): JsonObject {
  const sourceHandle = {
    dataType: source.split('-')[0] ?? '',
    id: source,
    name: output,
    output_types: ['Message'],
  };
  const targetHandle = { fieldName, id: target, inputTypes: ['Message'], type: 'str' };
  return {
    id: `${source}-${target}`,
    source,
    target,
    // Langflow writes handles as JSON with this letter in the place of quotes.
    sourceHandle: JSON.stringify(sourceHandle).replaceAll('"', 'œ'),
    targetHandle: JSON.stringify(targetHandle).replaceAll('"', 'œ'),
    data: { sourceHandle, targetHandle },
  };
}

function toFlow(nodes: JsonObject[], edges: JsonObject[]): JsonObject {
  return { nodes, edges, viewport: { x: 0, y: 0, zoom: 1 } };
}
