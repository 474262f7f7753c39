import { isJsonObject } from '@weir/kernel';
import type { JsonObject, JsonValue } from '@weir/kernel';
import { EngineError } from './engine-error';
import { listAt, numberAt, objectAt, stringAt } from './json-reader';
import type { OutputItem, RunResult, TokenUsage } from './types';

/**
 * Reads Langflow's RunResponse: `{session_id, outputs: [{inputs, outputs: [output]}]}` with one inner output per output
 * component. Missing parts make an empty result; only a body that is no RunResponse at all is an error.
 *
 * @param fallbackSessionId what was asked for, for an answer that does not repeat it
 * @throws EngineError `protocol`
 */
export function parseRunResult(body: unknown, fallbackSessionId: string): RunResult {
  if (!isJsonObject(body) || !Array.isArray(body['outputs'])) throw new EngineError('protocol');
  const outputs = body['outputs'].flatMap((entry) => listAt(entry, 'outputs')).filter(isJsonObject);
  const items = outputs.map(readItem);
  return {
    text: items.find((item) => item.text !== null && item.text !== '')?.text ?? '',
    items,
    usage: totalUsage(outputs),
    sessionId: stringAt(body, 'session_id') ?? fallbackSessionId,
  };
}

/** Langflow's `{input_tokens, output_tokens, total_tokens}`; null when it holds no count. */
export function readUsage(value: unknown): TokenUsage | null {
  const input = numberAt(value, 'input_tokens');
  const output = numberAt(value, 'output_tokens');
  const total = numberAt(value, 'total_tokens');
  if (input === null && output === null && total === null) return null;
  const inputTokens = input ?? 0;
  const outputTokens = output ?? 0;
  return { inputTokens, outputTokens, totalTokens: total ?? inputTokens + outputTokens };
}

function readItem(output: JsonObject): OutputItem {
  const text = readText(output);
  return {
    componentId: stringAt(output, 'component_id'),
    componentName: stringAt(output, 'component_display_name'),
    text,
    data: text === null ? readData(output) : null,
  };
}

/** A message says its text in five places; which of them are filled depends on the component. */
function readText(output: JsonObject): string | null {
  const result = firstMember(objectAt(output, 'results'));
  const shown = firstMember(objectAt(output, 'outputs'));
  return (
    stringAt(result, 'text') ??
    stringAt(objectAt(result, 'data'), 'text') ??
    stringAt(objectAt(output, 'artifacts'), 'message') ??
    stringAt(shown, 'message') ??
    stringAt(listAt(output, 'messages')[0], 'message')
  );
}

function readData(output: JsonObject): JsonValue {
  const result = firstMember(objectAt(output, 'results'));
  const shown = firstMember(objectAt(output, 'outputs'));
  if (result !== undefined) return objectAt(result, 'data') ?? result;
  if (isJsonObject(shown) && shown['message'] !== undefined) return shown['message'];
  return shown ?? null;
}

/** `message` when there is one, else whatever the component calls its output. */
function firstMember(object: JsonObject | null): JsonValue | undefined {
  if (object === null) return undefined;
  return object['message'] ?? Object.values(object)[0];
}

/**
 * An output message carries the sum of all models upstream of it (also of several agents in a row). Two outputs fed by the
 * same model would therefore count it twice: outputs with the same source component count once.
 */
function totalUsage(outputs: readonly JsonObject[]): TokenUsage | null {
  const bySource = new Map<string, TokenUsage>();
  for (const [index, output] of outputs.entries()) {
    const properties = propertiesOf(output);
    const usage = readUsage(objectAt(properties, 'usage')) ?? readUsage(objectAt(output, 'token_usage'));
    if (usage !== null)
      bySource.set(stringAt(objectAt(properties, 'source'), 'id') ?? `output ${index}`, usage);
  }
  const usages = [...bySource.values()];
  return usages.length === 0 ? null : usages.reduce(addUsage);
}

function propertiesOf(output: JsonObject): JsonObject | null {
  const result = firstMember(objectAt(output, 'results'));
  return objectAt(result, 'properties') ?? objectAt(objectAt(result, 'data'), 'properties');
}

function addUsage(a: TokenUsage, b: TokenUsage): TokenUsage {
  return {
    inputTokens: a.inputTokens + b.inputTokens,
    outputTokens: a.outputTokens + b.outputTokens,
    totalTokens: a.totalTokens + b.totalTokens,
  };
}
