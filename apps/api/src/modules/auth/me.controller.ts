import { Body, Controller, Delete, Get, HttpCode, Patch } from '@nestjs/common';
import { ApiBearerAuth, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentActor, Requires } from '@weir/http';
import type { Actor } from '@weir/kernel';
import { toOrganizationView } from '../organizations/organizations.view';
import { toUserView } from '../users/users.view';
import { AccountDeletionService } from './account-deletion.service';
import { AccountService } from './account.service';
import { UpdateMeDto } from './auth.dto';
import { MeView } from './auth.view';
import { ProfileService } from './profile.service';

@ApiTags('Account')
@ApiBearerAuth()
@Controller('v1/me')
export class MeController {
  constructor(
    private readonly accounts: AccountService,
    private readonly profile: ProfileService,
    private readonly deletion: AccountDeletionService,
  ) {}

  @Get()
  @Requires('account:read')
  @ApiOperation({ summary: 'Who you are', description: 'Your account and the organization that you act in.' })
  @ApiOkResponse({ type: MeView })
  async read(@CurrentActor() actor: Actor): Promise<MeView> {
    const { user, organization } = await this.accounts.get(actor);
    return { user: toUserView(user), organization: toOrganizationView(organization) };
  }

  @Patch()
  @Requires('account:write')
  @ApiOperation({ summary: 'Change your name' })
  @ApiOkResponse({ type: MeView })
  async update(@CurrentActor() actor: Actor, @Body() input: UpdateMeDto): Promise<MeView> {
    await this.profile.rename(actor, input);
    return this.read(actor);
  }

  @Delete()
  @HttpCode(204)
  @Requires('account:write')
  @ApiOperation({
    summary: 'Delete your account',
    description:
      'Ends all sessions and destroys the keys of your secrets at once; everything else is removed in the background.',
  })
  @ApiNoContentResponse()
  async delete(@CurrentActor() actor: Actor): Promise<void> {
    await this.deletion.deleteAccount(actor);
  }
}
