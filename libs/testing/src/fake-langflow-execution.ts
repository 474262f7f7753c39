import { isJsonObject } from '@weir/kernel';
import type { JsonObject, JsonValue } from '@weir/kernel';
import { countWords, pythonRepr } from './fake-langflow-http';

/** The real engine's way to say that a component failed; the message is what clients get to see. */
export class FakeComponentError extends Error {
  constructor(
    readonly component: string,
    readonly nodeId: string,
    readonly reason: string,
  ) {
    super(`Error building Component ${component}: \n\n${reason}`);
  }
}

/** The engine refuses the flow before it runs anything. */
export class FakeRefusal extends Error {
  constructor(
    readonly status: number,
    readonly detail: JsonValue,
  ) {
    super(typeof detail === 'string' ? detail : 'refused');
  }
}

export interface FakeUsage {
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly total_tokens: number;
}

export interface FakeTurn {
  readonly sender: 'User' | 'Machine';
  readonly text: string;
}

export interface ExecutionInput {
  readonly data: JsonObject;
  readonly inputValue: string;
  readonly tweaks: JsonObject;
  /** From `X-LANGFLOW-GLOBAL-VAR-*`. */
  readonly variables: ReadonlyMap<string, string>;
  /** Earlier messages of this session in this flow. */
  readonly history: readonly FakeTurn[];
  /** An engine with env fallback on (unsafe!) resolves missing variables from here. */
  readonly environment: ReadonlyMap<string, string>;
  readonly customComponents: boolean;
  /** `…/v1` of an OpenAI-compatible server; without it a model answers `[model] <input>`. */
  readonly modelBaseUrl: string | undefined;
  readonly signal: AbortSignal;
  /** Called for each piece of a model's answer. */
  readonly onToken: ((text: string) => Promise<void>) | null;
}

export interface ExecutionOutput {
  readonly nodeId: string;
  readonly displayName: string;
  readonly text: string;
  readonly usage: FakeUsage | null;
  readonly source: { readonly id: string; readonly displayName: string } | null;
}

interface Value {
  readonly text: string;
  readonly usage: FakeUsage | null;
  readonly source: ExecutionOutput['source'];
}

interface FakeNode {
  readonly id: string;
  readonly type: string;
  readonly displayName: string;
  readonly template: JsonObject;
}

/**
 * Runs a flow in a small, honest way: Chat Input gives the input, anything with an `api_key` is a model and needs its key,
 * templates with `{variables}` are filled in, every other component passes on what it gets, Chat Outputs are the result.
 */
export class FakeExecution {
  private readonly nodes: readonly FakeNode[];
  /** A component is built once, however many others it feeds. */
  private readonly built = new Map<string, Promise<Value>>();

  constructor(private readonly input: ExecutionInput) {
    this.nodes = listOf(input.data['nodes'])
      .map(readNode)
      .filter((node) => node.type !== 'note');
  }

  async run(): Promise<ExecutionOutput[]> {
    this.refuseCustomCode();
    const outputs = this.nodes.filter((node) => node.id.toLowerCase().includes('chatoutput'));
    const results: ExecutionOutput[] = [];
    for (const node of outputs) {
      const value = await this.evaluate(node);
      results.push({ nodeId: node.id, displayName: node.displayName, ...value });
    }
    return results;
  }

  private refuseCustomCode(): void {
    if (this.input.customComponents) return;
    const custom = this.nodes.find((node) => node.id.startsWith('CustomComponent'));
    if (custom !== undefined) {
      throw new FakeRefusal(
        400,
        `Flow build blocked: custom components are not allowed: ${custom.displayName} (${custom.id})`,
      );
    }
  }

  private evaluate(node: FakeNode): Promise<Value> {
    const value = this.built.get(node.id) ?? this.build(node);
    this.built.set(node.id, value);
    return value;
  }

  private async build(node: FakeNode): Promise<Value> {
    // Every reference is resolved when the component is built, also those it does not use.
    const fields = this.resolveFields(node);
    if (node.type === 'ChatInput') return { text: this.input.inputValue, usage: null, source: source(node) };
    const incoming = await this.incoming(node);
    if ('api_key' in node.template) return this.callModel(node, fields, incoming);
    const template = fields.get('template');
    if (template !== undefined) {
      const text = template.replaceAll(
        /\{(\w+)\}/g,
        (_, name: string) => incoming.get(name)?.text ?? fields.get(name) ?? '',
      );
      return { text, usage: null, source: source(node) };
    }
    return (
      [...incoming.values()][0] ?? {
        text: fields.get('input_value') ?? '',
        usage: null,
        source: source(node),
      }
    );
  }

  private async incoming(node: FakeNode): Promise<Map<string, Value>> {
    const values = new Map<string, Value>();
    for (const edge of listOf(this.input.data['edges'])) {
      const from = this.nodes.find((candidate) => candidate.id === edge['source']);
      if (edge['target'] !== node.id || from === undefined) continue;
      const handle = isJsonObject(edge['data']) ? edge['data']['targetHandle'] : undefined;
      const field = isJsonObject(handle) ? handle['fieldName'] : undefined;
      values.set(typeof field === 'string' ? field : 'input_value', await this.evaluate(from));
    }
    return values;
  }

