import { Injectable } from '@nestjs/common';
import { TransactionRunner, violatedConstraint } from '@weir/database';
import { newId, notFound, type Actor, type JsonObject } from '@weir/kernel';
import { AuditService } from '../audit/audit.service';
import { EngineCopies } from '../engine/engine-copies.service';
import type { Project } from '../projects/projects.service';
import { SecretsService, type NewSecret } from '../secrets/secrets.service';
import type { PreparedFlow } from './flow-preparation';
import { freeName } from './free-name';
import { VersionsRepository, type LatestVersion } from './versions.repository';
import { slugOf } from './workflow-slug';
import { workflowNameTaken } from './workflows.errors';
import { WorkflowsRepository } from './workflows.repository';

export interface WorkflowDraft {
  readonly name: string;
  readonly description: string | null;
  readonly tags: readonly string[];
  /** Where its first version comes from. */
  readonly content: PreparedFlow | VersionSource;
}

export interface VersionSource {
  readonly workflowId: string;
  readonly number: number;
}

export interface NewWorkflows {
  readonly drafts: readonly WorkflowDraft[];
  readonly secrets: readonly NewSecret[];
  /** For the audit row: `flow`, `starter`, `import` … */
  readonly origin: string;
  /** A taken name becomes `name (2)` instead of a refusal. */
  readonly rename: boolean;
}

export interface NextVersion {
  readonly flow: PreparedFlow;
  readonly secrets: readonly NewSecret[];
}

const MAX_ATTEMPTS = 3;

/** Writes new workflows: rows, first versions, secrets, the wish for engine copies and the audit trail, all or nothing. */
@Injectable()
export class WorkflowWriter {
  constructor(
    private readonly transactions: TransactionRunner,
    private readonly workflows: WorkflowsRepository,
    private readonly versions: VersionsRepository,
    private readonly secrets: SecretsService,
    private readonly copies: EngineCopies,
    private readonly audit: AuditService,
  ) {}

  /**
   * @returns ids in the order of the drafts
   * @throws AppError 409 `workflow_name_taken`, unless names may change
   */
  async insert(actor: Actor, project: Project, input: NewWorkflows): Promise<string[]> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.writing(actor, input.secrets, () => this.insertAll(actor, project, input));
      } catch (error) {
        // The project was deleted between our look at it and the write.
        if (violatedConstraint(error) === 'foreign_key') throw notFound('project', project.id);
        if (violatedConstraint(error) !== 'unique') throw error;
        // A parallel request took a name that was free: choose again, or say so.
        if (!input.rename || attempt === MAX_ATTEMPTS) throw workflowNameTaken(input.drafts[0]?.name ?? '');
      }
    }
  }

  /**
   * The next version, made from `current`. Without a published version the engine is to hold it at once.
   * @returns false when the workflow was changed since `current` was read; then nothing is written
   */
  insertVersion(actor: Actor, current: LatestVersion, next: NextVersion): Promise<boolean> {
    const { id: workflowId, publishedVersion, revision } = current;
    const { flow, secrets } = next;
    const number = current.number + 1;
    return this.writing(actor, secrets, async () => {
      if (!(await this.workflows.update(actor, workflowId, { latestVersion: number }, revision)))
        return false;
      await this.secrets.storeMany(actor, secrets);
      await this.versions.insert(actor, { id: newId(), workflowId, number }, flow);
      if (publishedVersion === null) await this.copies.requestCopy(actor, workflowId, number);
      await this.record(actor, 'workflow.version_created', workflowId, secrets, {
        version: number,
        contentHash: flow.contentHash,
      });
      return true;
    });
  }

  /** For a flow that is as it was, but came with values for its bindings. */
  async storeSecrets(actor: Actor, workflowId: string, secrets: readonly NewSecret[]): Promise<void> {
    await this.writing(actor, secrets, async () => {
      await this.secrets.storeMany(actor, secrets);
      await this.record(actor, 'workflow.updated', workflowId, secrets, {});
    });
  }

  /** The owner's data key may come from a service on the network: it is fetched before the transaction begins. */
  private async writing<T>(actor: Actor, secrets: readonly NewSecret[], work: () => Promise<T>): Promise<T> {
    if (secrets.length > 0) await this.secrets.prepareToStore(actor);
    return this.transactions.run(work);
  }

  private async insertAll(actor: Actor, project: Project, input: NewWorkflows): Promise<string[]> {
    const taken = input.rename ? await this.workflows.listNames(actor, project.id) : new Set<string>();
    await this.secrets.storeMany(actor, input.secrets);
    const ids: string[] = [];
    for (const draft of input.drafts) {
      const name = input.rename ? freeName(draft.name, taken) : draft.name;
      taken.add(name);
      ids.push(await this.insertOne(actor, project, { ...draft, name }, input));
    }
    return ids;
  }

  private async insertOne(
    actor: Actor,
    project: Project,
    draft: WorkflowDraft,
    input: NewWorkflows,
  ): Promise<string> {
    const id = newId();
    const { name, description, tags, content } = draft;
    const slug = await this.workflows.reserveSlug(slugOf(name));
    await this.workflows.insert(actor, {
      id,
      slug,
      projectId: project.id,
      shared: project.shared,
      name,
      description,
      tags,
    });
    const version = { id: newId(), workflowId: id, number: 1 };
    if ('flowData' in content) await this.versions.insert(actor, version, content);
    else await this.versions.insertCopy(actor, version, content);
    await this.copies.requestCopy(actor, id, version.number);
    await this.record(actor, 'workflow.created', id, input.secrets, {
      name,
      projectId: project.id,
      origin: input.origin,
    });
    return id;
  }

  private async record(
    actor: Actor,
    action: string,
    workflowId: string,
    secrets: readonly NewSecret[],
    changes: JsonObject,
  ): Promise<void> {
    const secretsStored = secrets.length > 0 ? { secretsStored: secrets.map(({ name }) => name) } : {};
    await this.audit.record(actor, {
      action,
      objectType: 'workflow',
      objectId: workflowId,
      changes: { ...changes, ...secretsStored },
    });
  }
}
