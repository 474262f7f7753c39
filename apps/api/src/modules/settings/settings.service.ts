import { Injectable } from '@nestjs/common';
import { TransactionRunner } from '@weir/database';
import { isJsonObject, type Actor } from '@weir/kernel';
import { AuditService } from '../audit/audit.service';
import { checkSettings } from './check-settings';
import { DEFAULT_SETTINGS, type Settings, type SettingsChanges } from './settings';
import { SettingsRepository, type SettingsRow } from './settings.repository';

@Injectable()
export class SettingsService {
  constructor(
    private readonly transactions: TransactionRunner,
    private readonly settings: SettingsRepository,
    private readonly audit: AuditService,
  ) {}

  async get(actor: Actor): Promise<Settings> {
    const row = await this.settings.find(actor);
    return row === null ? DEFAULT_SETTINGS : toSettings(row);
  }

  async update(actor: Actor, input: SettingsChanges): Promise<Settings> {
    const changes = checkSettings(input);
    const changed = Object.entries(changes).flatMap(([field, value]) => (value === undefined ? [] : [field]));
    return this.transactions.run(async () => {
      const row = await this.settings.save(actor, changes);
      // Which fields, not their values: modelDefaults is whatever a frontend keeps there.
      await this.audit.record(actor, {
        action: 'settings.updated',
        objectType: 'settings',
        objectId: actor.userId,
        changes: { fields: changed },
      });
      return toSettings(row);
    });
  }
}

function toSettings({ modelDefaults, ...row }: SettingsRow): Settings {
  return { ...row, modelDefaults: isJsonObject(modelDefaults) ? modelDefaults : {} };
}
