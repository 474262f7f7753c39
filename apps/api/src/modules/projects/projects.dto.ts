import { BoolQuery, EnumField, PageQuery, TextField, TextListField } from '@weir/http';
import { ArrayUnique, IsUUID } from 'class-validator';

const NAME = { min: 1, max: 200, example: 'Customer support', trim: true } as const;
const DESCRIPTION = {
  max: 2000,
  multiline: true,
  optional: true,
  nullable: true,
  example: 'Answers for the help desk',
} as const;
const ICON = {
  about: "A name of the client's icon set.",
  min: 1,
  max: 64,
  optional: true,
  nullable: true,
  example: 'headset',
} as const;
const COLOR = {
  max: 7,
  optional: true,
  nullable: true,
  example: '#2563eb',
  pattern: /^#[0-9a-fA-F]{6}$/,
  patternHint: 'must be # and six hexadecimal digits',
} as const;

export class CreateProjectDto {
  @TextField(NAME) readonly name!: string;
  @TextField(DESCRIPTION) readonly description?: string | null;
  @TextField(ICON) readonly icon?: string | null;
  @TextField(COLOR) readonly color?: string | null;
}

export class UpdateProjectDto {
  @TextField({ ...NAME, optional: true }) readonly name?: string;
  @TextField({ ...DESCRIPTION, about: 'null removes it.' }) readonly description?: string | null;
  @TextField(ICON) readonly icon?: string | null;
  @TextField(COLOR) readonly color?: string | null;
}

export class ListProjectsQuery extends PageQuery {
  @BoolQuery({ about: 'Only archived ones, or only the others; both when left out.', optional: true })
  readonly archived?: boolean;
}

export const CONTENT_FATES = ['move', 'archive'] as const;
export type ContentFate = (typeof CONTENT_FATES)[number];

export class DeleteProjectQuery {
  @EnumField(CONTENT_FATES, {
    about: 'What becomes of its workflows: `move` to the default project, or `archive` there.',
    optional: true,
  })
  readonly workflows?: ContentFate;
}

export class OrderProjectsDto {
  @TextListField({
    about: 'Ids in the wanted order; your other projects follow in the order that they had.',
    maxItems: 1000,
    maxLength: 36,
    example: ['01938b5e-7c1a-7d52-b3a4-2f9f6d1c8e10'],
  })
  @IsUUID(undefined, { each: true, message: '$property must hold ids of projects' })
  @ArrayUnique({ message: '$property must name each project once' })
  readonly ids!: string[];
}
