import { Injectable } from '@nestjs/common';
import type { Actor } from '@weir/kernel';

/** A workflow that refers to a secret. */
export interface SecretUse {
  readonly workflowId: string;
  readonly workflowName: string;
}

/** Finds the workflows of the actor whose current flow refers to a secret by this name. */
export type SecretUseFinder = (actor: Actor, secretName: string) => Promise<readonly SecretUse[]>;

/** Who uses a secret. Workflows stand above secrets, so they bring their answer when they start. */
@Injectable()
export class SecretUsage {
  private readonly finders: SecretUseFinder[] = [];

  register(finder: SecretUseFinder): void {
    this.finders.push(finder);
  }

  async findUses(actor: Actor, secretName: string): Promise<SecretUse[]> {
    const answers = await Promise.all(this.finders.map((find) => find(actor, secretName)));
    return answers.flat();
  }
}
