import { Body, Controller, HttpCode, Post, UseInterceptors } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentActor, IdParam, RateLimited, Requires } from '@weir/http';
import type { Actor } from '@weir/kernel';
import { Idempotent } from '../idempotency/idempotent';
import { ApiRunReply } from './run-docs';
import type { RunStream } from './run-stream';
import { RunView, toRunReply } from './run.view';
import { StartRunDto, toRunInput } from './runs.dto';
import { RunsService } from './runs.service';
import { StreamReply } from './stream-reply.interceptor';

@ApiTags('Runs')
@ApiBearerAuth()
@Controller('v1/workflows/:id/runs')
export class WorkflowRunsController {
  constructor(private readonly runs: RunsService) {}

  @Post()
  @HttpCode(200)
  @Requires('runs:write')
  @RateLimited('run')
  @Idempotent()
  @UseInterceptors(StreamReply)
  @ApiOperation({
    summary: 'Run a workflow',
    description:
      'Runs the published version, or the latest while none is published, with your own secrets. A run that does not succeed is a problem with its `runId`, never a 200. It goes on when you disconnect; cancel it with `POST /v1/runs/{id}/cancel`.',
  })
  @ApiRunReply(RunView, 'The run that succeeded, or its events.')
  async start(
    @CurrentActor() actor: Actor,
    @IdParam('workflow') id: string,
    @Body() body: StartRunDto,
  ): Promise<RunView | RunStream> {
    return toRunReply(await this.runs.start(actor, id, toRunInput(body)));
  }
}
