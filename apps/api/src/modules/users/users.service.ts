import { Injectable } from '@nestjs/common';
import { violatedConstraint } from '@weir/database';
import { notFound, type Actor } from '@weir/kernel';
import { emailTaken } from './users.errors';
import { UsersRepository, type Credentials, type UserRow } from './users.repository';

/** Accounts: the person behind a login. What needs a password or a session is in auth. */
@Injectable()
export class UsersService {
  constructor(private readonly users: UsersRepository) {}

  async create(
    actor: Actor,
    user: { readonly email: string; readonly name: string; readonly passwordHash: string },
  ): Promise<UserRow> {
    try {
      return await this.users.insert(actor, user);
    } catch (error) {
      if (violatedConstraint(error) === 'unique') throw emailTaken();
      throw error;
    }
  }

  async getProfile(actor: Actor): Promise<UserRow> {
    const user = await this.users.findProfile(actor);
    if (user === null) throw notFound('user', actor.userId);
    return user;
  }

  async getCredentials(actor: Actor): Promise<Credentials> {
    const credentials = await this.users.findCredentials(actor);
    if (credentials === null) throw notFound('user', actor.userId);
    return credentials;
  }

  async rename(actor: Actor, name: string): Promise<void> {
    await this.users.updateName(actor, name);
  }

  async changePasswordHash(actor: Actor, passwordHash: string, changedAt: Date): Promise<void> {
    await this.users.updatePasswordHash(actor, passwordHash, changedAt);
  }

  async rehashPassword(actor: Actor, passwordHash: string): Promise<void> {
    await this.users.rehashPassword(actor, passwordHash);
  }

  async disable(actor: Actor, at: Date): Promise<void> {
    await this.users.disable(actor, at);
  }
}
