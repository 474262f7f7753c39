import { Body, Controller, Delete, Get, HttpCode, Post, Query } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import { ApiPage, CurrentActor, IdParam, PageQuery, Requires } from '@weir/http';
import type { Actor, Page } from '@weir/kernel';
import { CreateApiKeyDto, RotateApiKeyDto } from './api-keys.dto';
import { ApiKeysService } from './api-keys.service';
import { ApiKeyView, NewApiKeyView, toApiKeyPage, toNewApiKeyView } from './api-keys.view';

/** None of these takes an Idempotency-Key: its stored answer would keep the key in plain. */
@ApiTags('API keys')
@ApiBearerAuth()
@Controller('v1/api-keys')
export class ApiKeysController {
  constructor(private readonly keys: ApiKeysService) {}

  @Post()
  @Requires('api-keys:write')
  @ApiOperation({
    summary: 'Create an API key',
    description:
      'For a program that acts as you in this organization, within its scopes and your role at the time of use. Send it as `Authorization: Bearer wk_…` or `x-api-key`. It is shown this once.',
  })
  @ApiCreatedResponse({ type: NewApiKeyView })
  async create(@CurrentActor() actor: Actor, @Body() input: CreateApiKeyDto): Promise<NewApiKeyView> {
    const { name, scopes, workflowIds = null, ipList = null, expiresAt } = input;
    const { requestsPerMinute = null, runsPerMonth = null } = input;
    const expiry = expiresAt === undefined ? null : new Date(expiresAt);
    const limits = { expiresAt: expiry, requestsPerMinute, runsPerMonth };
    return toNewApiKeyView(await this.keys.create(actor, { name, scopes, workflowIds, ipList, ...limits }));
  }

  @Get()
  @Requires('api-keys:read')
  @ApiOperation({
    summary: 'List your API keys',
    description: 'Newest first, revoked ones left out. Of a key itself only how it begins and ends.',
  })
  @ApiPage(ApiKeyView)
  async list(@CurrentActor() actor: Actor, @Query() query: PageQuery): Promise<Page<ApiKeyView>> {
    return toApiKeyPage(await this.keys.list(actor, query));
  }

  @Delete(':id')
  @HttpCode(204)
  @Requires('api-keys:write')
  @ApiOperation({
    summary: 'Revoke an API key',
    description: 'It stops to work within five seconds on every server.',
  })
  @ApiNoContentResponse()
  async revoke(@CurrentActor() actor: Actor, @IdParam('API key') id: string): Promise<void> {
    await this.keys.revoke(actor, id);
  }

  @Post(':id/rotate')
  @Requires('api-keys:write')
  @ApiOperation({
    summary: 'Rotate an API key',
    description:
      'Answers with a new key of the same rights and limits. The old one works until the overlap ends, so that programs can change over one by one.',
  })
  @ApiCreatedResponse({ type: NewApiKeyView })
  async rotate(
    @CurrentActor() actor: Actor,
    @IdParam('API key') id: string,
    @Body() { overlapSeconds }: RotateApiKeyDto,
  ): Promise<NewApiKeyView> {
    return toNewApiKeyView(await this.keys.rotate(actor, id, overlapSeconds));
  }
}
