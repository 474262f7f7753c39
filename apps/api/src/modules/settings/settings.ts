import type { JsonObject } from '@weir/kernel';

export const THEMES = ['system', 'light', 'dark'] as const;

/** A person's preferences. */
export interface Settings {
  /** Id of a model provider. */
  readonly defaultLlmProvider: string | null;
  readonly theme: string;
  readonly onboardingCompleted: boolean;
  readonly toursCompleted: readonly string[];
  /** What a frontend keeps about models; free-form. */
  readonly modelDefaults: JsonObject;
}

/** Fields that are left out stay as they are. */
export type SettingsChanges = { readonly [Field in keyof Settings]?: Settings[Field] | undefined };

/** Of somebody who never changed anything. */
export const DEFAULT_SETTINGS: Settings = {
  defaultLlmProvider: null,
  theme: 'system',
  onboardingCompleted: false,
  toursCompleted: [],
  modelDefaults: {},
};
