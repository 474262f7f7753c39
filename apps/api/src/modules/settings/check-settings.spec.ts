import type { JsonObject } from '@weir/kernel';
import { checkSettings } from './check-settings';

describe('checkSettings', () => {
  it('gives a provider its id, whatever it was called (S1)', () => {
    expect(checkSettings({ defaultLlmProvider: 'Google Generative AI' })).toEqual({
      defaultLlmProvider: 'google',
    });
    expect(checkSettings({ defaultLlmProvider: null, theme: 'dark' })).toEqual({
      defaultLlmProvider: null,
      theme: 'dark',
    });
  });

  it.each([
    ['nobody', 'is not a known provider'],
    ['tavily', 'is not a provider of models'],
  ])('refuses %s as the provider of models (S1)', (defaultLlmProvider, detail) => {
    expect(() => checkSettings({ defaultLlmProvider })).toThrow(
      expect.objectContaining({ status: 422, errors: [{ pointer: '/defaultLlmProvider', detail }] }),
    );
  });

  const deep = (levels: number): JsonObject => (levels === 0 ? {} : { inner: deep(levels - 1) });

  it.each([
    ['deep', deep(9)],
    ['large', { text: 'x'.repeat(20_000) }],
    ['with a NUL', { model: 'a\u0000' }],
    ['with half a character', { list: [{ '\ud800': 1 }] }],
  ])('refuses model defaults that are %s', (_what, modelDefaults) => {
    expect(() => checkSettings({ modelDefaults })).toThrow(
      expect.objectContaining({
        status: 422,
        errors: [expect.objectContaining({ pointer: '/modelDefaults' })],
      }),
    );
  });

  it('takes ordinary model defaults as they are', () => {
    const modelDefaults = { openai: { model: 'gpt-4o', temperature: 0.2, stop: ['\\u0000', '🙂'] } };
    expect(checkSettings({ modelDefaults })).toEqual({ modelDefaults });
  });
});
