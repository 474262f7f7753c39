import type { JsonObject } from '@weir/kernel';
import { fieldsOf } from './walk';
import type { FlowData } from './types';

/** A model of a provider, for the fields of a flow in which nobody chose one. */
export interface ModelChoice {
  /** Id of a {@link Provider} that {@link MODEL_PROVIDERS} knows. */
  readonly provider: string;
  /** Name of a language model; the provider's usual one otherwise. */
  readonly model?: string;
}

/** What Langflow's editor writes into a model field (`lfx.base.models.model_metadata`, 1.13). */
interface ModelProvider {
  readonly name: string;
  readonly icon: string;
  readonly modelClass: string;
  readonly apiKeyParam: string;
  /** The first default of Langflow's own catalogue that is not a reasoning model: those refuse a temperature. */
  readonly languageModel: string;
}

const MODELS: Readonly<Record<string, ModelProvider>> = {
  openai: {
    name: 'OpenAI',
    icon: 'OpenAI',
    modelClass: 'ChatOpenAI',
    apiKeyParam: 'api_key',
    languageModel: 'gpt-4o-mini',
  },
  anthropic: {
    name: 'Anthropic',
    icon: 'Anthropic',
    modelClass: 'ChatAnthropic',
    apiKeyParam: 'api_key',
    languageModel: 'claude-sonnet-4-6',
  },
  ollama: {
    name: 'Ollama',
    icon: 'Ollama',
    modelClass: 'ChatOllama',
    apiKeyParam: 'api_key',
    languageModel: 'llama3.3',
  },
};

/** Providers whose components the pinned engine has installed. */
export const MODEL_PROVIDERS: readonly string[] = Object.keys(MODELS);

/**
 * Fills the model fields that are empty, as Langflow's editor does when somebody opens a starter: its starters ship without
 * a model and do not run before one is chosen. Fields with a model stay as they are, and so does everything of a provider
 * that is not in {@link MODEL_PROVIDERS}.
 * @returns a copy; the input is not changed
 */
export function chooseModels(flowData: FlowData, choice: ModelChoice): FlowData {
  const provider = MODELS[choice.provider];
  const copy = structuredClone(flowData);
  if (provider === undefined) return copy;
  for (const { field } of fieldsOf(copy)) {
    if (field['type'] !== 'model' || !isEmpty(field['value'])) continue;
    // Embedding models belong to a vector store, which nobody has chosen either.
    if (field['model_type'] === 'language') field['value'] = [languageOf(provider, choice.model)];
  }
  return copy;
}

function languageOf(provider: ModelProvider, model = provider.languageModel): JsonObject {
  return {
    name: model,
    icon: provider.icon,
    category: provider.name,
    provider: provider.name,
    metadata: {
      model_class: provider.modelClass,
      model_name_param: 'model',
      api_key_param: provider.apiKeyParam,
    },
  };
}

function isEmpty(value: unknown): boolean {
  return (
    value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0)
  );
}
