import { Body, Controller, Delete, Get, HttpCode, Post } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import { CurrentActor, IdParam, Public, RateLimited, Requires } from '@weir/http';
import type { Actor } from '@weir/kernel';
import { ChangePasswordDto, LoginDto, RefreshDto, RegisterDto, SwitchDto } from './auth.dto';
import { AuthService } from './auth.service';
import { SessionListView, SignedInView, TokensView, toSessionView, toSignedInView } from './auth.view';
import { OrganizationEntry } from './organization-entry.service';
import { ProfileService } from './profile.service';
import { SessionsService } from './sessions.service';

@ApiTags('Sign-in')
@Controller('v1/auth')
export class AuthController {
  constructor(
    private readonly auth: AuthService,
    private readonly profile: ProfileService,
    private readonly sessions: SessionsService,
    private readonly entry: OrganizationEntry,
  ) {}

  @Post('register')
  @Public()
  @RateLimited('authentication')
  @ApiOperation({
    summary: 'Sign up',
    description: 'Makes the account, its personal organization and a default project, and signs in.',
  })
  @ApiCreatedResponse({ type: SignedInView })
  async register(@Body() input: RegisterDto): Promise<SignedInView> {
    return toSignedInView(await this.auth.register(input));
  }

  @Post('login')
  @HttpCode(200)
  @Public()
  @RateLimited('authentication')
  @ApiOperation({
    summary: 'Sign in',
    description: 'Unknown addresses and wrong passwords get the same answer.',
  })
  @ApiOkResponse({ type: SignedInView })
  async login(@Body() input: LoginDto): Promise<SignedInView> {
    return toSignedInView(await this.auth.login(input));
  }

  @Post('refresh')
  @HttpCode(200)
  @Public()
  @RateLimited('authentication')
  @ApiOperation({
    summary: 'Exchange a refresh token',
    description:
      'A refresh token works once. Using one twice ends its session: somebody else may hold a copy.',
  })
  @ApiOkResponse({ type: TokensView })
  refresh(@Body() { refreshToken }: RefreshDto): Promise<TokensView> {
    return this.auth.refresh(refreshToken);
  }

  @Post('switch')
  @HttpCode(200)
  @Requires('account:write')
  @ApiBearerAuth()
  @ApiOperation({
    summary: 'Act in another organization',
    description:
      'Starts a session in an organization that you are a member of, with your role there. The present session stays.',
  })
  @ApiOkResponse({ type: SignedInView })
  async switchOrganization(
    @CurrentActor() actor: Actor,
    @Body() { organizationId }: SwitchDto,
  ): Promise<SignedInView> {
    return toSignedInView(await this.entry.switchTo(actor, organizationId));
  }

  @Post('logout')
  @HttpCode(204)
  @Requires('account:write')
  @ApiBearerAuth()
  @ApiOperation({ summary: 'Sign out', description: 'Ends the session of the access token.' })
  @ApiNoContentResponse()
  async logout(@CurrentActor() actor: Actor): Promise<void> {
    await this.profile.endCurrentSession(actor);
  }

  @Post('logout-all')
  @HttpCode(204)
  @Requires('account:write')
  @ApiBearerAuth()
  @ApiOperation({ summary: 'Sign out everywhere', description: 'Ends all sessions, this one too.' })
  @ApiNoContentResponse()
  async logoutAll(@CurrentActor() actor: Actor): Promise<void> {
    await this.profile.endAllSessions(actor);
  }

  @Post('password')
  @HttpCode(204)
  @Requires('account:write')
  @RateLimited('authentication')
  @ApiBearerAuth()
  @ApiOperation({
    summary: 'Change the password',
    description: 'Needs the current one and ends all other sessions.',
  })
  @ApiNoContentResponse()
  async changePassword(@CurrentActor() actor: Actor, @Body() input: ChangePasswordDto): Promise<void> {
    await this.profile.changePassword(actor, input);
  }

  @Get('sessions')
  @Requires('account:read')
  @ApiBearerAuth()
  @ApiOperation({
    summary: 'List your sessions',
    description: 'Where you are signed in; newest first, at most 100.',
  })
  @ApiOkResponse({ type: SessionListView })
  async listSessions(@CurrentActor() actor: Actor): Promise<SessionListView> {
    const rows = await this.sessions.listLive(actor);
    return { data: rows.map((row) => toSessionView(row, actor.sessionId)) };
  }

  @Delete('sessions/:id')
  @HttpCode(204)
  @Requires('account:write')
  @ApiBearerAuth()
  @ApiOperation({ summary: 'End one of your sessions' })
  @ApiNoContentResponse()
  async endSession(@CurrentActor() actor: Actor, @IdParam('session') id: string): Promise<void> {
    await this.profile.endSession(actor, id);
  }
}
