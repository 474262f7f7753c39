import { Module, type OnModuleInit } from '@nestjs/common';
import { Clock } from '@weir/kernel';
import { BackgroundModule } from '../../background/background.module';
import { AuditModule } from '../audit/audit.module';
import { AccountSteps } from '../auth/account-steps';
import { AuthModule } from '../auth/auth.module';
import { EngineModule } from '../engine/engine.module';
import { RunsModule } from '../runs/runs.module';
import { WorkflowsModule } from '../workflows/workflows.module';
import { ConversationPurge } from './conversation-purge';
import { ConversationsController } from './conversations.controller';
import { ConversationsRepository } from './conversations.repository';
import { ConversationsService } from './conversations.service';
import { MessageTurns } from './message-turns';
import { MessagesController } from './messages.controller';
import { MessagesRepository } from './messages.repository';
import { MessagesService } from './messages.service';
import { WorkflowConversationsController } from './workflow-conversations.controller';

@Module({
  imports: [AuditModule, AuthModule, BackgroundModule, EngineModule, RunsModule, WorkflowsModule],
  controllers: [ConversationsController, MessagesController, WorkflowConversationsController],
  providers: [
    ConversationPurge,
    ConversationsRepository,
    ConversationsService,
    MessageTurns,
    MessagesRepository,
    MessagesService,
  ],
})
export class ConversationsModule implements OnModuleInit {
  constructor(
    private readonly steps: AccountSteps,
    private readonly conversations: ConversationsRepository,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.steps.onDeletion((actor) => this.conversations.markAllDeleted(actor, this.clock.now()));
  }
}
