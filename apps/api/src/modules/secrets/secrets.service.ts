import { Injectable } from '@nestjs/common';
import { Clock, currentContext, newId, type Actor } from '@weir/kernel';
import { DataKeyGoneError } from '../vault/vault.errors';
import { VaultService } from '../vault/vault.service';
import { lastFourOf, resolveProvider } from './secret-value';
import { secretNameTaken } from './secrets.errors';
import { SecretsRepository, type SealedSecretRow } from './secrets.repository';

/** A name that a flow refers to. */
export interface SecretNeed {
  readonly secretName: string;
  /** False when the engine never reads the place. */
  readonly required: boolean;
}

export interface ResolvedSecrets {
  /** In plain, by name; empty when something is missing. They end with the run. */
  readonly values: ReadonlyMap<string, string>;
  /** Required names without a value, sorted. */
  readonly missing: readonly string[];
}

/** Whose secret a name means for the actor. */
export type SecretOrigin = 'user' | 'organization' | 'missing';

/** A value that comes with an imported flow. */
export interface NewSecret {
  readonly name: string;
  readonly value: string;
  /** Id of a provider; null when the name has to tell. */
  readonly provider: string | null;
}

/** How often a row is read anew because a rotation moved its value between reading and opening it. */
const READS = 3;

/** What runs and flows need of secrets. */
@Injectable()
export class SecretsService {
  constructor(
    private readonly secrets: SecretsRepository,
    private readonly vault: VaultService,
    private readonly clock: Clock,
  ) {}

  /**
   * The values for a run: the caller's own before the organization's. Stamps what is used and audits it. When something
   * required is missing nothing is opened, because there will be no run.
   */
  async resolveForRun(
    actor: Actor,
    needs: readonly SecretNeed[],
    workflowId: string,
  ): Promise<ResolvedSecrets> {
    const names = [...new Set(needs.map(({ secretName }) => secretName))];
    if (names.length === 0) return { values: new Map(), missing: [] };
    for (let read = 1; ; read++) {
      const rows = preferOwn(await this.secrets.findUsable(actor, names));
      const missing = missingOf(needs, rows);
      if (missing.length > 0 || rows.size === 0) return { values: new Map(), missing };
      try {
        const values = await this.openAll(actor, [...rows.values()]);
        await this.recordUse(actor, [...rows.values()], workflowId);
        return { values, missing };
      } catch (error) {
        if (!(error instanceof DataKeyGoneError) || read === READS) throw error;
      }
    }
  }

  /** Whose secret each name would take its value from. */
  async describeResolution(
    actor: Actor,
    names: readonly string[],
  ): Promise<ReadonlyMap<string, SecretOrigin>> {
    const rows = preferOwn(names.length === 0 ? [] : await this.secrets.findUsable(actor, names));
    return new Map(names.map((name) => [name, originOf(rows.get(name))]));
  }

  /** Makes the data key ready. Call it before a transaction with {@link storeMany}: the key provider may be on the network. */
  async prepareToStore(actor: Actor): Promise<void> {
    await this.vault.prepare(actor, 'user');
  }

  /**
   * Stores values that came with a flow, as new secrets of the actor. Joins the caller's transaction; the caller's audit row
   * names them.
   * @throws AppError 409 `secret_name_taken` when one of the names is taken: an import never replaces a value
   */
  async storeMany(actor: Actor, newSecrets: readonly NewSecret[]): Promise<void> {
    const taken: string[] = [];
    for (const { name, value, provider } of newSecrets) {
      const id = newId();
      const sealed = await this.vault.seal(
        actor,
        'user',
        'secret',
        { objectId: id, name, version: 1 },
        value,
      );
      const row = { id, name, version: 1, lastFour: lastFourOf(value), ...sealed };
      const guessed = provider ?? resolveProvider(name, undefined);
      if (!(await this.secrets.insert(actor, { ...row, provider: guessed }, this.clock.now())))
        taken.push(name);
    }
    if (taken.length > 0) throw secretNameTaken(taken);
  }

  private async openAll(actor: Actor, rows: readonly SealedSecretRow[]): Promise<Map<string, string>> {
    const opened = await Promise.all(
      rows.map(async (row): Promise<[string, string]> => {
        const owner = row.userId === null ? 'organization' : 'user';
        return [row.name, await this.vault.open(actor, owner, 'secret', { ...row, objectId: row.id }, row)];
      }),
    );
    return new Map(opened);
  }

  private async recordUse(actor: Actor, rows: readonly SealedSecretRow[], workflowId: string): Promise<void> {
    const context = currentContext();
    await this.secrets.recordUse(actor, {
      auditId: newId(),
      secretIds: rows.map(({ id }) => id),
      changes: { names: rows.map(({ name }) => name).toSorted() },
      workflowId,
      ip: context?.ip ?? null,
      requestId: context?.requestId ?? 'background',
      at: this.clock.now(),
    });
  }
}

function preferOwn(rows: readonly SealedSecretRow[]): Map<string, SealedSecretRow> {
  const byName = new Map<string, SealedSecretRow>();
  for (const row of rows) if (row.userId !== null || !byName.has(row.name)) byName.set(row.name, row);
  return byName;
}

function missingOf(needs: readonly SecretNeed[], rows: ReadonlyMap<string, SealedSecretRow>): string[] {
  const unmet = needs.filter(({ required, secretName }) => required && !rows.has(secretName));
  return [...new Set(unmet.map(({ secretName }) => secretName))].toSorted();
}

function originOf(row: SealedSecretRow | undefined): SecretOrigin {
  if (row === undefined) return 'missing';
  return row.userId === null ? 'organization' : 'user';
}
