import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Public, RateLimited } from '@weir/http';

@ApiTags('Health')
@Controller()
export class HealthController {
  @Get('livez')
  @Public()
  @RateLimited('open')
  @ApiOperation({ summary: 'Is the process alive?', description: 'Touches nothing else.' })
  @ApiOkResponse({ schema: { type: 'object', properties: { status: { type: 'string', example: 'ok' } } } })
  live(): { status: 'ok' } {
    return { status: 'ok' };
  }
}
