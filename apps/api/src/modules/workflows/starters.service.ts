import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { CONFIG, type AppConfig } from '@weir/config';
import { parseFlow, type FlowDocument } from '@weir/flow';
import { unknownStarter } from './workflows.errors';

/** A flow to begin with. */
export interface Starter {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly tags: readonly string[];
}

/**
 * The flows that ship with the pinned engine. All are read once at the start, so that a broken one is found by the operator
 * and not by a user; only their titles stay in memory.
 */
@Injectable()
export class StartersService implements OnModuleInit {
  private starters: readonly Starter[] = [];

  constructor(@Inject(CONFIG) private readonly config: AppConfig) {}

  async onModuleInit(): Promise<void> {
    const files = await readdir(this.config.assets.starters);
    const ids = files.filter((file) => file.endsWith('.json')).map((file) => file.slice(0, -'.json'.length));
    const starters: Starter[] = [];
    for (const id of ids.toSorted()) {
      const { name, description, tags } = await this.read(id);
      starters.push({ id, name, description, tags });
    }
    this.starters = starters;
  }

  list(): readonly Starter[] {
    return this.starters;
  }

  /** @throws AppError 422 for an id that {@link list} does not have; it never becomes part of a path */
  async getDocument(id: string): Promise<FlowDocument> {
    const starter = this.starters.find((known) => known.id === id);
    if (starter === undefined)
      throw unknownStarter(
        id,
        this.starters.map((known) => known.id),
      );
    return this.read(starter.id);
  }

  private async read(id: string): Promise<FlowDocument> {
    const file = join(this.config.assets.starters, `${id}.json`);
    try {
      return parseFlow(JSON.parse(await readFile(file, 'utf8')));
    } catch (cause) {
      throw new Error(`The starter flow ${file} cannot be used.`, { cause });
    }
  }
}
