import { BoolField, EnumField, JsonField, TextField, TextListField } from '@weir/http';
import type { JsonObject } from '@weir/kernel';
import { THEMES, type Settings } from './settings';
import { MODEL_DEFAULTS, PROVIDER, TOURS } from './settings.fields';

export class SettingsView {
  @TextField(PROVIDER) readonly defaultLlmProvider!: string | null;
  @EnumField(THEMES) readonly theme!: string;
  @BoolField() readonly onboardingCompleted!: boolean;
  @TextListField(TOURS) readonly toursCompleted!: string[];
  @JsonField(MODEL_DEFAULTS) readonly modelDefaults!: JsonObject;
}

export function toSettingsView(settings: Settings): SettingsView {
  const { defaultLlmProvider, theme, onboardingCompleted, toursCompleted, modelDefaults } = settings;
  return {
    defaultLlmProvider,
    theme,
    onboardingCompleted,
    toursCompleted: [...toursCompleted],
    modelDefaults,
  };
}
