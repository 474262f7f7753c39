import {
  Body,
  Controller,
  Delete,
  Get,
  HttpCode,
  Patch,
  Post,
  Put,
  Query,
  UseInterceptors,
} from '@nestjs/common';
import { ApiBearerAuth, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiPage, CurrentActor, IdParam, RateLimited, Requires } from '@weir/http';
import type { Actor, Page } from '@weir/kernel';
import { Idempotent } from '../idempotency/idempotent';
import { ApiRunReply } from '../runs/run-docs';
import type { RunStream } from '../runs/run-stream';
import { StreamReply } from '../runs/stream-reply.interceptor';
import { EditMessageDto, FeedbackDto, MessageListQuery, SendMessageDto } from './conversations.dto';
import {
  MessageExchangeView,
  MessageView,
  toMessagePageView,
  toMessageReply,
  toMessageView,
} from './conversations.view';
import { MessagesService } from './messages.service';

@ApiTags('Conversations')
@ApiBearerAuth()
@Controller('v1/conversations/:id/messages')
export class MessagesController {
  constructor(private readonly messages: MessagesService) {}

  @Post()
  @HttpCode(200)
  @Requires('conversations:write')
  @RateLimited('run')
  @Idempotent()
  @UseInterceptors(StreamReply)
  @ApiOperation({
    summary: 'Send a message',
    description:
      'Runs the workflow with what was said before. Your message and the answer are kept however the run ends; a run that does not succeed is a problem with its `runId`.',
  })
  @ApiRunReply(MessageExchangeView, 'Both messages, or the events of the run.')
  async send(
    @CurrentActor() actor: Actor,
    @IdParam('conversation') id: string,
    @Body() body: SendMessageDto,
  ): Promise<MessageExchangeView | RunStream> {
    return toMessageReply(await this.messages.send(actor, id, body));
  }

  @Get()
  @Requires('conversations:read')
  @ApiOperation({
    summary: 'List the messages of a conversation',
    description: 'The oldest first, unless `order` says otherwise.',
  })
  @ApiPage(MessageView)
  async list(
    @CurrentActor() actor: Actor,
    @IdParam('conversation') id: string,
    @Query() query: MessageListQuery,
  ): Promise<Page<MessageView>> {
    return toMessagePageView(await this.messages.list(actor, id, query));
  }

  @Patch(':messageId')
  @Requires('conversations:write')
  @ApiOperation({
    summary: 'Edit your message',
    description: 'What you said at first is kept as `originalContent`.',
  })
  @ApiOkResponse({ type: MessageView })
  async edit(
    @CurrentActor() actor: Actor,
    @IdParam('conversation') id: string,
    @IdParam('message', 'messageId') messageId: string,
    @Body() { content }: EditMessageDto,
  ): Promise<MessageView> {
    return toMessageView(await this.messages.edit(actor, id, messageId, content));
  }

  @Put(':messageId/feedback')
  @Requires('conversations:write')
  @ApiOperation({ summary: 'Rate an answer', description: 'The last word counts.' })
  @ApiOkResponse({ type: MessageView })
  async rate(
    @CurrentActor() actor: Actor,
    @IdParam('conversation') id: string,
    @IdParam('message', 'messageId') messageId: string,
    @Body() { value }: FeedbackDto,
  ): Promise<MessageView> {
    return toMessageView(await this.messages.giveFeedback(actor, id, messageId, value));
  }

  @Delete(':messageId/feedback')
  @HttpCode(204)
  @Requires('conversations:write')
  @ApiOperation({ summary: 'Take your rating back' })
  @ApiNoContentResponse()
  async unrate(
    @CurrentActor() actor: Actor,
    @IdParam('conversation') id: string,
    @IdParam('message', 'messageId') messageId: string,
  ): Promise<void> {
    await this.messages.giveFeedback(actor, id, messageId, null);
  }
}
