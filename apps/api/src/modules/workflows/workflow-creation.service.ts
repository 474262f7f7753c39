import { Injectable } from '@nestjs/common';
import { chooseModels } from '@weir/flow';
import { notFound, type Actor } from '@weir/kernel';
import { ProjectsService, type Project } from '../projects/projects.service';
import { BLANK_FLOW } from './blank-flow';
import { FlowPreparation, requireOutputs, type InlineSecrets, type PreparedFlows } from './flow-preparation';
import { parseUpload } from './flow-upload';
import { readFlow, readFlowFile } from './read-flows';
import { PreferredModel } from './preferred-model';
import { StartersService } from './starters.service';
import { VersionsRepository } from './versions.repository';
import { WorkflowWriter } from './workflow-writer';
import { twoOrigins } from './workflows.errors';

export interface WorkflowTitle {
  readonly name: string;
  readonly description: string | null;
  readonly tags: readonly string[];
}

/** What a new workflow begins with: flow data as a client sent it, a starter, or (neither) nothing. */
export interface NewContent {
  readonly flowData: unknown;
  readonly starter: string | undefined;
  readonly inlineSecrets: InlineSecrets;
}

export interface SentFile {
  readonly bytes: Buffer;
  readonly inlineSecrets: InlineSecrets;
}

export interface CreatedWorkflow {
  readonly id: string;
  /** Names under which values of the flow were stored. */
  readonly secretsStored: readonly string[];
}

export interface CreatedWorkflows {
  readonly ids: readonly string[];
  /** Names under which values of the flow were stored. */
  readonly secretsStored: readonly string[];
}

/** The ways to a new workflow: empty, from a flow, from a file, from a starter, from another workflow. */
@Injectable()
export class WorkflowCreationService {
  constructor(
    private readonly projects: ProjectsService,
    private readonly preparation: FlowPreparation,
    private readonly starters: StartersService,
    private readonly preferredModel: PreferredModel,
    private readonly versions: VersionsRepository,
    private readonly writer: WorkflowWriter,
  ) {}

  /** @throws AppError 422 when there are both a flow and a starter, or the flow cannot be used */
  async create(
    actor: Actor,
    projectId: string,
    title: WorkflowTitle,
    content: NewContent,
  ): Promise<CreatedWorkflow> {
    const project = await this.projects.getWritable(actor, projectId);
    const { prepared, origin } = await this.prepare(actor, content);
    return only(await this.write(actor, project, { titles: [title], prepared, origin, rename: false }));
  }

  /** All flows of the file, or none. Names that are taken get a number. */
  async importFile(
    actor: Actor,
    projectId: string,
    { bytes, inlineSecrets }: SentFile,
  ): Promise<CreatedWorkflows> {
    const project = await this.projects.getWritable(actor, projectId);
    const located = readFlowFile(parseUpload(bytes), '');
    const prepared = await this.preparation.prepare(actor, located, inlineSecrets);
    requireOutputs(located, prepared.flows);
    const titles = located.map(({ document }) => ({
      ...document,
      description: document.description || null,
    }));
    return this.write(actor, project, { titles, prepared, origin: 'import', rename: true });
  }

  /**
   * A new workflow from the latest version of another that one can see.
   * @param name without one it is the other's name with a number
   * @param projectId without one it goes beside the other, or into the default project when that place is not one's own
   */
  async duplicate(
    actor: Actor,
    workflowId: string,
    { name, projectId }: { readonly name: string | undefined; readonly projectId: string | undefined },
  ): Promise<CreatedWorkflow> {
    const source = await this.versions.findLatest(actor, workflowId);
    if (source === null) throw notFound('workflow', workflowId);
    const project = await this.projectFor(actor, projectId ?? (source.own ? source.projectId : undefined));
    const content = { workflowId, number: source.number };
    const draft = { name: name ?? source.name, description: source.description, tags: source.tags, content };
    const origin = `duplicate of ${workflowId}`;
    const ids = await this.writer.insert(actor, project, {
      drafts: [draft],
      secrets: [],
      origin,
      rename: name === undefined,
    });
    return only({ ids, secretsStored: [] });
  }

  private async prepare(
    actor: Actor,
    content: NewContent,
  ): Promise<{ prepared: PreparedFlows; origin: string }> {
    const { flowData, starter, inlineSecrets } = content;
    if (starter !== undefined && flowData !== undefined) throw twoOrigins();
    if (starter !== undefined) {
      const document = await this.starters.getDocument(starter);
      const flow = chooseModels(document.flowData, await this.preferredModel.of(actor));
      const located = [{ document: { ...document, flowData: flow }, pointer: '/starter' }];
      return {
        prepared: await this.preparation.prepare(actor, located, 'discard'),
        origin: `starter ${starter}`,
      };
    }
    if (flowData === undefined)
      return { prepared: { flows: [this.preparation.describe(BLANK_FLOW)], secrets: [] }, origin: 'blank' };
    const located = [readFlow(flowData, '/flowData')];
    const prepared = await this.preparation.prepare(actor, located, inlineSecrets);
    requireOutputs(located, prepared.flows);
    return { prepared, origin: 'flow' };
  }

  private projectFor(actor: Actor, projectId: string | undefined): Promise<Project> {
    return projectId === undefined
      ? this.projects.getDefault(actor)
      : this.projects.getWritable(actor, projectId);
  }

  private async write(
    actor: Actor,
    project: Project,
    { titles, prepared, origin, rename }: ToWrite,
  ): Promise<CreatedWorkflows> {
    const drafts = prepared.flows.flatMap((content, index) => {
      const title = titles[index];
      return title === undefined
        ? []
        : [{ name: title.name, description: title.description, tags: title.tags, content }];
    });
    const { secrets } = prepared;
    const ids = await this.writer.insert(actor, project, { drafts, secrets, origin, rename });
    return { ids, secretsStored: secrets.map(({ name }) => name) };
  }
}

function only({ ids: [id], secretsStored }: CreatedWorkflows): CreatedWorkflow {
  if (id === undefined) throw new Error('A workflow was written without an id.');
  return { id, secretsStored };
}

interface ToWrite {
  readonly titles: readonly WorkflowTitle[];
  readonly prepared: PreparedFlows;
  readonly origin: string;
  readonly rename: boolean;
}
