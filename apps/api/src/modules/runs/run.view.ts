import { ApiProperty } from '@nestjs/swagger';
import {
  DateField,
  EnumField,
  IntField,
  ObjectField,
  ObjectListField,
  TextField,
  UuidField,
} from '@weir/http';
import type { JsonValue, Page } from '@weir/kernel';
import type { TokenUsage } from '@weir/langflow-client';
import { durationOf, RUN_MODES, type Run, type RunSummary } from './run';
import { RUN_STATES } from './run-state';
import type { StoredProblem } from './run-problem';
import { RunStream } from './run-stream';

const COUNT = { min: 0, max: 2_147_483_647 } as const;
const JSON_TYPES = ['object', 'array', 'string', 'number', 'boolean', 'null'] as const;
const ANY_JSON = { oneOf: JSON_TYPES.map((type) => ({ type })) };

export class UsageView {
  @IntField({ ...COUNT, example: 120 }) readonly inputTokens!: number;
  @IntField({ ...COUNT, example: 80 }) readonly outputTokens!: number;
  @IntField({ ...COUNT, example: 200 }) readonly totalTokens!: number;
}

export class OutputItemView {
  @TextField({
    about: 'Node of the flow that gave it.',
    max: 200,
    nullable: true,
    example: 'ChatOutput-a1b2c',
  })
  readonly componentId!: string | null;
  @TextField({ max: 200, nullable: true, example: 'Chat Output' }) readonly componentName!: string | null;
  @TextField({ about: 'The text of a message.', max: 10_000_000, nullable: true, example: 'Hello!' })
  readonly text!: string | null;
  @ApiProperty({ description: 'Any other output, as JSON.', ...ANY_JSON, example: null })
  readonly data!: JsonValue;
}

export class RunOutputView {
  @TextField({ about: 'The first text among the outputs.', max: 10_000_000, example: 'Hello!' })
  readonly text!: string;
  @ObjectListField(() => OutputItemView, { about: 'One entry an output of the flow.' })
  readonly items!: OutputItemView[];
}

export class RunProblemView {
  @TextField({
    about: 'Stable; docs/problems.md lists the codes.',
    max: 100,
    example: 'provider_rejected_key',
  })
  readonly code!: string;
  @TextField({ max: 200, example: 'Key refused' }) readonly title!: string;
  @TextField({ max: 10_000, example: "The provider refused the secret 'OPENAI_API_KEY'." })
  readonly detail!: string;
}

export class RunSummaryView {
  @UuidField() readonly id!: string;
  @EnumField(RUN_STATES, { example: 'succeeded', about: 'Everything but `queued` and `running` is final.' })
  readonly status!: string;
  @UuidField() readonly workflowId!: string;
  @IntField({ ...COUNT, about: 'The version that ran.', example: 3 }) readonly version!: number;
  @UuidField({ nullable: true }) readonly conversationId!: string | null;
  @EnumField([...RUN_MODES, 'async']) readonly mode!: string;
  @UuidField({ about: 'The API key that started it.', nullable: true }) readonly apiKeyId!: string | null;
  @EnumField(['engine', 'simulated'], {
    about: '`simulated`: no engine was asked, because the server is set up so.',
  })
  readonly executionMode!: string;
  @ObjectField(() => UsageView, { nullable: true, about: 'Null when no model ran.' })
  readonly usage!: UsageView | null;
  @ObjectField(() => RunProblemView, { nullable: true, about: 'Why it ended badly.' })
  readonly error!: RunProblemView | null;
  @IntField({ ...COUNT, about: 'Milliseconds from start to end.', nullable: true, example: 1_204 })
  readonly durationMs!: number | null;
  @IntField({ ...COUNT, about: 'Milliseconds of it that the engine took.', nullable: true, example: 1_198 })
  readonly engineMs!: number | null;
  @DateField() readonly createdAt!: string;
  @DateField({ nullable: true }) readonly finishedAt!: string | null;
}

export class RunView extends RunSummaryView {
  @TextField({ max: 200_000, example: 'Hello?' }) readonly input!: string;
  @ObjectField(() => RunOutputView, { nullable: true }) readonly output!: RunOutputView | null;
}

/** The members of a view without its class, to be taken along by another. */
type Plain<T> = { [Key in keyof T]: T[Key] };

export function toRunSummaryView(run: RunSummary): Plain<RunSummaryView> {
  return {
    id: run.id,
    status: run.state,
    workflowId: run.workflowId,
    version: run.versionNumber,
    conversationId: run.conversationId,
    mode: run.mode,
    apiKeyId: run.apiKeyId,
    executionMode: run.executionMode,
    usage: toUsageView(run.usage),
    error: toProblemView(run.problem),
    durationMs: durationOf(run),
    engineMs: run.engineMs,
    createdAt: run.createdAt.toISOString(),
    finishedAt: run.finishedAt?.toISOString() ?? null,
  };
}

export function toRunView(run: Run): RunView {
  const { input, output } = run;
  return {
    ...toRunSummaryView(run),
    input,
    output: output === null ? null : { text: output.text, items: output.items.map((item) => ({ ...item })) },
  };
}

export function toRunPageView(page: Page<RunSummary>): Page<RunSummaryView> {
  return { data: page.data.map(toRunSummaryView), nextCursor: page.nextCursor };
}

function toUsageView(usage: TokenUsage | null): UsageView | null {
  if (usage === null) return null;
  const { inputTokens, outputTokens, totalTokens } = usage;
  return { inputTokens, outputTokens, totalTokens };
}

function toProblemView(problem: StoredProblem | null): RunProblemView | null {
  return problem === null ? null : { code: problem.code, title: problem.title, detail: problem.detail };
}

/** A stream passes as it is. */
export function toRunReply(reply: Run | RunStream): RunView | RunStream {
  return reply instanceof RunStream ? reply : toRunView(reply);
}
