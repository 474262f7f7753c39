import { EnumField, JsonField, PageQuery, TextField, TextListField, UuidField } from '@weir/http';
import { invalidInput, isJsonObject, type FieldError, type JsonObject } from '@weir/kernel';
import { RUN_MODES, type RunInput, type RunMode } from './run';
import { RUN_STATES, type RunState } from './run-state';

export const MAX_INPUT = 200_000;

export class StartRunDto {
  @TextField({
    about: 'What the chat or text input of the flow gets.',
    max: MAX_INPUT,
    multiline: true,
    example: 'Hello?',
  })
  readonly input!: string;

  @EnumField(RUN_MODES, {
    about: '`sync` answers with the result, `stream` with server-sent events.',
    optional: true,
    example: 'sync',
  })
  readonly mode: RunMode = 'sync';

  @UuidField({ about: 'Makes the run a turn of this conversation of the same workflow.', optional: true })
  readonly conversationId?: string;

  @JsonField({
    about: 'Values of fields for this run alone, by node id. Secrets and code cannot be changed.',
    optional: true,
    example: { 'Prompt-x7y8z': { template: 'Answer in one word: {question}' } },
  })
  readonly tweaks?: JsonObject;

  @TextListField({
    about: 'Uploads are not available yet: leave it out, or empty.',
    maxItems: 0,
    maxLength: 1,
    optional: true,
    example: [],
  })
  readonly files?: string[];
}

export class RunListQuery extends PageQuery {
  @UuidField({ optional: true }) readonly workflowId?: string;
  @UuidField({ optional: true }) readonly conversationId?: string;
  @EnumField(RUN_STATES, { optional: true, example: 'succeeded' }) readonly status?: RunState;
}

/** @throws AppError 422 that points at the first tweaks of a wrong shape */
export function toRunInput({ input, mode, conversationId, tweaks = {} }: StartRunDto): RunInput {
  const wellFormed: Record<string, JsonObject> = {};
  const errors: FieldError[] = [];
  for (const [nodeId, fields] of Object.entries(tweaks)) {
    if (isJsonObject(fields)) wellFormed[nodeId] = fields;
    else
      errors.push({
        pointer: `/tweaks/${nodeId.slice(0, 100)}`,
        detail: 'must be an object of field values',
      });
  }
  if (errors.length > 0)
    throw invalidInput('Tweaks are objects of field values by node id.', errors.slice(0, 20));
  return { input, mode, conversationId: conversationId ?? null, tweaks: wellFormed };
}
