import { Body, Controller, Delete, Get, HttpCode, Param, Put, Query, Res } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import { PROVIDERS } from '@weir/flow';
import { ApiPage, CurrentActor, PageQuery, Requires } from '@weir/http';
import type { Actor, Page } from '@weir/kernel';
import type { FastifyReply } from 'fastify';
import { SecretStoreService } from './secret-store.service';
import { DeleteSecretQuery, PutSecretDto, SecretNameParam } from './secrets.dto';
import {
  SecretProviderListView,
  SecretView,
  toProviderListView,
  toSecretPage,
  toSecretView,
} from './secrets.view';

@ApiTags('Secrets')
@ApiBearerAuth()
@Controller('v1/secrets')
export class SecretsController {
  constructor(private readonly secrets: SecretStoreService) {}

  @Get()
  @Requires('secrets:read')
  @ApiOperation({
    summary: 'List your secrets',
    description: 'By name. Values never leave: a list shows at most their last four characters.',
  })
  @ApiPage(SecretView)
  async list(@CurrentActor() actor: Actor, @Query() query: PageQuery): Promise<Page<SecretView>> {
    return toSecretPage(await this.secrets.listPage(actor, query));
  }

  @Get('providers')
  @Requires('secrets:read')
  @ApiOperation({
    summary: 'List known providers',
    description: 'With the name under which flows look for their key.',
  })
  @ApiOkResponse({ type: SecretProviderListView })
  listProviders(): SecretProviderListView {
    return toProviderListView(PROVIDERS);
  }

  @Put(':name')
  @Requires('secrets:write')
  @ApiOperation({
    summary: 'Store or replace a secret',
    description:
      'Encrypted with your own key, and used by your runs under this name. 201 when the name is new, 200 when a value was replaced.',
  })
  @ApiCreatedResponse({ type: SecretView })
  @ApiOkResponse({ type: SecretView })
  async put(
    @CurrentActor() actor: Actor,
    @Param() { name }: SecretNameParam,
    @Body() input: PutSecretDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SecretView> {
    const { secret, created } = await this.secrets.put(actor, name, input);
    reply.status(created ? 201 : 200);
    return toSecretView(secret);
  }

  @Delete(':name')
  @HttpCode(204)
  @Requires('secrets:write')
  @ApiOperation({
    summary: 'Delete a secret',
    description: 'Answers 409 with the list of workflows that use it, unless `force` is true.',
  })
  @ApiNoContentResponse()
  async delete(
    @CurrentActor() actor: Actor,
    @Param() { name }: SecretNameParam,
    @Query() { force }: DeleteSecretQuery,
  ): Promise<void> {
    await this.secrets.delete(actor, name, force);
  }
}
