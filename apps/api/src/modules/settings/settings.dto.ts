import { BoolField, EnumField, JsonField, TextField, TextListField } from '@weir/http';
import type { JsonObject } from '@weir/kernel';
import { THEMES } from './settings';
import { MODEL_DEFAULTS, PROVIDER, TOURS } from './settings.fields';

export class UpdateSettingsDto {
  @TextField({ ...PROVIDER, optional: true }) readonly defaultLlmProvider?: string | null;
  @EnumField(THEMES, { optional: true }) readonly theme?: string;
  @BoolField({ optional: true }) readonly onboardingCompleted?: boolean;
  @TextListField({ ...TOURS, optional: true }) readonly toursCompleted?: string[];
  @JsonField({ ...MODEL_DEFAULTS, optional: true }) readonly modelDefaults?: JsonObject;
}
