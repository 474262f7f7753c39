import {
  BoolField,
  DateField,
  EnumField,
  IntField,
  JsonField,
  ObjectField,
  ObjectListField,
  TextField,
  UuidField,
} from '@weir/http';
import type { ResolvedBinding } from './bindings.service';
import type { VersionDetailRow, VersionRow } from './versions.repository';
import type { CurrentFlow } from './versions.service';
import { FindingView, InterfaceView, toFindingView, toInterfaceView, type Plain } from './workflows.view';

const MANY = 2_147_483_647;

export class FlowView {
  @IntField({ about: 'The latest version.', min: 1, max: MANY, example: 1 }) readonly version!: number;
  @JsonField({ about: "Langflow's `{ nodes, edges, viewport }`. Holds names of secrets, never values." })
  readonly flowData!: object;
}

export class VersionView {
  @IntField({ min: 1, max: MANY, example: 1 }) readonly number!: number;
  @BoolField({ example: false }) readonly published!: boolean;
  @TextField({ about: 'SHA-256 of the flow as canonical JSON.', max: 64, example: '9f86d081884c7d65…' })
  readonly contentHash!: string;
  @IntField({ about: 'Findings that keep it from a shared engine.', min: 0, max: MANY, example: 0 })
  readonly blockingFindings!: number;
  @UuidField({ about: 'Who made it.' }) readonly createdBy!: string;
  @DateField() readonly createdAt!: string;
}

export class VersionDetailView extends VersionView {
  @JsonField({ about: "Langflow's `{ nodes, edges, viewport }`. Holds names of secrets, never values." })
  readonly flowData!: object;
  @ObjectField(() => InterfaceView) readonly interface!: InterfaceView;
  @ObjectListField(() => FindingView) readonly findings!: FindingView[];
}

export class BindingView {
  @TextField({ max: 500, example: 'OpenAIModel-a1b2c' }) readonly nodeId!: string;
  @TextField({ about: 'What the canvas shows above the node.', max: 500, example: 'OpenAI' })
  readonly nodeName!: string;
  @TextField({ max: 500, example: 'OpenAIModel' }) readonly component!: string;
  @TextField({ max: 500, example: 'api_key' }) readonly field!: string;
  @TextField({ max: 128, example: 'OPENAI_API_KEY' }) readonly secretName!: string;
  @TextField({ max: 100, nullable: true, example: 'openai' }) readonly provider!: string | null;
  @BoolField({ about: 'False when the engine never reads the place.' }) readonly required!: boolean;
  @EnumField(['user', 'owner', 'organization', 'missing'], {
    about: 'Whose secret a run of yours would use now.',
  })
  readonly resolved!: string;
}

export class BindingListView {
  @ObjectListField(() => BindingView) readonly data!: BindingView[];
}

export function toFlowView({ version, flowData }: CurrentFlow): FlowView {
  return { version, flowData };
}

export function toVersionView(row: VersionRow): Plain<VersionView> {
  const { number, published, contentHash, blockingFindings, createdBy } = row;
  return {
    number,
    published,
    contentHash,
    blockingFindings,
    createdBy,
    createdAt: row.createdAt.toISOString(),
  };
}

export function toVersionDetailView(row: VersionDetailRow): VersionDetailView {
  return {
    ...toVersionView(row),
    flowData: row.flowData,
    interface: toInterfaceView(row.interface),
    findings: row.findings.map(toFindingView),
  };
}

export function toBindingView(binding: ResolvedBinding): BindingView {
  const { nodeId, nodeName, component, field, secretName, provider, required, resolved } = binding;
  return { nodeId, nodeName, component, field, secretName, provider, required, resolved };
}
