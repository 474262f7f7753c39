import { Injectable, type OnModuleInit } from '@nestjs/common';
import { TransactionRunner } from '@weir/database';
import { newId, type Actor } from '@weir/kernel';
import { AuditService } from '../audit/audit.service';
import { AccountSteps } from '../auth/account-steps';
import { ProjectsRepository, type Project } from './projects.repository';

const NAME = 'My workflows';
const MAX_NAMES = 1000;

export interface EnsuredDefault {
  readonly project: Project;
  /** True when it was missing until now. */
  readonly made: boolean;
}

/** Every person's first project: there from sign-up, made again should it ever be missing, never twice. */
@Injectable()
export class DefaultProject implements OnModuleInit {
  constructor(
    private readonly transactions: TransactionRunner,
    private readonly projects: ProjectsRepository,
    private readonly steps: AccountSteps,
    private readonly audit: AuditService,
  ) {}

  onModuleInit(): void {
    // Part of the sign-up, whose audit row speaks for it.
    this.steps.onSignUp(async (actor) => {
      await this.insert(actor);
    });
  }

  async ensure(actor: Actor): Promise<EnsuredDefault> {
    const found = await this.projects.findDefault(actor);
    if (found !== null) return { project: found, made: false };
    return this.transactions.run(async () => {
      const { project, made } = await this.insert(actor);
      if (made) {
        const { id: objectId, name } = project;
        await this.audit.record(actor, {
          action: 'project.created',
          objectType: 'project',
          objectId,
          changes: { name },
        });
      }
      return { project, made };
    });
  }

  /** The unique index decides between parallel requests; a person's own project of that name makes it take another. */
  private async insert(actor: Actor): Promise<EnsuredDefault> {
    for (let attempt = 1; attempt <= MAX_NAMES; attempt++) {
      const name = attempt === 1 ? NAME : `${NAME} (${attempt})`;
      const made = await this.projects.insertDefaultIfMissing(actor, newId(), name);
      const project = await this.projects.findDefault(actor);
      if (project !== null) return { project, made };
    }
    throw new Error(`No free name for a default project after ${MAX_NAMES} attempts.`);
  }
}
