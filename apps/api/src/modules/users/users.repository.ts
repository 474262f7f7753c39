import { Injectable } from '@nestjs/common';
import { Database } from '@weir/database';
import type { Actor } from '@weir/kernel';

export interface UserRow {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly createdAt: Date;
}

export interface Credentials {
  readonly email: string;
  readonly name: string;
  readonly passwordHash: string | null;
}

const PROFILE = { id: true, email: true, name: true, createdAt: true } as const;

@Injectable()
export class UsersRepository {
  constructor(private readonly database: Database) {}

  insert(
    actor: Actor,
    user: { readonly email: string; readonly name: string; readonly passwordHash: string },
  ): Promise<UserRow> {
    return this.database.client.user.create({ data: { ...user, id: actor.userId }, select: PROFILE });
  }

  findProfile(actor: Actor): Promise<UserRow | null> {
    return this.database.client.user.findFirst({
      where: { id: actor.userId, disabledAt: null },
      select: PROFILE,
    });
  }

  findCredentials(actor: Actor): Promise<Credentials | null> {
    return this.database.client.user.findFirst({
      where: { id: actor.userId, disabledAt: null },
      select: { email: true, name: true, passwordHash: true },
    });
  }

  async updateName(actor: Actor, name: string): Promise<void> {
    await this.database.client.user.updateMany({ where: { id: actor.userId }, data: { name } });
  }

  async updatePasswordHash(actor: Actor, passwordHash: string, changedAt: Date): Promise<void> {
    await this.database.client.user.updateMany({
      where: { id: actor.userId },
      data: { passwordHash, credentialsChangedAt: changedAt },
    });
  }

  /** The same password at a higher cost: nothing that a session depends on has changed. */
  async rehashPassword(actor: Actor, passwordHash: string): Promise<void> {
    await this.database.client.user.updateMany({ where: { id: actor.userId }, data: { passwordHash } });
  }

  /** The address becomes free again, the password is gone; the row goes with the organization's purge. */
  async disable(actor: Actor, at: Date): Promise<void> {
    await this.database.client.user.updateMany({
      where: { id: actor.userId },
      data: {
        disabledAt: at,
        email: `deleted-${actor.userId}@invalid`,
        name: 'Deleted account',
        passwordHash: null,
      },
    });
  }
}
