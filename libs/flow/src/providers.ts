/** A service that flows talk to with a key of the user. */
export interface Provider {
  readonly id: string;
  /** As Langflow writes it in `model.value[0].provider`, where it knows the provider. */
  readonly name: string;
  /** The usual name of its key; null when it needs none. */
  readonly secretName: string | null;
  /** `model` providers can stand behind Agent, Language Model and Embedding Model. */
  readonly kind: 'model' | 'tool';
  /** What its keys look like, where that is unmistakable. */
  readonly keyPattern?: RegExp;
  /** Matches component types of this provider, such as `TavilySearchComponent`. */
  readonly components?: RegExp;
  /** Other spellings of the name. */
  readonly aliases?: readonly string[];
}

/**
 * Names are those of `lfx.base.models.model_metadata` and `lfx.services.settings.constants` (1.13), so that a key stored for
 * Langflow itself has the same name here. Order matters: the first matching key pattern wins.
 */
export const PROVIDERS: readonly Provider[] = [
  model('anthropic', 'Anthropic', 'ANTHROPIC_API_KEY', /^sk-ant-/, /anthropic/i),
  model('openrouter', 'OpenRouter', 'OPENROUTER_API_KEY', /^sk-or-/, /openrouter/i),
  {
    ...model('azure-openai', 'Azure OpenAI', 'AZURE_OPENAI_API_KEY', undefined, /azure.?openai/i),
    aliases: ['Azure'],
  },
  model('azure-ai-foundry', 'Azure AI Foundry', 'AZURE_AI_FOUNDRY_API_KEY', undefined, /azure.?ai.?foundry/i),
  model(
    'openai-compatible',
    'OpenAI Compatible',
    'OPENAI_COMPATIBLE_API_KEY',
    undefined,
    /openai.?compatible/i,
  ),
  model('openai', 'OpenAI', 'OPENAI_API_KEY', /^sk-(?:proj-|svcacct-)?/, /openai/i),
  {
    ...model('google', 'Google Generative AI', 'GOOGLE_API_KEY', /^AIza/, /google.?generative|gemini/i),
    aliases: ['Google', 'Gemini'],
  },
  model('ollama', 'Ollama', null, undefined, /ollama/i),
  {
    ...model('watsonx', 'IBM WatsonX', 'WATSONX_APIKEY', undefined, /watsonx/i),
    aliases: ['IBM watsonx.ai', 'WatsonX'],
  },
  model('groq', 'Groq', 'GROQ_API_KEY', /^gsk_/, /groq/i),
  model('cohere', 'Cohere', 'COHERE_API_KEY', undefined, /cohere/i),
  { ...model('mistral', 'Mistral', 'MISTRAL_API_KEY', undefined, /mistral/i), aliases: ['MistralAI'] },
  model('huggingface', 'HuggingFace', 'HUGGINGFACEHUB_API_TOKEN', /^hf_/, /hugging.?face/i),
  model('nvidia', 'NVIDIA', 'NVIDIA_API_KEY', /^nvapi-/, /nvidia/i),
  model('sambanova', 'SambaNova', 'SAMBANOVA_API_KEY', undefined, /sambanova/i),
  model('deepseek', 'DeepSeek', 'DEEPSEEK_API_KEY', undefined, /deepseek/i),
  model('perplexity', 'Perplexity', 'PERPLEXITY_API_KEY', /^pplx-/, /perplexity/i),
  model('xai', 'xAI', 'XAI_API_KEY', /^xai-/, /^xai/i),
  model('novita', 'Novita AI', 'NOVITA_API_KEY', undefined, /novita/i),
  model('aiml', 'AI/ML API', 'AIML_API_KEY', undefined, /^aiml/i),
  model('vertexai', 'Vertex AI', 'GOOGLE_APPLICATION_CREDENTIALS_JSON', undefined, /vertex.?ai/i),
  { ...model('bedrock', 'Amazon Bedrock', 'AWS_SECRET_ACCESS_KEY', undefined, /bedrock/i), aliases: ['AWS'] },
  tool('tavily', 'Tavily', 'TAVILY_API_KEY', /^tvly-/, /tavily/i),
  tool('serper', 'Serper', 'SERPER_API_KEY', undefined, /serper/i),
  tool('serpapi', 'SerpAPI', 'SERPAPI_API_KEY', undefined, /serp.?api/i),
  tool('searchapi', 'SearchApi', 'SEARCHAPI_API_KEY', undefined, /^search.?api/i),
  tool(
    'astradb',
    'Astra DB',
    'ASTRA_DB_APPLICATION_TOKEN',
    /^AstraCS:/,
    /astra.?db|astra.?vectorize|cassandra/i,
  ),
  tool('pinecone', 'Pinecone', 'PINECONE_API_KEY', /^pcsk_/, /pinecone/i),
  tool('assemblyai', 'AssemblyAI', 'ASSEMBLYAI_API_KEY', undefined, /assembly.?ai/i),
  tool('composio', 'Composio', 'COMPOSIO_API_KEY', undefined, /composio/i),
  tool('firecrawl', 'Firecrawl', 'FIRECRAWL_API_KEY', /^fc-/, /firecrawl/i),
  tool('apify', 'Apify', 'APIFY_TOKEN', /^apify_api_/, /apify/i),
  tool('exa', 'Exa', 'EXA_API_KEY', undefined, /^exa|metaphor/i),
  tool('agentql', 'AgentQL', 'AGENTQL_API_KEY', undefined, /agent.?ql/i),
  tool('needle', 'Needle', 'NEEDLE_API_KEY', undefined, /^needle/i),
  tool('notion', 'Notion', 'NOTION_SECRET', /^(?:secret_|ntn_)/, /notion/i),
  tool('github', 'GitHub', 'GITHUB_TOKEN', /^(?:gh[pousr]_|github_pat_)/, /github/i),
  tool('slack', 'Slack', 'SLACK_TOKEN', /^xox[a-z]-/, /slack/i),
  tool('stripe', 'Stripe', 'STRIPE_API_KEY', /^[sr]k_(?:live|test)_/, /stripe/i),
  tool('langsmith', 'LangSmith', 'LANGCHAIN_API_KEY', /^lsv2_/, /langchain.?hub|langsmith/i),
  tool('mem0', 'Mem0', 'MEM0_API_KEY', undefined, /^mem0/i),
  tool('supabase', 'Supabase', 'SUPABASE_SERVICE_KEY', undefined, /supabase/i),
  tool('upstash', 'Upstash', 'UPSTASH_VECTOR_REST_TOKEN', undefined, /upstash/i),
  tool('vectara', 'Vectara', 'VECTARA_API_KEY', undefined, /vectara/i),
  tool('weaviate', 'Weaviate', 'WEAVIATE_API_KEY', undefined, /weaviate/i),
  tool('qdrant', 'Qdrant', 'QDRANT_API_KEY', undefined, /qdrant/i),
  tool('aws', 'Amazon Web Services', 'AWS_SECRET_ACCESS_KEY', undefined, undefined),
];

