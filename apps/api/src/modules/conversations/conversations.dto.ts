import { EnumField, PageQuery, TextField } from '@weir/http';
import { RUN_MODES, type RunMode } from '../runs/run';

const TITLE = { min: 1, max: 200, trim: true, example: 'Plans for the river' } as const;
const CONTENT = { min: 1, max: 200_000, multiline: true, example: 'Where does the river end?' } as const;

export class CreateConversationDto {
  @TextField({ ...TITLE, about: 'Without one, the first message gives it.', optional: true })
  readonly title?: string;
}

export class RenameConversationDto {
  @TextField(TITLE)
  readonly title!: string;
}

export class ConversationListQuery extends PageQuery {
  @TextField({ about: 'Part of the title, in any case.', min: 1, max: 200, optional: true, example: 'river' })
  readonly q?: string;
}

export class SendMessageDto {
  @TextField(CONTENT)
  readonly content!: string;

  @EnumField(RUN_MODES, {
    about: '`sync` answers with both messages, `stream` with server-sent events.',
    optional: true,
    example: 'sync',
  })
  readonly mode: RunMode = 'sync';
}

export class EditMessageDto {
  @TextField(CONTENT)
  readonly content!: string;
}

export class FeedbackDto {
  @EnumField(['positive', 'negative'])
  readonly value!: string;
}

export class MessageListQuery extends PageQuery {
  @EnumField(['asc', 'desc'], { about: '`asc`: the oldest first.', optional: true })
  readonly order: 'asc' | 'desc' = 'asc';
}
