/** The rules of the settings' fields, stated once for both directions. */
export const PROVIDER = {
  about:
    'The provider that new flows start with: id or name of one of kind `model`, see GET /v1/secrets/providers.',
  min: 1,
  max: 100,
  nullable: true,
  example: 'openai',
} as const;
export const TOURS = {
  about: 'Ids of the tours that a frontend need not show again.',
  maxItems: 100,
  maxLength: 64,
  example: ['first-workflow'],
} as const;
export const MODEL_DEFAULTS = {
  about:
    'What a frontend keeps about models; any JSON object up to 16 kB and 8 levels. Not a place for secrets.',
  example: { openai: { model: 'gpt-4o', temperature: 0.2 } },
} as const;
