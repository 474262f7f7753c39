import { Body, Controller, Delete, Get, HttpCode, Post, Query, UseGuards } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import { ApiPage, CurrentActor, IdParam, PageQuery, Public, RateLimited, Requires } from '@weir/http';
import { Clock, type Actor, type Page } from '@weir/kernel';
import { SignedInView, toSignedInView } from '../auth/auth.view';
import { OptionalActor, OptionalSessionGuard } from '../auth/optional-session.guard';
import { InvitationAcceptance } from './invitation-acceptance.service';
import { AcceptInvitationDto, InviteDto } from './invitations.dto';
import { InvitationsService } from './invitations.service';
import {
  InvitationView,
  SentInvitationView,
  toInvitationView,
  toSentInvitationView,
} from './invitations.view';

@ApiTags('Members')
@ApiBearerAuth()
@Controller('v1/invitations')
export class InvitationsController {
  constructor(
    private readonly invitations: InvitationsService,
    private readonly acceptance: InvitationAcceptance,
    private readonly clock: Clock,
  ) {}

  // Not idempotent by key: the answer holds the link, and answers of such requests are kept.
  @Post()
  @Requires('members:write')
  @ApiOperation({
    summary: 'Invite somebody',
    description: 'Into the organization that you act in. The link works once, for 7 days.',
  })
  @ApiCreatedResponse({ type: SentInvitationView })
  async invite(
    @CurrentActor() actor: Actor,
    @Body() { email, role }: InviteDto,
  ): Promise<SentInvitationView> {
    return toSentInvitationView(await this.invitations.invite(actor, { email, role }), this.clock.now());
  }

  @Get()
  @Requires('members:write')
  @ApiOperation({ summary: 'List the invitations', description: 'Newest first, also those that are over.' })
  @ApiPage(InvitationView)
  async list(@CurrentActor() actor: Actor, @Query() query: PageQuery): Promise<Page<InvitationView>> {
    const { data, nextCursor } = await this.invitations.list(actor, query);
    const now = this.clock.now();
    return { data: data.map((row) => toInvitationView(row, now)), nextCursor };
  }

  @Post('accept')
  @HttpCode(200)
  @Public()
  @UseGuards(OptionalSessionGuard)
  @RateLimited('authentication')
  @ApiOperation({
    summary: 'Accept an invitation',
    description:
      'Without a login it makes an account with the name and password that are sent. Somebody who has one signs in first and sends the access token along. The answer is a session in the organization.',
  })
  @ApiOkResponse({ type: SignedInView })
  async accept(
    @OptionalActor() actor: Actor | null,
    @Body() input: AcceptInvitationDto,
  ): Promise<SignedInView> {
    return toSignedInView(await this.acceptance.accept(actor, input));
  }

  @Post(':id/resend')
  @HttpCode(200)
  @Requires('members:write')
  @ApiOperation({
    summary: 'Make a new link',
    description: 'For 7 more days. The link before stops working.',
  })
  @ApiOkResponse({ type: SentInvitationView })
  async resend(@CurrentActor() actor: Actor, @IdParam('invitation') id: string): Promise<SentInvitationView> {
    return toSentInvitationView(await this.invitations.resend(actor, id), this.clock.now());
  }

  @Delete(':id')
  @HttpCode(204)
  @Requires('members:write')
  @ApiOperation({ summary: 'Withdraw an invitation' })
  @ApiNoContentResponse()
  async revoke(@CurrentActor() actor: Actor, @IdParam('invitation') id: string): Promise<void> {
    await this.invitations.revoke(actor, id);
  }
}
