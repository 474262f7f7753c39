import {
  BoolField,
  BoolQuery,
  EnumField,
  IntField,
  JsonField,
  PageQuery,
  TextField,
  TextListField,
  UuidField,
} from '@weir/http';
import { ArrayUnique } from 'class-validator';
import { SLUG_HINT, SLUG_PATTERN } from '../organizations/slug';
import { INLINE_SECRETS, type InlineSecrets } from './flow-preparation';

const NAME = { min: 1, max: 200, example: 'Support agent', trim: true } as const;
const DESCRIPTION = {
  max: 10_000,
  multiline: true,
  optional: true,
  nullable: true,
  example: 'Answers the help desk',
} as const;
const TAGS = { maxItems: 50, maxLength: 100, optional: true, example: ['support'] } as const;
const UNIQUE_TAGS = { message: '$property must name each tag once' } as const;
const FLOW_DATA = {
  about: "Langflow's `{ nodes, edges, viewport }`, or a whole export of a flow.",
  example: { nodes: [], edges: [], viewport: { x: 0, y: 0, zoom: 1 } },
} as const;
const SECRETS = {
  about:
    'What becomes of secret values in the flow: `store` keeps them as your secrets, `discard` drops them, `reject` refuses ' +
    'the flow. The stored flow refers to them by name in any case.',
  optional: true,
} as const;

export class CreateWorkflowDto {
  @TextField(NAME) readonly name!: string;
  @TextField(DESCRIPTION) readonly description?: string | null;
  @TextListField(TAGS) @ArrayUnique(UNIQUE_TAGS) readonly tags?: string[];
  @JsonField({ ...FLOW_DATA, optional: true }) readonly flowData?: unknown;
  @TextField({
    about: 'Id of a starter, instead of flowData.',
    min: 1,
    max: 100,
    optional: true,
    example: 'basic-prompting',
  })
  readonly starter?: string;
  @EnumField(INLINE_SECRETS, SECRETS) readonly inlineSecrets?: InlineSecrets;
}

export class ReplaceFlowDto {
  @JsonField(FLOW_DATA) readonly flowData!: unknown;
  @EnumField(INLINE_SECRETS, SECRETS) readonly inlineSecrets?: InlineSecrets;
}

/** The text part beside the file of an import. */
export class ImportFieldsDto {
  @EnumField(INLINE_SECRETS, SECRETS) readonly inlineSecrets?: InlineSecrets;
}

export class UpdateWorkflowDto {
  @TextField({ ...NAME, optional: true }) readonly name?: string;
  @TextField({
    about: 'Its name in addresses, unique in the organization. The old address ends at once.',
    min: 3,
    max: 63,
    pattern: SLUG_PATTERN,
    patternHint: SLUG_HINT,
    optional: true,
    example: 'support-agent',
  })
  readonly slug?: string;
  @TextField({ ...DESCRIPTION, about: 'null removes it.' }) readonly description?: string | null;
  @TextListField(TAGS) @ArrayUnique(UNIQUE_TAGS) readonly tags?: string[];
  @UuidField({ about: 'Moves it to another project.', optional: true }) readonly projectId?: string;
  @IntField({ about: 'How long a run may take.', min: 1, max: 3600, optional: true, example: 300 })
  readonly deadlineSeconds?: number;
  @BoolField({ about: 'Archived workflows do not run.', optional: true }) readonly archived?: boolean;
}

export class DuplicateWorkflowDto {
  @TextField({ ...NAME, optional: true, about: 'Without one: the name of the original with a number.' })
  readonly name?: string;
  @UuidField({ about: 'Without one: beside the original.', optional: true }) readonly projectId?: string;
}

export class ListWorkflowsQuery extends PageQuery {
  @UuidField({ about: 'Only of this project.', optional: true }) readonly projectId?: string;
  @TextField({ about: 'Only with this tag.', min: 1, max: 100, optional: true, example: 'support' })
  readonly tag?: string;
  @TextField({
    about: 'Part of the name or the description.',
    min: 1,
    max: 200,
    optional: true,
    example: 'agent',
  })
  readonly q?: string;
  @BoolQuery({ about: 'Only archived ones, or only the others; both when left out.', optional: true })
  readonly archived?: boolean;
}
