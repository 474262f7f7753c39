import { Body, Controller, Delete, Get, HttpCode, Patch, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiPage, CurrentActor, IdParam, PageQuery, Requires } from '@weir/http';
import type { Actor, Page } from '@weir/kernel';
import { ChangeRoleDto } from './members.dto';
import { MembersService } from './members.service';
import { MemberView, toMemberView } from './members.view';

@ApiTags('Members')
@ApiBearerAuth()
@Controller('v1/members')
export class MembersController {
  constructor(private readonly members: MembersService) {}

  @Get()
  @Requires('members:read')
  @ApiOperation({
    summary: 'List the members',
    description: 'Of the organization that you act in, in the order of joining.',
  })
  @ApiPage(MemberView)
  async list(@CurrentActor() actor: Actor, @Query() query: PageQuery): Promise<Page<MemberView>> {
    const { data, nextCursor } = await this.members.list(actor, query);
    return { data: data.map(toMemberView), nextCursor };
  }

  // Leaving is about the own account: every role may, in a suspended organization too.
  @Post('leave')
  @HttpCode(204)
  @Requires('account:write')
  @ApiOperation({
    summary: 'Leave the organization',
    description: 'Ends your sessions in it. What you shared stays with the organization.',
  })
  @ApiNoContentResponse()
  async leave(@CurrentActor() actor: Actor): Promise<void> {
    await this.members.remove(actor, actor.userId);
  }

  @Patch(':userId')
  @Requires('members:write')
  @ApiOperation({
    summary: 'Change the role of a member',
    description:
      'Not your own, nobody above you, to no role above yours. It applies within seconds everywhere.',
  })
  @ApiOkResponse({ type: MemberView })
  async changeRole(
    @CurrentActor() actor: Actor,
    @IdParam('member', 'userId') userId: string,
    @Body() { role }: ChangeRoleDto,
  ): Promise<MemberView> {
    return toMemberView(await this.members.changeRole(actor, userId, role));
  }

  @Delete(':userId')
  @HttpCode(204)
  @Requires('members:write')
  @ApiOperation({
    summary: 'Remove a member',
    description: 'Ends the sessions of the person in this organization. What the person shared stays.',
  })
  @ApiNoContentResponse()
  async remove(@CurrentActor() actor: Actor, @IdParam('member', 'userId') userId: string): Promise<void> {
    await this.members.remove(actor, userId);
  }
}
