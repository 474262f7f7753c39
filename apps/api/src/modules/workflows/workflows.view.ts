import {
  BoolField,
  DateField,
  EnumField,
  IntField,
  JsonField,
  ObjectField,
  ObjectListField,
  TextField,
  TextListField,
  UuidField,
} from '@weir/http';
import { RULES, type FlowInput, type FlowOutput } from '@weir/flow';
import type { WorkflowDetailRow, WorkflowRow } from './workflows.repository';
import type { Described } from './workflows.service';

const MANY = 2_147_483_647;

/** The members of a view without its class, so that a larger view can be made of it. */
export type Plain<View> = { readonly [Member in keyof View]: View[Member] };

class ProvisioningView {
  @EnumField(['none', 'pending', 'ready', 'failed', 'deleting'], {
    about: 'How far the copy in the engine is.',
  })
  readonly state!: string;
  @TextField({ about: 'Why it failed.', max: 2000, nullable: true, example: null }) readonly error!:
    string | null;
}

export class WorkflowView {
  @UuidField() readonly id!: string;
  @UuidField() readonly projectId!: string;
  @TextField({ max: 200, example: 'Support agent' }) readonly name!: string;
  @TextField({
    about: 'Its name in addresses, unique in the organization: POST /v1/run/{slug}.',
    min: 3,
    max: 63,
    example: 'support-agent',
  })
  readonly slug!: string;
  @TextField({ max: 10_000, nullable: true, example: 'Answers the help desk' }) readonly description!:
    string | null;
  @TextListField({ maxItems: 50, maxLength: 100, example: ['support'] }) readonly tags!: string[];
  @IntField({ about: 'Grows with every change; the ETag.', min: 1, max: MANY, example: 1 })
  readonly revision!: number;
  @IntField({ min: 1, max: MANY, example: 1 }) readonly latestVersion!: number;
  @IntField({ about: 'What runs take; null: the latest.', min: 1, max: MANY, nullable: true, example: null })
  readonly publishedVersion!: number | null;
  @BoolField({ example: false }) readonly archived!: boolean;
  @IntField({ about: 'How long a run may take.', min: 1, max: 3600, example: 300 })
  readonly deadlineSeconds!: number;
  @ObjectField(() => ProvisioningView) readonly provisioning!: ProvisioningView;
  @BoolField() readonly hasChatInput!: boolean;
  @BoolField() readonly hasChatOutput!: boolean;
  @DateField() readonly createdAt!: string;
  @DateField() readonly updatedAt!: string;
}

class FlowInputView {
  @EnumField(['chat', 'text', 'file', 'tweak']) readonly kind!: string;
  @TextField({ max: 500, example: 'ChatInput-a1b2c' }) readonly nodeId!: string;
  @TextField({ max: 500, example: 'ChatInput' }) readonly component!: string;
  @TextField({ max: 500, example: 'input_value' }) readonly field!: string;
  @TextField({ max: 500, example: 'Message' }) readonly title!: string;
  @EnumField(['string', 'number', 'integer', 'boolean', 'array', 'object']) readonly type!: string;
  @BoolField({ example: false }) readonly required!: boolean;
}

class FlowOutputView {
  @EnumField(['chat', 'text', 'data']) readonly kind!: string;
  @TextField({ max: 500, example: 'ChatOutput-d3e4f' }) readonly nodeId!: string;
  @TextField({ max: 500, example: 'ChatOutput' }) readonly component!: string;
  @TextField({ max: 500, example: 'Chat Output' }) readonly title!: string;
}

export class FindingView {
  @EnumField(['block', 'warn'], {
    about: '`block` keeps a version from being published or run on a shared engine.',
  })
  readonly severity!: string;
  @EnumField(RULES) readonly rule!: string;
  @TextField({ max: 500, nullable: true, example: 'Custom-x1y2z' }) readonly nodeId!: string | null;
  @TextField({ max: 500, nullable: true, example: 'CustomComponent' }) readonly component!: string | null;
  @TextField({ max: 2000, example: "'Custom' (Custom-x1y2z) has code that Langflow 1.13.0 does not ship." })
  readonly detail!: string;
}

export class InterfaceView {
  @ObjectListField(() => FlowInputView) readonly inputs!: FlowInputView[];
  @ObjectListField(() => FlowOutputView) readonly outputs!: FlowOutputView[];
  @JsonField({ about: 'JSON Schema of what a run takes.' }) readonly inputSchema!: object;
  @JsonField({ about: 'JSON Schema of what a run answers.' }) readonly outputSchema!: object;
}

export class WorkflowDetailView extends WorkflowView {
  @ObjectField(() => InterfaceView, { about: 'Of the published version, else of the latest.' })
  readonly interface!: InterfaceView;
  @ObjectListField(() => FindingView, { about: 'What the inspection of that version found.' })
  readonly findings!: FindingView[];
}

const STORED = {
  about: 'Names under which values of the flow were stored as your secrets.',
  maxItems: 10_000,
  maxLength: 128,
  example: ['OPENAI_API_KEY'],
} as const;

export class CreatedWorkflowView extends WorkflowDetailView {
  @TextListField(STORED) readonly secretsStored!: string[];
}

export class UpdatedFlowView extends WorkflowDetailView {
  @BoolField({ about: 'False when the flow was the same as before: then there is no new version.' })
  readonly changed!: boolean;
  @TextListField(STORED) readonly secretsStored!: string[];
}

export class ImportedWorkflowsView {
  @ObjectListField(() => WorkflowDetailView) readonly data!: WorkflowDetailView[];
  @TextListField(STORED) readonly secretsStored!: string[];
}

export function toWorkflowView({ row, copy }: Described<WorkflowRow>): Plain<WorkflowView> {
  return {
    id: row.id,
    projectId: row.projectId,
    name: row.name,
    slug: row.slug,
    description: row.description,
    tags: row.tags,
    revision: row.revision,
    latestVersion: row.latestVersion,
    publishedVersion: row.publishedVersion,
    archived: row.archivedAt !== null,
    deadlineSeconds: row.deadlineSeconds,
    provisioning: { state: copy?.state ?? 'none', error: copy?.error ?? null },
    hasChatInput: row.hasChatInput,
    hasChatOutput: row.hasChatOutput,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}

export function toWorkflowDetailView(described: Described<WorkflowDetailRow>): Plain<WorkflowDetailView> {
  const { row } = described;
  return {
    ...toWorkflowView(described),
    interface: toInterfaceView(row.interface),
    findings: row.findings.map(toFindingView),
  };
}

export function toInterfaceView(flow: WorkflowDetailRow['interface']): InterfaceView {
  const { inputSchema, outputSchema } = flow;
  return {
    inputs: flow.inputs.map(toInputView),
    outputs: flow.outputs.map(toOutputView),
    inputSchema,
    outputSchema,
  };
}

export function toFindingView({ severity, rule, nodeId, component, detail }: FindingView): FindingView {
  return { severity, rule, nodeId, component, detail };
}

function toInputView({ kind, nodeId, component, field, title, type, required }: FlowInput): FlowInputView {
  return { kind, nodeId, component, field, title, type, required };
}

function toOutputView({ kind, nodeId, component, title }: FlowOutput): FlowOutputView {
  return { kind, nodeId, component, title };
}
