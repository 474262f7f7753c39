import { Body, Controller, Delete, Get, HttpCode, Patch, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiPage, CurrentActor, IdParam, IfMatch, ReplyEtag, Requires, type SetEtag } from '@weir/http';
import type { Actor, JsonObject, Page } from '@weir/kernel';
import { BindingsService } from './bindings.service';
import { ReplyDownload, type SetDownload } from './download.decorator';
import { VersionsService } from './versions.service';
import { BindingListView, toBindingView } from './versions.view';
import { ListWorkflowsQuery, UpdateWorkflowDto } from './workflows.dto';
import { WorkflowsService } from './workflows.service';
import { toWorkflowDetailView, toWorkflowView, WorkflowDetailView, WorkflowView } from './workflows.view';

@ApiTags('Workflows')
@ApiBearerAuth()
@Controller('v1/workflows')
export class WorkflowsController {
  constructor(
    private readonly workflows: WorkflowsService,
    private readonly versions: VersionsService,
    private readonly bindings: BindingsService,
  ) {}

  @Get()
  @Requires('workflows:read')
  @ApiOperation({ summary: 'List workflows', description: 'Last changed first; never with their flows.' })
  @ApiPage(WorkflowView)
  async list(@CurrentActor() actor: Actor, @Query() query: ListWorkflowsQuery): Promise<Page<WorkflowView>> {
    const { data, nextCursor } = await this.workflows.list(actor, query);
    return { data: data.map(toWorkflowView), nextCursor };
  }

  @Get(':id')
  @Requires('workflows:read')
  @ApiOperation({
    summary: 'Read a workflow',
    description: 'With what it takes and answers. The ETag is its revision.',
  })
  @ApiOkResponse({ type: WorkflowDetailView })
  async get(
    @CurrentActor() actor: Actor,
    @IdParam('workflow') id: string,
    @ReplyEtag() setEtag: SetEtag,
  ): Promise<WorkflowDetailView> {
    const workflow = await this.workflows.get(actor, id);
    setEtag(workflow.row.revision);
    return toWorkflowDetailView(workflow);
  }

  @Patch(':id')
  @Requires('workflows:write')
  @ApiOperation({
    summary: 'Change a workflow',
    description:
      'Only what is sent changes. With If-Match, a workflow that changed since you read it answers 412.',
  })
  @ApiOkResponse({ type: WorkflowDetailView })
  async update(
    @CurrentActor() actor: Actor,
    @IdParam('workflow') id: string,
    @Body() input: UpdateWorkflowDto,
    @IfMatch() expectedRevision: number | null,
    @ReplyEtag() setEtag: SetEtag,
  ): Promise<WorkflowDetailView> {
    const workflow = await this.workflows.update(actor, id, input, expectedRevision);
    setEtag(workflow.row.revision);
    return toWorkflowDetailView(workflow);
  }

  @Delete(':id')
  @HttpCode(204)
  @Requires('workflows:write')
  @ApiOperation({
    summary: 'Delete a workflow',
    description:
      'It is gone at once; what the engine holds of it, with its conversations, follows in the background.',
  })
  @ApiNoContentResponse()
  async delete(
    @CurrentActor() actor: Actor,
    @IdParam('workflow') id: string,
    @IfMatch() expectedRevision: number | null,
  ): Promise<void> {
    await this.workflows.delete(actor, id, expectedRevision);
  }

  @Get(':id/export')
  @Requires('workflows:read')
  @ApiOperation({
    summary: 'Export a workflow',
    description: "A file for Langflow's own import: the latest version, with names of secrets and no values.",
  })
  @ApiOkResponse({ schema: { type: 'object', additionalProperties: true } })
  async export(
    @CurrentActor() actor: Actor,
    @IdParam('workflow') id: string,
    @ReplyDownload() setDownload: SetDownload,
  ): Promise<JsonObject> {
    const { name, document } = await this.versions.export(actor, id);
    setDownload(name);
    return document;
  }

  @Get(':id/bindings')
  @Requires('workflows:read')
  @ApiOperation({
    summary: 'List the secrets that a workflow needs',
    description: 'Each place that refers to a secret, and whose secret a run of yours would use now.',
  })
  @ApiOkResponse({ type: BindingListView })
  async listBindings(
    @CurrentActor() actor: Actor,
    @IdParam('workflow') id: string,
  ): Promise<BindingListView> {
    const bindings = await this.bindings.list(actor, id);
    return { data: bindings.map(toBindingView) };
  }
}
