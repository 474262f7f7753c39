import { Controller, Get, HttpCode, Post, Query, UseInterceptors } from '@nestjs/common';
import { ApiBearerAuth, ApiHeader, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiPage, CurrentActor, IdParam, Requires } from '@weir/http';
import type { Actor, Page } from '@weir/kernel';
import { LastEventId } from './last-event-id';
import { RunCancellationService } from './run-cancellation.service';
import { ApiEventStream } from './run-docs';
import type { RunStream } from './run-stream';
import { RunSummaryView, RunView, toRunPageView, toRunView } from './run.view';
import { RunListQuery } from './runs.dto';
import { RunsService } from './runs.service';
import { StreamReply } from './stream-reply.interceptor';

@ApiTags('Runs')
@ApiBearerAuth()
@Controller('v1/runs')
export class RunsController {
  constructor(
    private readonly runs: RunsService,
    private readonly cancellation: RunCancellationService,
  ) {}

  @Get()
  @Requires('runs:read')
  @ApiOperation({ summary: 'List your runs', description: 'Newest first, without what was said.' })
  @ApiPage(RunSummaryView)
  async list(@CurrentActor() actor: Actor, @Query() query: RunListQuery): Promise<Page<RunSummaryView>> {
    return toRunPageView(await this.runs.list(actor, query));
  }

  @Get(':id')
  @Requires('runs:read')
  @ApiOperation({ summary: 'Read a run', description: 'Its state, result and usage.' })
  @ApiOkResponse({ type: RunView })
  async read(@CurrentActor() actor: Actor, @IdParam('run') id: string): Promise<RunView> {
    return toRunView(await this.runs.get(actor, id));
  }

  @Get(':id/events')
  @Requires('runs:read')
  @UseInterceptors(StreamReply)
  @ApiOperation({
    summary: 'Follow a run',
    description:
      'The events of the run, from the first or behind `Last-Event-ID`, and those to come until it ends: none missing, none twice, on whichever server you ask.',
  })
  @ApiHeader({ name: 'Last-Event-ID', required: false, description: 'Id of the last event that you saw.' })
  @ApiEventStream('The events of the run.')
  follow(
    @CurrentActor() actor: Actor,
    @IdParam('run') id: string,
    @LastEventId() after: number,
  ): Promise<RunStream> {
    return this.runs.openEvents(actor, id, after);
  }

  @Post(':id/cancel')
  @HttpCode(200)
  @Requires('runs:write')
  @ApiOperation({
    summary: 'Cancel a run',
    description:
      'Stops it within two seconds, wherever it is executed. A run that ended already stays as it is.',
  })
  @ApiOkResponse({ type: RunView })
  async cancel(@CurrentActor() actor: Actor, @IdParam('run') id: string): Promise<RunView> {
    return toRunView(await this.cancellation.cancel(actor, id));
  }
}
