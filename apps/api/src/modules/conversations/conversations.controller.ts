import { Body, Controller, Delete, Get, HttpCode, Patch } from '@nestjs/common';
import { ApiBearerAuth, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentActor, IdParam, Requires } from '@weir/http';
import type { Actor } from '@weir/kernel';
import { RenameConversationDto } from './conversations.dto';
import { ConversationsService } from './conversations.service';
import { ConversationView, toConversationView } from './conversations.view';

@ApiTags('Conversations')
@ApiBearerAuth()
@Controller('v1/conversations')
export class ConversationsController {
  constructor(private readonly conversations: ConversationsService) {}

  @Get(':id')
  @Requires('conversations:read')
  @ApiOperation({ summary: 'Read a conversation', description: 'Its messages have a route of their own.' })
  @ApiOkResponse({ type: ConversationView })
  async read(@CurrentActor() actor: Actor, @IdParam('conversation') id: string): Promise<ConversationView> {
    return toConversationView(await this.conversations.get(actor, id));
  }

  @Patch(':id')
  @Requires('conversations:write')
  @ApiOperation({
    summary: 'Rename a conversation',
    description: 'Later messages leave your title as it is.',
  })
  @ApiOkResponse({ type: ConversationView })
  async rename(
    @CurrentActor() actor: Actor,
    @IdParam('conversation') id: string,
    @Body() { title }: RenameConversationDto,
  ): Promise<ConversationView> {
    return toConversationView(await this.conversations.rename(actor, id, title));
  }

  @Delete(':id')
  @HttpCode(204)
  @Requires('conversations:write')
  @ApiOperation({
    summary: 'Delete a conversation',
    description:
      'Gone at once for you; what the engine remembers of it is removed in the background. Runs and usage stay.',
  })
  @ApiNoContentResponse()
  async delete(@CurrentActor() actor: Actor, @IdParam('conversation') id: string): Promise<void> {
    await this.conversations.delete(actor, id);
  }
}