function model(
  id: string,
  name: string,
  secretName: string | null,
  keyPattern?: RegExp,
  components?: RegExp,
): Provider {
  return build({ id, name, secretName, kind: 'model' }, keyPattern, components);
}

function tool(
  id: string,
  name: string,
  secretName: string,
  keyPattern?: RegExp,
  components?: RegExp,
): Provider {
  return build({ id, name, secretName, kind: 'tool' }, keyPattern, components);
}

function build(base: Provider, keyPattern?: RegExp, components?: RegExp): Provider {
  return {
    ...base,
    ...(keyPattern === undefined ? {} : { keyPattern }),
    ...(components === undefined ? {} : { components }),
  };
}

const BY_NAME = new Map<string, Provider>(
  PROVIDERS.flatMap((provider) =>
    [provider.id, provider.name, ...(provider.aliases ?? [])].map((name): [string, Provider] => [
      name.toLowerCase(),
      provider,
    ]),
  ),
);

/** Further names that belong to a provider besides its usual one. */
const OTHER_NAMES: readonly (readonly [RegExp, string])[] = [
  [/^AWS_/, 'aws'],
  [/^WATSONX_/, 'watsonx'],
  [/^HUGGINGFACE|^HF_/, 'huggingface'],
  [/^ASTRA_/, 'astradb'],
  [/^AZURE_OPENAI_/, 'azure-openai'],
  [/^GEMINI_|^GOOGLE_API_KEY$/, 'google'],
];

/** The provider that Langflow or a person calls `name`; letter case does not matter. */
export function providerNamed(name: string): Provider | null {
  return BY_NAME.get(name.trim().toLowerCase()) ?? null;
}

/** The provider that a key of this name belongs to: `OPENAI_API_KEY`, also `OPENAI_API_KEY_2`. Null when nothing tells. */
export function providerOfSecret(secretName: string): Provider | null {
  const name = secretName.replace(/_\d{1,3}$/, '');
  const usual = PROVIDERS.find((provider) => provider.secretName === name && provider.id !== 'bedrock');
  if (usual !== undefined) return usual;
  const other = OTHER_NAMES.find(([pattern]) => pattern.test(name));
  return other === undefined ? null : providerNamed(other[1]);
}

/** The one provider whose components have types like this; null for components that let the user choose. */
export function providerOfComponent(type: string): Provider | null {
  return PROVIDERS.find((provider) => provider.components?.test(type) === true) ?? null;
}

/** The provider whose keys unmistakably look like `value`. */
export function providerOfKey(value: string): Provider | null {
  return PROVIDERS.find((provider) => provider.keyPattern?.test(value) === true) ?? null;
}
