import { Body, Controller, Get, Patch } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentActor, Requires } from '@weir/http';
import type { Actor } from '@weir/kernel';
import { UpdateSettingsDto } from './settings.dto';
import { SettingsService } from './settings.service';
import { SettingsView, toSettingsView } from './settings.view';

@ApiTags('Settings')
@ApiBearerAuth()
@Controller('v1/settings')
export class SettingsController {
  constructor(private readonly settings: SettingsService) {}

  @Get()
  @Requires('settings:read')
  @ApiOperation({
    summary: 'Read your settings',
    description: 'The defaults, as long as you changed nothing.',
  })
  @ApiOkResponse({ type: SettingsView })
  async read(@CurrentActor() actor: Actor): Promise<SettingsView> {
    return toSettingsView(await this.settings.get(actor));
  }

  @Patch()
  @Requires('settings:write')
  @ApiOperation({
    summary: 'Change your settings',
    description: 'Fields that are left out stay as they are; lists and objects are replaced.',
  })
  @ApiOkResponse({ type: SettingsView })
  async update(@CurrentActor() actor: Actor, @Body() input: UpdateSettingsDto): Promise<SettingsView> {
    return toSettingsView(await this.settings.update(actor, input));
  }
}
