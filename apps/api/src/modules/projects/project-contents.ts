import { Injectable } from '@nestjs/common';
import type { Actor } from '@weir/kernel';

/** What projects need to know about the workflows in them. */
export interface Contents {
  /** Workflows that are not deleted, archived ones included. */
  count(actor: Actor, projectId: string): Promise<number>;
  /** Moves every workflow, also deleted ones whose engine copy still has to go: the project's row takes its rows along. */
  moveAll(
    actor: Actor,
    move: { readonly from: string; readonly to: string; readonly archive: boolean },
  ): Promise<void>;
}

/** The port that the workflows feature fills when it starts: projects stand below it and must not know it. */
@Injectable()
export class ProjectContents {
  private contents: Contents | null = null;

  register(contents: Contents): void {
    this.contents = contents;
  }

  get(): Contents {
    if (this.contents === null) throw new Error('No feature has registered what projects hold.');
    return this.contents;
  }
}
