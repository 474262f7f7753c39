import { randomUUID } from 'node:crypto';
import type { JsonObject, JsonValue } from '@weir/kernel';
import type { ExecutionOutput, FakeTurn, FakeUsage } from './fake-langflow-execution';

/** A stored message: what chat memory and the monitor are made of. */
export interface FakeMessage extends FakeTurn {
  readonly id: string;
  readonly userId: string;
  readonly flowId: string;
  readonly sessionId: string;
}

/** All messages of the engine; sessions exist by having messages. */
export class FakeMessages {
  private messages: FakeMessage[] = [];

  add(message: Omit<FakeMessage, 'id'>): FakeMessage {
    const stored = { id: randomUUID(), ...message };
    this.messages.push(stored);
    return stored;
  }

  history(flowId: string, sessionId: string): FakeMessage[] {
    return this.messages.filter((message) => message.flowId === flowId && message.sessionId === sessionId);
  }

  sessionsOf(userId: string, flowId: string): string[] {
    const own = this.messages.filter((message) => message.userId === userId && message.flowId === flowId);
    return [...new Set(own.map((message) => message.sessionId))];
  }

  deleteSession(userId: string, sessionId: string): void {
    this.messages = this.messages.filter(
      (message) => message.userId !== userId || message.sessionId !== sessionId,
    );
  }
}

interface MessageState {
  readonly state: 'partial' | 'complete';
  readonly usage: FakeUsage | null;
  readonly source: ExecutionOutput['source'];
}

/** A message as Langflow serializes it: most members twice, at the top and under `data`. */
export function messageJson(message: FakeMessage, { state, usage, source }: MessageState): JsonObject {
  const common: JsonObject = {
    timestamp: '2026-03-01 12:00:00.000000 UTC',
    sender: message.sender,
    sender_name: message.sender === 'User' ? 'User' : 'AI',
    session_id: message.sessionId,
    context_id: '',
    text: message.text,
    files: [],
    error: false,
    edit: false,
    properties: {
      text_color: null,
      background_color: null,
      edited: false,
      source: {
        id: source?.id ?? null,
        display_name: source?.displayName ?? null,
        source: source?.displayName ?? null,
      },
      icon: null,
      allow_markdown: false,
      positive_feedback: null,
      state,
      targets: [],
      usage: usage === null ? null : { ...usage },
      build_duration: null,
    },
    category: 'message',
    content_blocks: [],
    session_metadata: {},
    flow_id: message.flowId,
    duration: null,
  };
  return {
    text_key: 'text',
    data: { ...common, id: message.id },
    default_value: '',
    ...common,
    id: message.id,
  };
}

/** The first of the two `error` events of a stream: a message in which the failed component speaks. */
export function errorMessageJson(
  component: string,
  nodeId: string,
  reason: string,
  sessionId: string,
): JsonObject {
  return {
    text_key: 'text',
    default_value: '',
    id: randomUUID(),
    sender: component,
    sender_name: component,
    session_id: sessionId,
    text: `${reason}\n`,
    files: [],
    error: false,
    edit: false,
    category: 'error',
    properties: {
      state: 'complete',
      source: { id: nodeId, display_name: component, source: component },
      usage: null,
      icon: 'error',
    },
    content_blocks: [
      {
        title: 'Error',
        contents: [
          {
            type: 'error',
            component,
            reason: `**ValueError**\n - **Details: ${reason}**\n`,
            traceback: 'Traceback (most recent call last): …',
          },
        ],
      },
    ],
  };
}

/** Langflow's RunResponse for the outputs of one run. */
export function runResponseJson(
  sessionId: string,
  inputValue: string,
  outputs: readonly { readonly output: ExecutionOutput; readonly message: FakeMessage }[],
): JsonObject {
  return {
    session_id: sessionId,
    outputs: [{ inputs: { input_value: inputValue }, outputs: outputs.map(outputJson) }],
  };
}

function outputJson({
  output,
  message,
}: {
  readonly output: ExecutionOutput;
  readonly message: FakeMessage;
}): JsonValue {
  const { id: _, ...result } = messageJson(message, {
    state: 'complete',
    usage: output.usage,
    source: output.source,
  });
  const told = { message: output.text, sender: 'Machine', sender_name: 'AI', files: [] };
  return {
    results: { message: result },
    artifacts: { ...told, type: 'object' },
    outputs: { message: { message: output.text, type: 'text' } },
    logs: { message: [] },
    messages: [
      { ...told, session_id: message.sessionId, stream_url: null, component_id: output.nodeId, type: 'text' },
    ],
    timedelta: null,
    duration: null,
    component_display_name: output.displayName,
    component_id: output.nodeId,
    used_frozen_result: false,
    token_usage: null,
  };
}
