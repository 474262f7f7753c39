import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query, UseInterceptors } from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { CONFIG, type AppConfig } from '@weir/config';
import { CurrentActor, IdParam, RateLimited, Requires } from '@weir/http';
import type { Actor, JsonObject } from '@weir/kernel';
import { Idempotent } from '../idempotency/idempotent';
import { ApiRunReply } from '../runs/run-docs';
import type { RunStream } from '../runs/run-stream';
import { RunView, toRunReply } from '../runs/run.view';
import { StreamReply } from '../runs/stream-reply.interceptor';
import { RunEndpointQuery } from './endpoints.dto';
import { EndpointsService } from './endpoints.service';
import { AcceptsEvents } from './run-mode.decorator';

@ApiTags('Endpoints')
@ApiBearerAuth()
@Controller('v1')
export class EndpointsController {
  constructor(
    private readonly endpoints: EndpointsService,
    @Inject(CONFIG) private readonly config: AppConfig,
  ) {}

  @Post('run/:slug')
  @HttpCode(200)
  @Requires('runs:write')
  @RateLimited('run')
  @Idempotent()
  @UseInterceptors(StreamReply)
  @ApiOperation({
    summary: 'Run a published workflow by its slug',
    description:
      'For programs. The body has the inputs of the workflow by name: `input` for its chat, and what else it takes, as GET /v1/organizations/{id}/openapi.json describes it. A body that does not fit is a 422 and runs nothing.',
  })
  @ApiParam({ name: 'slug', schema: { type: 'string', maxLength: 63, example: 'support-agent' } })
  @ApiBody({ schema: { type: 'object', additionalProperties: true, example: { input: 'Hello?' } } })
  @ApiRunReply(RunView, 'The run that succeeded, or its events.')
  async run(
    @CurrentActor() actor: Actor,
    @Param('slug') slug: string,
    @Query() { stream }: RunEndpointQuery,
    @AcceptsEvents() acceptsEvents: boolean,
    @Body() body: unknown,
  ): Promise<RunView | RunStream> {
    const mode = stream || acceptsEvents ? 'stream' : 'sync';
    return toRunReply(await this.endpoints.run(actor, slug, body, mode));
  }

  @Get('organizations/:id/openapi.json')
  @Requires('workflows:read')
  @ApiOperation({
    summary: 'Describe the published workflows',
    description: 'OpenAPI 3.1 with a typed path for each published workflow that you can see.',
  })
  @ApiOkResponse({ schema: { type: 'object', additionalProperties: true } })
  async describe(@CurrentActor() actor: Actor, @IdParam('organization') id: string): Promise<JsonObject> {
    return this.endpoints.describe(actor, id, this.config.http.publicUrl);
  }
}
