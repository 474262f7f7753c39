import { Injectable } from '@nestjs/common';
import { TransactionRunner } from '@weir/database';
import { newId, runAs, runAsSystem, type Actor } from '@weir/kernel';
import { AccountService } from '../auth/account.service';
import {
  AccountsAdministrationRepository,
  type AccountRow,
  type ListedAccount,
} from './accounts-administration.repository';
import { unknownAccount } from './administration.errors';

export interface NewAccount {
  readonly email: string;
  readonly name: string;
  readonly passwordHash: string;
}

export interface AccountPage {
  readonly accounts: readonly ListedAccount[];
  /** Where the next page begins; null when this was the last. */
  readonly next: string | null;
}

const BEFORE_ALL = '00000000-0000-0000-0000-000000000000';

/** The accounts of the installation, for the operator: looked up across tenants, made as a sign-up makes them. */
@Injectable()
export class AccountsAdministrationService {
  constructor(
    private readonly transactions: TransactionRunner,
    private readonly repository: AccountsAdministrationRepository,
    private readonly accounts: AccountService,
  ) {}

  async list(limit: number, after: string = BEFORE_ALL): Promise<AccountPage> {
    // One more than asked for tells whether there is a next page.
    const found = await runAsSystem(() => this.repository.listAfter(after, limit + 1));
    const accounts = found.slice(0, limit);
    return { accounts, next: found.length > limit ? (accounts.at(-1)?.userId ?? null) : null };
  }

  /** @throws AppError 404 when there is no such account, or its owner deleted it */
  async get(email: string): Promise<AccountRow> {
    const account = await runAsSystem(() => this.repository.findByEmail(email));
    if (account === null) throw unknownAccount(email);
    return account;
  }

  /**
   * As a sign-up, with personal organization and default project, whoever may register.
   * @throws AppError 409 when the address is taken
   */
  async add(account: NewAccount): Promise<{ readonly userId: string; readonly organizationId: string }> {
    const actor: Actor = { userId: newId(), organizationId: newId(), role: 'owner', via: 'system' };
    await runAs(actor, () => this.transactions.run(() => this.accounts.create(actor, account)));
    return { userId: actor.userId, organizationId: actor.organizationId };
  }
}