  private resolveFields(node: FakeNode): Map<string, string> {
    const tweak = this.input.tweaks[node.id] ?? this.input.tweaks[node.displayName];
    const fields = new Map<string, string>();
    for (const [name, definition] of Object.entries(node.template)) {
      if (!isJsonObject(definition)) continue;
      const tweaked = isJsonObject(tweak) ? tweak[name] : undefined;
      const isReference = tweaked === undefined && definition['load_from_db'] === true;
      const value = textOf(tweaked ?? definition['value']);
      fields.set(name, isReference && value !== '' ? this.resolveVariable(node, value) : value);
    }
    return fields;
  }

  private resolveVariable(node: FakeNode, name: string): string {
    const value = this.input.variables.get(name) ?? this.input.environment.get(name);
    if (value === undefined)
      throw new FakeComponentError(node.displayName, node.id, `${name} variable not found.`);
    return value;
  }

  private async callModel(
    node: FakeNode,
    fields: Map<string, string>,
    incoming: Map<string, Value>,
  ): Promise<Value> {
    const key = fields.get('api_key') ?? '';
    refuseBadKey(node, key);
    const text = incoming.get('input_value')?.text ?? fields.get('input_value') ?? '';
    const system = incoming.get('system_message')?.text ?? fields.get('system_message') ?? '';
    // Only agents read the memory of the session.
    const history = node.type === 'Agent' ? this.input.history : [];
    const messages = [
      ...(system === '' ? [] : [{ role: 'system', content: system }]),
      ...history.map((turn) => ({ role: turn.sender === 'User' ? 'user' : 'assistant', content: turn.text })),
      { role: 'user', content: text },
    ];
    const answer =
      this.input.modelBaseUrl === undefined
        ? await this.answerLocally(text)
        : await this.askServer(this.input.modelBaseUrl, node, key, messages);
    return { ...answer, source: source(node) };
  }

  private async answerLocally(input: string): Promise<{ text: string; usage: FakeUsage }> {
    const text = `[model] ${input}`;
    for (const piece of text.match(/\S+\s*/g) ?? []) await this.input.onToken?.(piece);
    const counts = { input_tokens: countWords(input), output_tokens: countWords(text) };
    return { text, usage: { ...counts, total_tokens: counts.input_tokens + counts.output_tokens } };
  }

  private async askServer(
    baseUrl: string,
    node: FakeNode,
    key: string,
    messages: JsonObject[],
  ): Promise<{ text: string; usage: FakeUsage }> {
    const response = await fetch(`${baseUrl}/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'gpt-4o-mini', messages }),
      signal: this.input.signal,
    });
    const body = (await response.json()) as JsonObject;
    if (!response.ok) {
      throw new FakeComponentError(
        node.displayName,
        node.id,
        `Error code: ${response.status} - ${pythonRepr(body)}`,
      );
    }
    const choice = listOf(body['choices'])[0];
    const message = isJsonObject(choice?.['message']) ? choice['message'] : {};
    const text = typeof message['content'] === 'string' ? message['content'] : '';
    for (const piece of text.match(/\S+\s*/g) ?? []) await this.input.onToken?.(piece);
    return { text, usage: readUsage(body['usage']) };
  }
}

function refuseBadKey(node: FakeNode, key: string): void {
  if (key.trim() === '') {
    const reason =
      'OpenAI API key is required when using OpenAI provider. Please provide it in the component or configure it globally as OPENAI_API_KEY.';
    throw new FakeComponentError(node.displayName, node.id, reason);
  }
  if (/^[A-Z][A-Z0-9_]*$/.test(key)) {
    const reason = `OpenAI API key is required when using OpenAI provider. The variable '${key}' referenced by the component's \`api_key\` field could not be resolved from environment variables or Global Variables. Configure '${key}' (or the canonical 'OPENAI_API_KEY') in Settings → Model Providers.`;
    throw new FakeComponentError(node.displayName, node.id, reason);
  }
}

function readUsage(value: JsonValue | undefined): FakeUsage {
  const usage = isJsonObject(value) ? value : {};
  return {
    input_tokens: Number(usage['prompt_tokens'] ?? 0),
    output_tokens: Number(usage['completion_tokens'] ?? 0),
    total_tokens: Number(usage['total_tokens'] ?? 0),
  };
}

function source(node: FakeNode): { readonly id: string; readonly displayName: string } {
  return { id: node.id, displayName: node.displayName };
}

function listOf(value: JsonValue | undefined): JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}

/** A field as a component sees it; lists and objects as JSON. */
function textOf(value: JsonValue | undefined): string {
  if (typeof value === 'string') return value;
  return value === undefined || value === null ? '' : JSON.stringify(value);
}

function readNode(value: JsonObject): FakeNode {
  const data = isJsonObject(value['data']) ? value['data'] : {};
  const definition = isJsonObject(data['node']) ? data['node'] : {};
  const type = typeof data['type'] === 'string' ? data['type'] : 'note';
  return {
    id: textOf(value['id']),
    type,
    displayName: typeof definition['display_name'] === 'string' ? definition['display_name'] : type,
    template: isJsonObject(definition['template']) ? definition['template'] : {},
  };
}
