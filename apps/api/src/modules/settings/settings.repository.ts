import { Injectable } from '@nestjs/common';
import { Database, type Prisma } from '@weir/database';
import { newId, type Actor } from '@weir/kernel';
import type { SettingsChanges } from './settings';

const COLUMNS = {
  defaultLlmProvider: true,
  theme: true,
  onboardingCompleted: true,
  toursCompleted: true,
  modelDefaults: true,
} as const;

export type SettingsRow = Prisma.UserSettingsGetPayload<{ select: typeof COLUMNS }>;

type SettingsColumns = Pick<
  Prisma.UserSettingsCreateManyInput,
  Exclude<keyof typeof COLUMNS, 'toursCompleted'>
> & {
  toursCompleted?: string[];
};

@Injectable()
export class SettingsRepository {
  constructor(private readonly database: Database) {}

  find(actor: Actor): Promise<SettingsRow | null> {
    const { organizationId, userId } = actor;
    return this.database.client.userSettings.findFirst({
      where: { organizationId, userId },
      select: COLUMNS,
    });
  }

  save(actor: Actor, changes: SettingsChanges): Promise<SettingsRow> {
    const { organizationId, userId } = actor;
    const data = toColumns(changes);
    return this.database.client.userSettings.upsert({
      where: { organizationId_userId: { organizationId, userId } },
      create: { ...data, organizationId, userId, id: newId() },
      update: data,
      select: COLUMNS,
    });
  }
}

/** Only what is there: what is left out stays as it is. */
function toColumns(changes: SettingsChanges): SettingsColumns {
  const { defaultLlmProvider, theme, onboardingCompleted, toursCompleted, modelDefaults } = changes;
  return {
    ...(defaultLlmProvider === undefined ? {} : { defaultLlmProvider }),
    ...(theme === undefined ? {} : { theme }),
    ...(onboardingCompleted === undefined ? {} : { onboardingCompleted }),
    ...(toursCompleted === undefined ? {} : { toursCompleted: [...toursCompleted] }),
    ...(modelDefaults === undefined ? {} : { modelDefaults }),
  };
}
