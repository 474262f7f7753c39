import { Body, Controller, Post } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiBody,
  type ApiBodyOptions,
  ApiConsumes,
  ApiCreatedResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import { CurrentActor, IdParam, ReplyEtag, Requires, type SetEtag } from '@weir/http';
import type { Actor } from '@weir/kernel';
import { INLINE_SECRETS } from './flow-preparation';
import { Idempotent } from '../idempotency/idempotent';
import { FlowBody } from './flow-body.decorator';
import { UploadedFlowFile, type UploadedFlow } from './uploaded-flow.decorator';
import { WorkflowCreationService } from './workflow-creation.service';
import { CreateWorkflowDto, DuplicateWorkflowDto } from './workflows.dto';
import { WorkflowsService } from './workflows.service';
import { CreatedWorkflowView, ImportedWorkflowsView, toWorkflowDetailView } from './workflows.view';

/** The multipart body of an import, for the documentation. */
const IMPORT_BODY: ApiBodyOptions = {
  schema: {
    type: 'object',
    required: ['file'],
    properties: {
      file: {
        type: 'string',
        format: 'binary',
        description: 'A Langflow export (JSON): one flow, or { flows: […] }.',
      },
      inlineSecrets: { type: 'string', enum: [...INLINE_SECRETS], default: 'store' },
    },
  },
};

/** The ways to new workflows. */
@ApiTags('Workflows')
@ApiBearerAuth()
@Controller('v1')
export class ProjectWorkflowsController {
  constructor(
    private readonly creation: WorkflowCreationService,
    private readonly workflows: WorkflowsService,
  ) {}

  @Post('projects/:projectId/workflows')
  @Idempotent()
  @Requires('workflows:write')
  @ApiOperation({
    summary: 'Create a workflow',
    description: 'From flow data, from a starter, or empty. Secret values in the flow never stay in it.',
  })
  @ApiBody({ type: CreateWorkflowDto })
  @ApiCreatedResponse({ type: CreatedWorkflowView })
  async create(
    @CurrentActor() actor: Actor,
    @IdParam('project', 'projectId') projectId: string,
    @FlowBody(CreateWorkflowDto) input: CreateWorkflowDto,
    @ReplyEtag() setEtag: SetEtag,
  ): Promise<CreatedWorkflowView> {
    const { name, description = null, tags = [], flowData, starter, inlineSecrets = 'store' } = input;
    const content = { flowData, starter, inlineSecrets };
    const created = await this.creation.create(actor, projectId, { name, description, tags }, content);
    return this.show(actor, created, setEtag);
  }

  @Post('projects/:projectId/workflows/import')
  @Idempotent()
  @Requires('workflows:write')
  @ApiOperation({
    summary: 'Import a file',
    description: 'All flows of the file or none. A name that the project already has gets a number.',
  })
  @ApiConsumes('multipart/form-data')
  @ApiBody(IMPORT_BODY)
  @ApiCreatedResponse({ type: ImportedWorkflowsView })
  async import(
    @CurrentActor() actor: Actor,
    @IdParam('project', 'projectId') projectId: string,
    @UploadedFlowFile() file: UploadedFlow,
  ): Promise<ImportedWorkflowsView> {
    const { ids, secretsStored } = await this.creation.importFile(actor, projectId, file);
    const workflows = await this.workflows.getMany(actor, ids);
    return { data: workflows.map(toWorkflowDetailView), secretsStored: [...secretsStored] };
  }

  @Post('workflows/:id/duplicate')
  @Idempotent()
  @Requires('workflows:write')
  @ApiOperation({
    summary: 'Duplicate a workflow',
    description: 'Its latest version becomes version 1 of a new workflow.',
  })
  @ApiCreatedResponse({ type: CreatedWorkflowView })
  async duplicate(
    @CurrentActor() actor: Actor,
    @IdParam('workflow') id: string,
    @Body() { name, projectId }: DuplicateWorkflowDto,
    @ReplyEtag() setEtag: SetEtag,
  ): Promise<CreatedWorkflowView> {
    return this.show(actor, await this.creation.duplicate(actor, id, { name, projectId }), setEtag);
  }

  private async show(
    actor: Actor,
    { id, secretsStored }: { readonly id: string; readonly secretsStored: readonly string[] },
    setEtag: SetEtag,
  ): Promise<CreatedWorkflowView> {
    const workflow = await this.workflows.get(actor, id);
    setEtag(workflow.row.revision);
    return { ...toWorkflowDetailView(workflow), secretsStored: [...secretsStored] };
  }
}
