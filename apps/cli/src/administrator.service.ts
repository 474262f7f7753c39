import { Injectable } from '@nestjs/common';
import { TransactionRunner, violatedConstraint } from '@weir/database';
import { AppError, newId, runAs, runAsSystem, type Actor } from '@weir/kernel';
import { GeneratedPasswords } from '../../api/src/modules/administration/generated-passwords';
import { AccountService } from '../../api/src/modules/auth/account.service';
import { AdministratorRepository } from './administrator.repository';

/** What became of the wish for an administrator. */
export type SeedOutcome =
  | { readonly state: 'created'; readonly password: string }
  | { readonly state: 'present' }
  /** The address belongs to somebody who is not the administrator: whoever signed up first must not become one. */
  | { readonly state: 'address_taken' }
  | { readonly state: 'other_administrator' };

/** The first administrator of an installation. */
@Injectable()
export class AdministratorService {
  constructor(
    private readonly transactions: TransactionRunner,
    private readonly accounts: AccountService,
    private readonly administrators: AdministratorRepository,
    private readonly passwords: GeneratedPasswords,
  ) {}

  /** Makes the account with a random password, unless it is there. Two at once make one. */
  async ensure(email: string): Promise<SeedOutcome> {
    const present = await this.find(email);
    if (present !== null) return present;
    const { password, passwordHash } = await this.passwords.generate();
    const outcome = await this.create(email, passwordHash);
    if (outcome === 'created') return { state: 'created', password };
    return (await this.find(email)) ?? { state: 'other_administrator' };
  }

  private async find(email: string): Promise<SeedOutcome | null> {
    const account = await runAsSystem(() => this.administrators.findByEmail(email));
    if (account === null) return null;
    return { state: account.isAdministrator ? 'present' : 'address_taken' };
  }

  private async create(email: string, passwordHash: string): Promise<'created' | 'refused'> {
    const actor: Actor = { userId: newId(), organizationId: newId(), role: 'owner', via: 'system' };
    try {
      await runAs(actor, () =>
        this.transactions.run(async () => {
          await this.accounts.create(actor, { email, name: 'Administrator', passwordHash });
          if (!(await this.administrators.claim(actor))) throw new AdministratorPresentError();
        }),
      );
      return 'created';
    } catch (error) {
      if (error instanceof AdministratorPresentError || isAddressTaken(error)) return 'refused';
      throw error;
    }
  }
}

/** Takes the account back with its transaction. */
class AdministratorPresentError extends Error {}

function isAddressTaken(error: unknown): boolean {
  return (
    (error instanceof AppError && error.code === 'email_taken') || violatedConstraint(error) === 'unique'
  );
}
