import { Controller, Get, Req, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Public, RateLimited, type Problem } from '@weir/http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { HealthService } from './health.service';
import { ReadinessView, toReadinessAnswer } from './health.view';

@ApiTags('Health')
@Controller()
@Public()
@RateLimited('open')
export class HealthController {
  constructor(private readonly health: HealthService) {}

  @Get('livez')
  @ApiOperation({ summary: 'Is the process alive?', description: 'Touches nothing else.' })
  @ApiOkResponse({ schema: { type: 'object', properties: { status: { type: 'string', example: 'ok' } } } })
  live(): { status: 'ok' } {
    return { status: 'ok' };
  }

  @Get('readyz')
  @ApiOperation({
    summary: 'Can the service do its work?',
    description:
      'Checks database, migrations, engine and key ring. 503 names each that is not ready; the other routes are served meanwhile.',
  })
  @ApiOkResponse({ type: ReadinessView })
  async ready(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ReadinessView | Problem> {
    const { status, contentType, body } = toReadinessAnswer(
      await this.health.check(),
      request.weirContext.requestId,
    );
    void reply.status(status).type(contentType);
    return body;
  }
}
