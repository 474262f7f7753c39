import { Injectable } from '@nestjs/common';
import { MODEL_PROVIDERS, PROVIDERS, type ModelChoice } from '@weir/flow';
import { isJsonObject, type Actor, type JsonObject } from '@weir/kernel';
import { SecretsService } from '../secrets/secrets.service';
import { SettingsService } from '../settings/settings.service';

const USUAL_PROVIDER = 'openai';

/** Which model a person would choose in a new workflow from a starter; starters ship without one. */
@Injectable()
export class PreferredModel {
  constructor(
    private readonly settings: SettingsService,
    private readonly secrets: SecretsService,
  ) {}

  /** The provider of the settings, else one whose key the person has, else the usual one. */
  async of(actor: Actor): Promise<ModelChoice> {
    const { defaultLlmProvider, modelDefaults } = await this.settings.get(actor);
    const provider = defaultLlmProvider ?? (await this.providerWithKey(actor)) ?? USUAL_PROVIDER;
    const model = modelNameIn(modelDefaults, provider);
    return model === null ? { provider } : { provider, model };
  }

  private async providerWithKey(actor: Actor): Promise<string | null> {
    const candidates = PROVIDERS.flatMap(({ id, secretName }) =>
      secretName !== null && MODEL_PROVIDERS.includes(id) ? [{ id, secretName }] : [],
    );
    const found = await this.secrets.describeResolution(
      actor,
      candidates.map(({ secretName }) => secretName),
    );
    return (
      candidates.find(({ secretName }) => (found.get(secretName) ?? 'missing') !== 'missing')?.id ?? null
    );
  }
}

/** `modelDefaults` is free-form for frontends; `{ "<provider>": { "model": "<name>" } }` is what we read of it. */
function modelNameIn(modelDefaults: JsonObject, provider: string): string | null {
  const chosen = modelDefaults[provider];
  return isJsonObject(chosen) && typeof chosen['model'] === 'string' ? chosen['model'] : null;
}
