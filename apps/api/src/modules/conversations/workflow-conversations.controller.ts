import { Body, Controller, Get, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiCreatedResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiPage, CurrentActor, IdParam, Requires } from '@weir/http';
import type { Actor, Page } from '@weir/kernel';
import { Idempotent } from '../idempotency/idempotent';
import { ConversationListQuery, CreateConversationDto } from './conversations.dto';
import { ConversationsService } from './conversations.service';
import { ConversationView, toConversationPageView, toConversationView } from './conversations.view';

@ApiTags('Conversations')
@ApiBearerAuth()
@Controller('v1/workflows/:id/conversations')
export class WorkflowConversationsController {
  constructor(private readonly conversations: ConversationsService) {}

  @Post()
  @Requires('conversations:write')
  @Idempotent()
  @ApiOperation({
    summary: 'Begin a conversation',
    description: 'A chat with a workflow, which remembers what was said.',
  })
  @ApiCreatedResponse({ type: ConversationView })
  async create(
    @CurrentActor() actor: Actor,
    @IdParam('workflow') id: string,
    @Body() { title }: CreateConversationDto,
  ): Promise<ConversationView> {
    return toConversationView(await this.conversations.create(actor, id, title ?? null));
  }

  @Get()
  @Requires('conversations:read')
  @ApiOperation({
    summary: 'List your conversations with a workflow',
    description: 'Those with the newest message first.',
  })
  @ApiPage(ConversationView)
  async list(
    @CurrentActor() actor: Actor,
    @IdParam('workflow') id: string,
    @Query() query: ConversationListQuery,
  ): Promise<Page<ConversationView>> {
    return toConversationPageView(await this.conversations.list(actor, id, query));
  }
}
