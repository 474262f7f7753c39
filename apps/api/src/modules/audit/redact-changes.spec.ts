import { REDACTED, redactChanges } from './redact-changes';

describe('redactChanges', () => {
  it.each([
    'password',
    'newPassword',
    'client_secret',
    'OPENAI_API_KEY',
    'refreshToken',
    'Authorization',
    'value',
    'key',
    'private-key',
  ])('blanks %s wherever it stands, and keeps that it changed (F120)', (name) => {
    const changes = { [name]: 'canary', list: [{ deep: { [name]: { also: 'canary' } } }] };
    const redacted = redactChanges(changes);
    expect(redacted).toEqual({ [name]: REDACTED, list: [{ deep: { [name]: REDACTED } }] });
    expect(changes[name]).toBe('canary');
  });

  it('leaves everything else as it is', () => {
    const changes = {
      name: 'Customer support',
      names: ['OPENAI_API_KEY'],
      totalTokens: 12,
      secretsStored: ['OPENAI_API_KEY'],
      password: null,
      role: { from: 'viewer', to: 'admin' },
      archived: true,
    };
    expect(redactChanges(changes)).toEqual(changes);
  });
});
