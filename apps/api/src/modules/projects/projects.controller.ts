import { Body, Controller, Delete, Get, HttpCode, Patch, Post, Put, Query } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import { ApiPage, CurrentActor, IdParam, Requires } from '@weir/http';
import type { Actor, Page } from '@weir/kernel';
import { Idempotent } from '../idempotency/idempotent';
import {
  CreateProjectDto,
  DeleteProjectQuery,
  ListProjectsQuery,
  OrderProjectsDto,
  UpdateProjectDto,
} from './projects.dto';
import { ProjectsService } from './projects.service';
import { ProjectView, toProjectView } from './projects.view';

@ApiTags('Projects')
@ApiBearerAuth()
@Controller('v1/projects')
export class ProjectsController {
  constructor(private readonly projects: ProjectsService) {}

  @Post()
  @Idempotent()
  @Requires('projects:write')
  @ApiOperation({ summary: 'Create a project', description: 'It goes to the end of your list.' })
  @ApiCreatedResponse({ type: ProjectView })
  async create(@CurrentActor() actor: Actor, @Body() input: CreateProjectDto): Promise<ProjectView> {
    const { name, description = null, icon = null, color = null } = input;
    return toProjectView(await this.projects.create(actor, { name, description, icon, color }));
  }

  @Get()
  @Requires('projects:read')
  @ApiOperation({
    summary: 'List projects',
    description: 'In your order, with counts of workflows and conversations.',
  })
  @ApiPage(ProjectView)
  async list(@CurrentActor() actor: Actor, @Query() query: ListProjectsQuery): Promise<Page<ProjectView>> {
    const { data, nextCursor } = await this.projects.list(actor, query);
    return { data: data.map(toProjectView), nextCursor };
  }

  // Before ':id', so that 'order' is not taken for one.
  @Put('order')
  @HttpCode(204)
  @Requires('projects:write')
  @ApiOperation({
    summary: 'Put projects into an order',
    description: 'Projects that are not named follow the named ones.',
  })
  @ApiNoContentResponse()
  async order(@CurrentActor() actor: Actor, @Body() { ids }: OrderProjectsDto): Promise<void> {
    await this.projects.order(actor, ids);
  }

  @Get(':id')
  @Requires('projects:read')
  @ApiOperation({ summary: 'Read a project', description: 'With counts of its workflows and conversations.' })
  @ApiOkResponse({ type: ProjectView })
  async get(@CurrentActor() actor: Actor, @IdParam('project') id: string): Promise<ProjectView> {
    return toProjectView(await this.projects.get(actor, id));
  }

  @Patch(':id')
  @Requires('projects:write')
  @ApiOperation({ summary: 'Change a project', description: 'Only what is sent changes; null removes.' })
  @ApiOkResponse({ type: ProjectView })
  async update(
    @CurrentActor() actor: Actor,
    @IdParam('project') id: string,
    @Body() input: UpdateProjectDto,
  ): Promise<ProjectView> {
    return toProjectView(await this.projects.update(actor, id, input));
  }

  @Delete(':id')
  @HttpCode(204)
  @Requires('projects:write')
  @ApiOperation({
    summary: 'Delete a project',
    description:
      'Workflows in it are never deleted: say whether they move to your default project or are archived there.',
  })
  @ApiNoContentResponse()
  async delete(
    @CurrentActor() actor: Actor,
    @IdParam('project') id: string,
    @Query() { workflows }: DeleteProjectQuery,
  ): Promise<void> {
    await this.projects.delete(actor, id, workflows ?? null);
  }

  @Post(':id/archive')
  @HttpCode(200)
  @Requires('projects:write')
  @ApiOperation({
    summary: 'Archive a project',
    description: 'It takes no new workflows; those in it stay as they are.',
  })
  @ApiOkResponse({ type: ProjectView })
  async archive(@CurrentActor() actor: Actor, @IdParam('project') id: string): Promise<ProjectView> {
    return toProjectView(await this.projects.archive(actor, id));
  }

  @Post(':id/restore')
  @HttpCode(200)
  @Requires('projects:write')
  @ApiOperation({ summary: 'Restore an archived project', description: 'It takes workflows again.' })
  @ApiOkResponse({ type: ProjectView })
  async restore(@CurrentActor() actor: Actor, @IdParam('project') id: string): Promise<ProjectView> {
    return toProjectView(await this.projects.restore(actor, id));
  }
}
