import { Injectable } from '@nestjs/common';
import { runAs, runAsSystem, type Actor } from '@weir/kernel';
import {
  DataKeyOwnersRepository,
  type DataKeyCount,
  type DataKeyOwnerRow,
} from './data-key-owners.repository';
import type { VaultOwner } from './vault.types';

const NOBODY = '00000000-0000-0000-0000-000000000000';
const OWNERS_A_PAGE = 100;

/** Called for one owner, as that owner. */
export type OwnerStep = (actor: Actor, owner: VaultOwner) => Promise<void>;

/** All owners of data keys, across tenants: walks through them, each inside its own two walls, and counts their keys. */
@Injectable()
export class DataKeyOwners {
  constructor(private readonly owners: DataKeyOwnersRepository) {}

  /**
   * @param onPage called after every {@link OWNERS_A_PAGE} owners with how many were done
   * @returns how many owners there were
   */
  async forEach(step: OwnerStep, onPage: (done: number) => void): Promise<number> {
    let last: DataKeyOwnerRow = { organizationId: NOBODY, userId: NOBODY };
    for (let done = 0; ;) {
      const page = await runAsSystem(() => this.owners.listAfter(last, OWNERS_A_PAGE));
      for (const row of page) {
        const actor: Actor = { ...row, role: 'owner', via: 'system' };
        await runAs(actor, () => step(actor, row.userId === NOBODY ? 'organization' : 'user'));
      }
      done += page.length;
      last = page.at(-1) ?? last;
      if (page.length > 0) onPage(done);
      if (page.length < OWNERS_A_PAGE) return done;
    }
  }

  /** How many data keys each version of the master key wraps. */
  countByMasterKey(): Promise<DataKeyCount[]> {
    return runAsSystem(() => this.owners.countByMasterKey());
  }
}
