import { Injectable } from '@nestjs/common';
import { Database, type Prisma } from '@weir/database';
import type { Actor, TimePlace } from '@weir/kernel';

export interface ConversationRow {
  readonly id: string;
  readonly workflowId: string;
  readonly title: string | null;
  readonly lastMessageAt: Date;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export interface ConversationFilter {
  readonly workflowId: string;
  /** Part of the title, in any case. */
  readonly title: string | undefined;
  readonly after: TimePlace | null;
  /** Rows to read at most. */
  readonly take: number;
}

/** A message that begins: the conversation moves to the top, and gets its title from the first one. */
export interface Touch {
  readonly id: string;
  readonly workflowId: string;
  readonly title: string | null;
  readonly at: Date;
}

const COLUMNS = {
  id: true,
  workflowId: true,
  title: true,
  lastMessageAt: true,
  createdAt: true,
  updatedAt: true,
} as const;

/** Conversations are strictly the person's own; deleted ones are there for the background only. */
@Injectable()
export class ConversationsRepository {
  constructor(private readonly database: Database) {}

  async insert(actor: Actor, row: ConversationRow): Promise<void> {
    await this.database.client.conversation.create({ data: { ...row, ...own(actor) } });
  }

  findById(actor: Actor, id: string): Promise<ConversationRow | null> {
    return this.database.client.conversation.findFirst({
      where: { ...visible(actor), id, deletedAt: null },
      select: COLUMNS,
    });
  }

  listPage(actor: Actor, { workflowId, title, after, take }: ConversationFilter): Promise<ConversationRow[]> {
    return this.database.client.conversation.findMany({
      where: {
        ...visible(actor),
        workflowId,
        deletedAt: null,
        ...(title === undefined ? {} : { title: { contains: asLiteral(title), mode: 'insensitive' } }),
        ...(after === null ? {} : before(after)),
      },
      orderBy: [{ lastMessageAt: 'desc' }, { id: 'desc' }],
      take,
      select: COLUMNS,
    });
  }

  /** @returns false when there is no such conversation with this workflow */
  async touch(actor: Actor, { id, workflowId, title, at }: Touch): Promise<boolean> {
    const touched = await this.database.execute`
      update conversations c
      set last_message_at = greatest(c.last_message_at, ${at}::timestamptz), title = coalesce(c.title, ${title}),
        updated_at = ${at}::timestamptz
      where c.organization_id = ${actor.organizationId}::uuid and c.user_id = ${actor.userId}::uuid and c.id = ${id}::uuid
        and c.workflow_id = ${workflowId}::uuid and c.deleted_at is null`;
    return touched === 1;
  }

  /** @returns false when it is not there */
  async rename(actor: Actor, id: string, title: string): Promise<boolean> {
    const { count } = await this.database.client.conversation.updateMany({
      where: { ...visible(actor), id, deletedAt: null },
      data: { title },
    });
    return count === 1;
  }

  /** @returns false when it is not there */
  async markDeleted(actor: Actor, id: string, at: Date): Promise<boolean> {
    const { count } = await this.database.client.conversation.updateMany({
      where: { ...visible(actor), id, deletedAt: null },
      data: { deletedAt: at },
    });
    return count === 1;
  }

  async markAllDeleted(actor: Actor, at: Date): Promise<void> {
    await this.database.client.conversation.updateMany({
      where: { ...own(actor), deletedAt: null },
      data: { deletedAt: at },
    });
  }

  /** Across all people: ids alone, the longest deleted first. For work without a person. */
  findDeleted(limit: number): Promise<{ organizationId: string; userId: string; id: string }[]> {
    return this.database.query`
      select organization_id as "organizationId", user_id as "userId", id from find_deleted_conversations(${limit}::int)`;
  }

  async findDeletedWorkflowId(actor: Actor, id: string): Promise<string | null> {
    const where = { ...own(actor), id, deletedAt: { not: null } };
    const row = await this.database.client.conversation.findFirst({ where, select: { workflowId: true } });
    return row?.workflowId ?? null;
  }

  /** To the end of the queue of {@link findDeleted}, so that one that cannot go yet holds up no other. */
  async postponePurge(actor: Actor, id: string, at: Date): Promise<void> {
    await this.database.client.conversation.updateMany({
      where: { ...own(actor), id, deletedAt: { not: null } },
      data: { deletedAt: at },
    });
  }

  /** For good, with its messages. */
  async purge(actor: Actor, id: string): Promise<void> {
    await this.database.client.conversation.deleteMany({
      where: { ...own(actor), id, deletedAt: { not: null } },
    });
  }
}

/** A key can be limited to some workflows; for it there are no conversations with others. */
function visible({ organizationId, userId, workflowIds }: Actor): Prisma.ConversationWhereInput {
  const limit = workflowIds === undefined ? {} : { AND: { workflowId: { in: [...workflowIds] } } };
  return { organizationId, userId, ...limit };
}

function own({ organizationId, userId }: Actor): { organizationId: string; userId: string } {
  return { organizationId, userId };
}

/** Prisma passes the text on as a pattern, in which these three mean something else. */
function asLiteral(text: string): string {
  return text.replaceAll(/[\\%_]/g, String.raw`\$&`);
}

/** The first condition alone lets the index find the place; the second breaks ties. */
function before({ at, id }: TimePlace): Prisma.ConversationWhereInput {
  return { lastMessageAt: { lte: at }, OR: [{ lastMessageAt: { lt: at } }, { id: { lt: id } }] };
}
