import { Controller, Get, HttpCode, Post, Put, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import {
  ApiPage,
  CurrentActor,
  IdParam,
  IfMatch,
  PageQuery,
  ReplyEtag,
  Requires,
  type SetEtag,
} from '@weir/http';
import type { Actor, Page } from '@weir/kernel';
import { FlowBody } from './flow-body.decorator';
import { FlowEditingService } from './flow-editing.service';
import { VersionParam } from './version-param';
import { VersionsService } from './versions.service';
import {
  FlowView,
  toFlowView,
  toVersionDetailView,
  toVersionView,
  VersionDetailView,
  VersionView,
} from './versions.view';
import { ReplaceFlowDto } from './workflows.dto';
import { WorkflowsService } from './workflows.service';
import { toWorkflowDetailView, type Plain, UpdatedFlowView, WorkflowDetailView } from './workflows.view';

@ApiTags('Workflows')
@ApiBearerAuth()
@Controller('v1/workflows/:id')
export class VersionsController {
  constructor(
    private readonly versions: VersionsService,
    private readonly editing: FlowEditingService,
    private readonly workflows: WorkflowsService,
  ) {}

  @Get('flow')
  @Requires('workflows:read')
  @ApiOperation({
    summary: 'Read the flow',
    description: 'Of the latest version. The ETag is the revision of the workflow.',
  })
  @ApiOkResponse({ type: FlowView })
  async getFlow(
    @CurrentActor() actor: Actor,
    @IdParam('workflow') id: string,
    @ReplyEtag() setEtag: SetEtag,
  ): Promise<FlowView> {
    const flow = await this.versions.getCurrentFlow(actor, id);
    setEtag(flow.revision);
    return toFlowView(flow);
  }

  @Put('flow')
  @Requires('workflows:write')
  @ApiOperation({
    summary: 'Replace the flow',
    description:
      'Makes a new version unless the flow is the same. `********` in a field means: unchanged. With If-Match, a workflow that ' +
      'changed since you read it answers 412.',
  })
  @ApiBody({ type: ReplaceFlowDto })
  @ApiOkResponse({ type: UpdatedFlowView })
  async replaceFlow(
    @CurrentActor() actor: Actor,
    @IdParam('workflow') id: string,
    @FlowBody(ReplaceFlowDto) { flowData, inlineSecrets = 'store' }: ReplaceFlowDto,
    @IfMatch() expectedRevision: number | null,
    @ReplyEtag() setEtag: SetEtag,
  ): Promise<UpdatedFlowView> {
    const { changed, secretsStored } = await this.editing.replaceFlow(actor, id, {
      flowData,
      inlineSecrets,
      expectedRevision,
    });
    return { ...(await this.show(actor, id, setEtag)), changed, secretsStored: [...secretsStored] };
  }

  @Get('versions')
  @Requires('workflows:read')
  @ApiOperation({ summary: 'List versions', description: 'Newest first; never with their flows.' })
  @ApiPage(VersionView)
  async list(
    @CurrentActor() actor: Actor,
    @IdParam('workflow') id: string,
    @Query() query: PageQuery,
  ): Promise<Page<VersionView>> {
    const { data, nextCursor } = await this.versions.list(actor, id, query);
    return { data: data.map(toVersionView), nextCursor };
  }

  @Get('versions/:number')
  @Requires('workflows:read')
  @ApiOperation({ summary: 'Read a version', description: 'Versions never change.' })
  @ApiOkResponse({ type: VersionDetailView })
  async get(
    @CurrentActor() actor: Actor,
    @IdParam('workflow') id: string,
    @VersionParam() number: number,
  ): Promise<VersionDetailView> {
    return toVersionDetailView(await this.versions.get(actor, id, number));
  }

  @Post('versions/:number/publish')
  @HttpCode(200)
  @Requires('workflows:write')
  @ApiOperation({
    summary: 'Publish a version',
    description:
      'Runs take it from now on. Publish an earlier one to roll back. Versions with blocking findings are refused.',
  })
  @ApiOkResponse({ type: WorkflowDetailView })
  async publish(
    @CurrentActor() actor: Actor,
    @IdParam('workflow') id: string,
    @VersionParam() number: number,
    @IfMatch() expectedRevision: number | null,
    @ReplyEtag() setEtag: SetEtag,
  ): Promise<WorkflowDetailView> {
    await this.versions.publish(actor, id, number, expectedRevision);
    return this.show(actor, id, setEtag);
  }

  @Post('unpublish')
  @HttpCode(200)
  @Requires('workflows:write')
  @ApiOperation({ summary: 'Publish no version', description: 'Runs take the latest version from now on.' })
  @ApiOkResponse({ type: WorkflowDetailView })
  async unpublish(
    @CurrentActor() actor: Actor,
    @IdParam('workflow') id: string,
    @IfMatch() expectedRevision: number | null,
    @ReplyEtag() setEtag: SetEtag,
  ): Promise<WorkflowDetailView> {
    await this.versions.unpublish(actor, id, expectedRevision);
    return this.show(actor, id, setEtag);
  }

  private async show(actor: Actor, id: string, setEtag: SetEtag): Promise<Plain<WorkflowDetailView>> {
    const workflow = await this.workflows.get(actor, id);
    setEtag(workflow.row.revision);
    return toWorkflowDetailView(workflow);
  }
}
