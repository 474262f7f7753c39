import { Injectable } from '@nestjs/common';
import type { Actor } from '@weir/kernel';

type Step = (actor: Actor) => Promise<void>;

/**
 * What other features do in the transaction in which a person gets a place to work (the default project: at sign-up, in a
 * new organization, when joining one) or in that of an account's deletion. They add their step when they start: auth
 * stands below them and must not know them.
 */
@Injectable()
export class AccountSteps {
  private readonly atSignUp: Step[] = [];
  private readonly atDeletion: Step[] = [];

  onSignUp(step: Step): void {
    this.atSignUp.push(step);
  }

  onDeletion(step: Step): void {
    this.atDeletion.push(step);
  }

  async runSignUp(actor: Actor): Promise<void> {
    for (const step of this.atSignUp) await step(actor);
  }

  async runDeletion(actor: Actor): Promise<void> {
    for (const step of this.atDeletion) await step(actor);
  }
}
