import { Injectable } from '@nestjs/common';
import { TransactionRunner } from '@weir/database';
import { currentContext, newId, runAs, runAsSystem, type Actor } from '@weir/kernel';
import type { OrganizationRow } from '../organizations/organizations.repository';
import type { UserRow } from '../users/users.repository';
import { AccountService } from './account.service';
import { refreshRefused, wrongCredentials } from './auth.errors';
import type { LoginDto, RegisterDto } from './auth.dto';
import { LoginThrottle } from './login-throttle';
import { PasswordService } from './password.service';
import { SessionsRepository, type LoginRow } from './sessions.repository';
import { SessionsService, type Tokens } from './sessions.service';

export interface SignedIn {
  readonly user: UserRow;
  readonly organization: OrganizationRow;
  readonly tokens: Tokens;
}

/** Sign-up, sign-in and refresh: the requests that come without an actor. */
@Injectable()
export class AuthService {
  constructor(
    private readonly transactions: TransactionRunner,
    private readonly logins: SessionsRepository,
    private readonly sessions: SessionsService,
    private readonly accounts: AccountService,
    private readonly passwords: PasswordService,
    private readonly throttle: LoginThrottle,
  ) {}

  async register({ email, name, password }: RegisterDto): Promise<SignedIn> {
    this.accounts.requireOpenSignUp();
    const passwordHash = await this.passwords.hashNew(password, { email, name }, '/password');
    // The ids are made first, so that the rows of a new tenant are written by its own actor, inside both walls.
    const actor: Actor = { userId: newId(), organizationId: newId(), role: 'owner', via: 'session' };
    return runAs(actor, () =>
      this.transactions.run(async () => {
        const account = await this.accounts.create(actor, { email, name, passwordHash });
        return { ...account, tokens: await this.sessions.start(actor) };
      }),
    );
  }

  async login({ email, password }: LoginDto): Promise<SignedIn> {
    const ip = currentContext()?.ip ?? null;
    const login = await runAsSystem(() => this.logins.findLogin(email, ip));
    const attempt = { email, ip, knownAddress: login?.knownAddress ?? false };
    await this.throttle.admit(attempt);
    const verified = await this.passwords.verify(
      password,
      login?.disabled === true ? null : (login?.passwordHash ?? null),
    );
    if (!verified || login === null) {
      await (login === null
        ? this.throttle.recordUnknownAccount(attempt)
        : this.accounts.recordFailedSignIn(login));
      throw wrongCredentials();
    }
    await this.throttle.recordSuccess(attempt);
    return this.startSession(login, password);
  }

  private startSession(login: LoginRow, password: string): Promise<SignedIn> {
    const { userId, organizationId } = login;
    const actor: Actor = { userId, organizationId, role: 'viewer', via: 'session' };
    return runAs(actor, async () => {
      await this.passwords.rehashIfCheap(actor, password, login.passwordHash);
      const account = await this.accounts.get(actor);
      const tokens = await this.transactions.run(async () => {
        const started = await this.sessions.start(actor);
        await this.accounts.recordSignIn(actor);
        return started;
      });
      return { ...account, tokens };
    });
  }

  async refresh(refreshToken: string): Promise<Tokens> {
    const { tokens, rotation } = await this.sessions.refresh(refreshToken);
    if (tokens !== null) return tokens;
    if (rotation.outcome === 'reused') await this.accounts.recordTokenReuse(rotation);
    throw refreshRefused();
  }
}
