import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { violatedConstraint } from '@weir/database';
import type { Actor } from '@weir/kernel';
import { DataKeyOwners } from './data-key-owners';
import { DataKeysRepository, type DataKeyRow } from './data-keys.repository';
import { DataKeysService } from './data-keys.service';
import { ValueResealer } from './value-resealer';
import type { VaultOwner } from './vault.types';

export interface DataRotationOptions {
  /** Data keys that were made before this moment are replaced. Pass that of an interrupted run to go on with it. */
  readonly before: Date;
  /** Milliseconds between moving the values and deleting the old keys, for readers that hold a row they read before. */
  readonly graceMs: number;
}

export interface DataRotationReport {
  readonly before: string;
  readonly owners: number;
  readonly newKeys: number;
  readonly resealed: number;
  readonly deletedKeys: number;
  /** Ids of values that no key opens. They, and the keys that they claim, were left as they are. */
  readonly unreadable: readonly string[];
}

/**
 * Gives every owner a new data key and moves the values to it, while the service runs: first the new key, then the values,
 * and the old key goes only when nothing is sealed with it. A foreign key holds that, whoever writes at the same time.
 */
@Injectable()
export class DataKeyRotationService {
  constructor(
    private readonly owners: DataKeyOwners,
    private readonly keys: DataKeysRepository,
    private readonly dataKeys: DataKeysService,
    private readonly resealer: ValueResealer,
  ) {}

  async rotate(
    options: DataRotationOptions,
    onProgress: (line: string) => void,
  ): Promise<DataRotationReport> {
    const { before, graceMs } = options;
    let newKeys = 0;
    let resealed = 0;
    const owners = await this.owners.forEach(
      async (actor, owner) => {
        if (await this.dataKeys.renew(actor, owner, before)) newKeys += 1;
        resealed += (await this.resealer.reseal(actor, owner)).resealed;
      },
      (done) => onProgress(`${done} owners done, ${newKeys} new data keys, ${resealed} values moved`),
    );
    await sleep(graceMs);
    const cleaned = await this.deleteOldKeys(onProgress);
    return {
      before: before.toISOString(),
      owners,
      newKeys,
      ...cleaned,
      resealed: resealed + cleaned.resealed,
    };
  }

  /** Values that were written with an old key meanwhile are moved first. */
  private async deleteOldKeys(
    onProgress: (line: string) => void,
  ): Promise<Pick<DataRotationReport, 'resealed' | 'deletedKeys' | 'unreadable'>> {
    let resealed = 0;
    let deletedKeys = 0;
    const unreadable: string[] = [];
    await this.owners.forEach(
      async (actor, owner) => {
        const old = (await this.keys.listAll(actor, owner)).slice(0, -1);
        if (old.length === 0) return;
        const moved = await this.resealer.reseal(actor, owner);
        resealed += moved.resealed;
        unreadable.push(...moved.unreadable);
        deletedKeys += await this.deleteUnused(actor, owner, old);
      },
      (done) => onProgress(`${done} owners checked, ${deletedKeys} old data keys deleted`),
    );
    return { resealed, deletedKeys, unreadable };
  }

  private async deleteUnused(actor: Actor, owner: VaultOwner, old: readonly DataKeyRow[]): Promise<number> {
    let deleted = 0;
    for (const { number } of old) {
      try {
        await this.keys.delete(actor, owner, number);
        deleted += 1;
      } catch (error) {
        // Still in use: by an unreadable value, or one that was written this very moment. The next run takes it.
        if (violatedConstraint(error) !== 'foreign_key') throw error;
      }
    }
    return deleted;
  }
}
