import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type AppConfig } from '@weir/config';
import { checkPassword, PasswordHasher } from '@weir/crypto';
import type { Actor } from '@weir/kernel';
import { UsersService } from '../users/users.service';
import { passwordRefused } from './auth.errors';
import { LoginThrottle } from './login-throttle';

const PRODUCT_NAME = 'weir';

/** Passwords: what may be chosen, and whether one is right. */
@Injectable()
export class PasswordService {
  private readonly hasher: PasswordHasher;

  constructor(
    @Inject(CONFIG) config: AppConfig,
    private readonly users: UsersService,
    private readonly throttle: LoginThrottle,
  ) {
    this.hasher = new PasswordHasher(config.bcryptCost);
  }

  /**
   * Hashes a password that somebody chose.
   * @throws AppError 422 with every reason when it must not be used
   */
  hashNew(
    password: string,
    owner: { readonly email: string; readonly name: string },
    pointer: string,
  ): Promise<string> {
    const problems = checkPassword(password, {
      email: owner.email,
      name: owner.name,
      productName: PRODUCT_NAME,
    });
    if (problems.length > 0)
      throw passwordRefused(
        problems.map(({ reason }) => reason),
        pointer,
      );
    return this.hasher.hash(password);
  }

  /** Takes the same time for an account without a hash (unknown or disabled) as for a wrong password. */
  verify(password: string, hash: string | null): Promise<boolean> {
    return hash === null ? this.hasher.verifyAgainstNothing() : this.hasher.verify(password, hash);
  }

  /**
   * Asks a signed-in person for the password once more; the token alone may be in somebody else's hands.
   * @throws AppError 429 after too many wrong ones
   */
  async confirm(actor: Actor, password: string, hash: string | null): Promise<boolean> {
    await this.throttle.admitConfirmation(actor.userId);
    const confirmed = await this.verify(password, hash);
    if (confirmed) await this.throttle.recordConfirmed(actor.userId);
    return confirmed;
  }

  /** Carries hashes of a lower cost along, at the only moment when the password is at hand (R05). */
  async rehashIfCheap(actor: Actor, password: string, hash: string | null): Promise<void> {
    if (hash === null || !this.hasher.needsRehash(hash)) return;
    await this.users.rehashPassword(actor, await this.hasher.hash(password));
  }
}
