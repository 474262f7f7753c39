import { Injectable } from '@nestjs/common';
import { TransactionRunner, violatedConstraint } from '@weir/database';
import {
  Clock,
  decodeCursor,
  foreignCursor,
  newId,
  notFound,
  toPage,
  type Actor,
  type JsonObject,
  type Page,
  type PageRequest,
} from '@weir/kernel';
import { AuditService } from '../audit/audit.service';
import { DefaultProject } from './default-project';
import { ProjectContents } from './project-contents';
import {
  defaultProjectProtected,
  projectArchived,
  projectNameTaken,
  projectNotEmpty,
} from './projects.errors';
import { ProjectsRepository, type Project, type ProjectFields, type ProjectRow } from './projects.repository';

export type { Project };

/** Folders of workflows. */
@Injectable()
export class ProjectsService {
  constructor(
    private readonly transactions: TransactionRunner,
    private readonly projects: ProjectsRepository,
    private readonly defaults: DefaultProject,
    private readonly contents: ProjectContents,
    private readonly audit: AuditService,
    private readonly clock: Clock,
  ) {}

  async create(actor: Actor, fields: ProjectFields): Promise<ProjectRow> {
    const id = newId();
    await this.writing(fields.name, async () => {
      await this.projects.insert(actor, id, fields);
      await this.record(actor, 'project.created', id, { ...fields });
    });
    return this.get(actor, id);
  }

  /** Makes the default project when the person has none, so that nobody ever sees an empty list. */
  async list(
    actor: Actor,
    request: PageRequest & { readonly archived?: boolean },
  ): Promise<Page<ProjectRow>> {
    const { limit, cursor, archived } = request;
    const after = cursor === undefined ? null : placeOf(cursor);
    const filter = { archived, after, take: limit + 1 };
    let rows = await this.projects.listPage(actor, filter);
    const isWhole = after === null && archived !== true && rows.length <= limit;
    if (isWhole && !rows.some(({ isDefault }) => isDefault)) {
      await this.defaults.ensure(actor);
      rows = await this.projects.listPage(actor, filter);
    }
    return toPage(rows, limit, ({ sortOrder, id }) => ({ sort: String(sortOrder), id }));
  }

  async get(actor: Actor, id: string): Promise<ProjectRow> {
    const project = await this.projects.findById(actor, id);
    if (project === null) throw notFound('project', id);
    return project;
  }

  async update(actor: Actor, id: string, fields: Partial<ProjectFields>): Promise<ProjectRow> {
    await this.writing(fields.name ?? '', async () => {
      if ((await this.projects.update(actor, id, fields)) === 0) throw notFound('project', id);
      await this.record(actor, 'project.updated', id, { ...fields });
    });
    return this.get(actor, id);
  }

  /** Archiving twice is the same as once. */
  async archive(actor: Actor, id: string): Promise<ProjectRow> {
    await this.transactions.run(async () => {
      const project = await this.lockOwn(actor, id);
      if (project.isDefault) throw defaultProjectProtected(project.name, 'archived');
      await this.projects.setArchived(actor, id, project.archivedAt ?? this.clock.now());
      await this.record(actor, 'project.archived', id);
    });
    return this.get(actor, id);
  }

  async restore(actor: Actor, id: string): Promise<ProjectRow> {
    await this.transactions.run(async () => {
      await this.lockOwn(actor, id);
      await this.projects.setArchived(actor, id, null);
      await this.record(actor, 'project.restored', id);
    });
    return this.get(actor, id);
  }

  /** @param fate what becomes of its workflows; without it only an empty project goes */
  async delete(actor: Actor, id: string, fate: 'move' | 'archive' | null): Promise<void> {
    await this.transactions.run(async () => {
      const project = await this.lockOwn(actor, id);
      if (project.isDefault) throw defaultProjectProtected(project.name, 'deleted');
      const workflows = await this.contents.get().count(actor, id);
      if (workflows > 0 && fate === null) throw projectNotEmpty(project.name, workflows);
      const home = await this.defaults.ensure(actor);
      await this.contents
        .get()
        .moveAll(actor, { from: id, to: home.project.id, archive: fate === 'archive' });
      await this.projects.delete(actor, id);
      await this.record(actor, 'project.deleted', id, { name: project.name, workflows, fate });
    });
  }

  async order(actor: Actor, ids: readonly string[]): Promise<void> {
    await this.transactions.run(async () => {
      const own = await this.projects.findOwnIds(actor, ids);
      const unknown = ids.find((id) => !own.has(id.toLowerCase()));
      if (unknown !== undefined) throw notFound('project', unknown);
      await this.projects.reorder(actor, ids);
      await this.record(actor, 'project.reordered', null, { ids: [...ids] });
    });
  }

  /** For what is put into a project: one's own and not archived. */
  async getWritable(actor: Actor, id: string): Promise<Project> {
    const project = await this.projects.findOwn(actor, id);
    if (project === null) throw notFound('project', id);
    if (project.archivedAt !== null) throw projectArchived(project.name);
    return project;
  }

  /** The project that always takes workflows; made when it is missing. */
  async getDefault(actor: Actor): Promise<Project> {
    return (await this.defaults.ensure(actor)).project;
  }

  private async lockOwn(actor: Actor, id: string): Promise<Project> {
    const project = await this.projects.findOwnForUpdate(actor, id);
    if (project === null) throw notFound('project', id);
    return project;
  }

  private async writing(name: string, work: () => Promise<void>): Promise<void> {
    try {
      await this.transactions.run(work);
    } catch (error) {
      if (violatedConstraint(error) === 'unique') throw projectNameTaken(name);
      throw error;
    }
  }

  private async record(
    actor: Actor,
    action: string,
    id: string | null,
    changes: JsonObject = {},
  ): Promise<void> {
    await this.audit.record(actor, { action, objectType: 'project', objectId: id, changes });
  }
}

const INT4_MAX = 2_147_483_647;

function placeOf(cursor: string): { readonly sortOrder: number; readonly id: string } {
  const { sort, id } = decodeCursor(cursor);
  const sortOrder = Number(sort);
  if (Number.isInteger(sortOrder) && sortOrder >= 0 && sortOrder <= INT4_MAX) return { sortOrder, id };
  throw foreignCursor();
}
