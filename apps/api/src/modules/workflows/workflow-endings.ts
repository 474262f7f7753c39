import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Clock, runAsSystem, type Actor } from '@weir/kernel';
import { BackgroundLoops } from '../../background/background-loops';
import { AccountSteps } from '../auth/account-steps';
import { EngineCopies } from '../engine/engine-copies.service';
import { ProjectContents } from '../projects/project-contents';
import { freeName } from './free-name';
import { WorkflowMovesRepository, type Move } from './workflow-moves.repository';

const PURGE_EVERY_MS = 60_000;

/** What workflows do when a project or an account goes away, and how what was deleted ends for good. */
@Injectable()
export class WorkflowEndings implements OnModuleInit {
  constructor(
    private readonly moves: WorkflowMovesRepository,
    private readonly copies: EngineCopies,
    private readonly contents: ProjectContents,
    private readonly accounts: AccountSteps,
    private readonly loops: BackgroundLoops,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.contents.register({
      count: (actor, projectId) => this.moves.count(actor, projectId),
      moveAll: (actor, move) => this.moveAll(actor, move),
    });
    this.accounts.onDeletion((actor) => this.deleteAll(actor));
    this.loops.add({ name: 'purge', everyMs: PURGE_EVERY_MS, work: () => this.purge() });
  }

  /** Workflows whose names are taken over there get a number. */
  private async moveAll(actor: Actor, move: Move): Promise<void> {
    const moving = await this.moves.listNames(actor, move.from);
    const there = new Set((await this.moves.listNames(actor, move.to)).map(({ name }) => name));
    const taken = new Set([...there, ...moving.map(({ name }) => name)]);
    for (const { id, name } of moving) {
      if (!there.has(name)) continue;
      const free = freeName(name, taken);
      taken.add(free);
      await this.moves.rename(actor, id, free);
    }
    await this.moves.moveAll(actor, move);
  }

  private async deleteAll(actor: Actor): Promise<void> {
    const ids = await this.moves.markAllDeleted(actor, this.clock.now());
    for (const id of ids) await this.copies.requestDeletion(actor, id);
  }

  private async purge(): Promise<boolean> {
    await runAsSystem(() => this.moves.purgeDeleted());
    return false;
  }
}
