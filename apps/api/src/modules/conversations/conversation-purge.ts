import { Injectable, type OnModuleInit } from '@nestjs/common';
import { AppError, Clock, runAs, runAsSystem, type Actor } from '@weir/kernel';
import { Logger } from '@weir/logging';
import { BackgroundLoops } from '../../background/background-loops';
import { EngineService } from '../engine/engine.service';
import { RunsService } from '../runs/runs.service';
import { ConversationsRepository } from './conversations.repository';

const EVERY_MS = 3_000;
const BATCH = 20;

/** Removes deleted conversations: first from the engine's memory, then from ours. An engine that is away delays that. */
@Injectable()
export class ConversationPurge implements OnModuleInit {
  constructor(
    private readonly loops: BackgroundLoops,
    private readonly conversations: ConversationsRepository,
    private readonly engine: EngineService,
    private readonly runs: RunsService,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  onModuleInit(): void {
    this.loops.add({
      name: 'deleted-conversations',
      everyMs: EVERY_MS,
      work: (signal) => this.takeTurn(signal),
    });
  }

  private async takeTurn(signal: AbortSignal): Promise<boolean> {
    const due = await runAsSystem(() => this.conversations.findDeleted(BATCH));
    let purged = 0;
    for (const { organizationId, userId, id } of due) {
      if (signal.aborted) return false;
      const actor: Actor = { organizationId, userId, role: 'owner', via: 'system' };
      const outcome = await runAs(actor, () => this.purge(actor, id));
      // Nothing else would work either: the next turn tries again.
      if (outcome === 'engine away') return false;
      if (outcome === 'purged') purged += 1;
    }
    return due.length === BATCH && purged > 0;
  }

  private async purge(actor: Actor, id: string): Promise<'purged' | 'postponed' | 'engine away'> {
    const workflowId = await this.conversations.findDeletedWorkflowId(actor, id);
    if (workflowId === null) return 'purged';
    // A run under way would write to the engine's memory again.
    if (await this.runs.isBusy(actor, id)) return this.postpone(actor, id);
    try {
      await this.engine.deleteSession(actor, workflowId, id);
    } catch (error) {
      if (error instanceof AppError && error.status === 503) return 'engine away';
      this.logger.warn({ event: 'conversation.purge_failed', conversationId: id, err: error });
      return this.postpone(actor, id);
    }
    await this.conversations.purge(actor, id);
    return 'purged';
  }

  private async postpone(actor: Actor, id: string): Promise<'postponed'> {
    await this.conversations.postponePurge(actor, id, this.clock.now());
    return 'postponed';
  }
}
