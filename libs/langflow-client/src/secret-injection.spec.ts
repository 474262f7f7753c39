import { injectSecrets } from './secret-injection';
import type { InjectionBinding } from './secret-injection';

const bind = (secretName: string, nodeId = 'Agent-1', field = 'api_key'): InjectionBinding => ({
  nodeId,
  field,
  secretName,
  delivery: 'reference',
});

describe('injectSecrets', () => {
  it('sends a secret as one header, however many nodes use it', () => {
    const bindings = [bind('OPENAI_API_KEY', 'Agent-1'), bind('OPENAI_API_KEY', 'Agent-2')];
    expect(injectSecrets(bindings, new Map([['OPENAI_API_KEY', 'sk-1']]))).toEqual({
      headers: { 'X-LANGFLOW-GLOBAL-VAR-OPENAI_API_KEY': 'sk-1' },
      tweaks: {},
    });
  });

  it.each([
    ['a line break', 'line one\nline two'],
    ['a carriage return', 'a\r\nX-Other: b'],
    ['other than ASCII', 'schlüssel'],
    ['a leading blank', ' key'],
    ['a trailing tab', 'key\t'],
    ['more than 16 kB', 'k'.repeat(16 * 1024 + 1)],
  ])('sends a value with %s as a tweak to every bound node, and not as a header', (_, value) => {
    const bindings = [bind('A_KEY', 'Agent-1'), bind('A_KEY', 'Agent-2', 'token')];
    expect(injectSecrets(bindings, new Map([['A_KEY', value]]))).toEqual({
      headers: {},
      tweaks: { 'Agent-1': { api_key: value }, 'Agent-2': { token: value } },
    });
  });

  it('never sends a value that looks like a variable name as a tweak', () => {
    const long = 'K'.repeat(17 * 1024);
    const { headers, tweaks } = injectSecrets([bind('A_KEY')], new Map([['A_KEY', long]]));
    expect(tweaks).toEqual({});
    expect(headers).toEqual({ 'X-LANGFLOW-GLOBAL-VAR-A_KEY': long });
  });

  it('keeps all headers together under 48 kB and sends the rest as tweaks', () => {
    const names = Array.from({ length: 10 }, (_, index) => `KEY_${index}`);
    const values = new Map(names.map((name, index) => [name, 'v'.repeat(8_000 + index)]));
    const { headers, tweaks } = injectSecrets(
      names.map((name) => bind(name, `node-${name}`)),
      values,
    );
    const size = Object.entries(headers).reduce(
      (sum, [name, value]) => sum + name.length + value.length + 4,
      0,
    );
    expect(size).toBeLessThanOrEqual(48 * 1024);
    expect(Object.keys(headers).length + Object.keys(tweaks).length).toBe(10);
    expect(tweaks['node-KEY_9']).toEqual({ api_key: values.get('KEY_9') });
  });

  it('gives fields that Langflow does not resolve their value directly, JSON as list or object', () => {
    const tweak = (secretName: string, field: string): InjectionBinding => ({
      nodeId: 'Api-1',
      field,
      secretName,
      delivery: 'tweak',
    });
    const values = new Map([
      ['HEADERS', '[{"key":"Authorization","value":"Bearer t"}]'],
      ['DATABASE_URL', 'postgres://u:p@h/d'],
      ['PIN', '1234'],
    ]);
    expect(
      injectSecrets([tweak('HEADERS', 'headers'), tweak('DATABASE_URL', 'url'), tweak('PIN', 'pin')], values),
    ).toEqual({
      headers: {},
      tweaks: {
        'Api-1': {
          headers: [{ key: 'Authorization', value: 'Bearer t' }],
          url: 'postgres://u:p@h/d',
          pin: '1234',
        },
      },
    });
  });

  it('serves one secret both ways when nodes want it both ways', () => {
    const bindings: InjectionBinding[] = [
      bind('A_KEY'),
      { nodeId: 'Api-1', field: 'body', secretName: 'A_KEY', delivery: 'tweak' },
    ];
    expect(injectSecrets(bindings, new Map([['A_KEY', 'v']]))).toEqual({
      headers: { 'X-LANGFLOW-GLOBAL-VAR-A_KEY': 'v' },
      tweaks: { 'Api-1': { body: 'v' } },
    });
  });

  it('leaves out secrets without a value, and values that no node wants', () => {
    const values = new Map([
      ['EMPTY', ''],
      ['UNUSED', 'secret of somebody'],
    ]);
    expect(injectSecrets([bind('EMPTY'), bind('ABSENT')], values)).toEqual({ headers: {}, tweaks: {} });
  });

  it('refuses names that could break out of a header name, without repeating a value', () => {
    const name = 'A: b\r\nX';
    expect(() => injectSecrets([bind(name)], new Map([[name, 'the value']]))).toThrow(/must match/);
  });

  it('treats node ids as plain keys', () => {
    const { tweaks } = injectSecrets([bind('A_KEY', '__proto__')], new Map([['A_KEY', 'ü']]));
    expect(JSON.stringify(tweaks)).toBe('{"__proto__":{"api_key":"ü"}}');
  });
});
