import { Injectable } from '@nestjs/common';
import { TransactionRunner, violatedConstraint } from '@weir/database';
import { isSecretReferenceName } from '@weir/flow';
import {
  Clock,
  decodeCursor,
  foreignCursor,
  newId,
  notFound,
  toPage,
  type Actor,
  type Keyset,
  type Page,
  type PageRequest,
} from '@weir/kernel';
import { AuditService } from '../audit/audit.service';
import { VaultService } from '../vault/vault.service';
import { SecretUsage } from './secret-usage';
import { checkSecretValue, lastFourOf, resolveProvider } from './secret-value';
import { secretBusy, secretInUse } from './secrets.errors';
import { SecretsRepository, type NewSecretRow, type SecretRow } from './secrets.repository';

export interface SecretInput {
  readonly value: string;
  /** Id or name of a provider; without it the secret's name tells. */
  readonly provider?: string | undefined;
}

export interface StoredSecret {
  readonly secret: SecretRow;
  readonly created: boolean;
}

/** A write meets another one of the same name, or a rotation of the data key: rare, and never five times in a row. */
const ATTEMPTS = 5;

/** What people do with their secrets: see which there are, store, replace and delete them. Values only go in. */
@Injectable()
export class SecretStoreService {
  constructor(
    private readonly transactions: TransactionRunner,
    private readonly secrets: SecretsRepository,
    private readonly vault: VaultService,
    private readonly usage: SecretUsage,
    private readonly audit: AuditService,
    private readonly clock: Clock,
  ) {}

  async listPage(actor: Actor, { limit, cursor }: PageRequest): Promise<Page<SecretRow>> {
    const rows = await this.secrets.listPage(actor, {
      limit,
      after: cursor === undefined ? null : placeOf(cursor),
    });
    return toPage(rows, limit, ({ name, id }) => ({ sort: name, id }));
  }

  /** Stores a value under a name that is new, or in the place of the value before. */
  async put(actor: Actor, name: string, input: SecretInput): Promise<StoredSecret> {
    checkSecretValue(input.value);
    const named = input.provider === undefined ? null : resolveProvider(name, input.provider);
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      const before = await this.secrets.findByName(actor, name);
      const id = before?.id ?? newId();
      const version = (before?.version ?? 0) + 1;
      const provider = named ?? before?.provider ?? resolveProvider(name, undefined);
      // Sealed before the transaction: the key provider may be on the network.
      const sealed = await this.vault.seal(
        actor,
        'user',
        'secret',
        { objectId: id, name, version },
        input.value,
      );
      const row = { id, name, provider, version, lastFour: lastFourOf(input.value), ...sealed };
      const secret = await this.write(actor, before, row);
      if (secret !== null) return { secret, created: before === null };
    }
    throw secretBusy(name);
  }

  /** @param force also when workflows use it; their next run says what is missing */
  async delete(actor: Actor, name: string, force: boolean): Promise<void> {
    const secret = await this.secrets.findByName(actor, name);
    if (secret === null) throw notFound('secret', name);
    const uses = await this.usage.findUses(actor, name);
    if (uses.length > 0 && !force) throw secretInUse(name, uses);
    await this.transactions.run(async () => {
      if (!(await this.secrets.delete(actor, secret.id))) throw notFound('secret', name);
      await this.audit.record(actor, {
        action: 'secret.deleted',
        objectType: 'secret',
        objectId: secret.id,
        changes: { name, workflows: uses.map(({ workflowId }) => workflowId) },
      });
    });
  }

  /** Null when somebody else was faster. */
  private async write(actor: Actor, before: SecretRow | null, row: NewSecretRow): Promise<SecretRow | null> {
    const now = this.clock.now();
    const { id, name, provider, lastFour, version } = row;
    try {
      return await this.transactions.run(async () => {
        const stored = await (before === null
          ? this.secrets.insert(actor, row, now)
          : this.secrets.replace(actor, row, now));
        if (!stored) return null;
        const action = before === null ? 'secret.created' : 'secret.replaced';
        await this.audit.record(actor, {
          action,
          objectType: 'secret',
          objectId: id,
          changes: { name, provider, version },
        });
        const { createdAt, lastUsedAt } = before ?? { createdAt: now, lastUsedAt: null };
        return { id, name, provider, lastFour, version, createdAt, lastUsedAt, updatedAt: now };
      });
    } catch (error) {
      // The data key that sealed it was retired and deleted meanwhile.
      if (violatedConstraint(error) === 'foreign_key') return null;
      throw error;
    }
  }
}

/** Cursors of this list point at a name; anything else did not come from here, and may not even be text for Postgres. */
function placeOf(cursor: string): Keyset {
  const keyset = decodeCursor(cursor);
  if (isSecretReferenceName(keyset.sort)) return keyset;
  throw foreignCursor();
}
