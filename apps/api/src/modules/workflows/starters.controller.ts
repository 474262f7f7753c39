import { Controller, Get } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Requires } from '@weir/http';
import { StartersService } from './starters.service';
import { StarterListView } from './starters.view';

@ApiTags('Workflows')
@ApiBearerAuth()
@Controller('v1/starters')
export class StartersController {
  constructor(private readonly starters: StartersService) {}

  @Get()
  @Requires('workflows:read')
  @ApiOperation({
    summary: 'List starter flows',
    description: 'Flows to begin with: pass the `id` of one as `starter` when you create a workflow.',
  })
  @ApiOkResponse({ type: StarterListView })
  list(): StarterListView {
    return { data: this.starters.list().map((starter) => ({ ...starter, tags: [...starter.tags] })) };
  }
}
