import { AppError } from '@weir/kernel';
import { checkSecretValue, lastFourOf, MAX_VALUE_BYTES, resolveProvider } from './secret-value';

describe('checkSecretValue', () => {
  it.each(['x', ' ', 'line\nbreak', '\u0000', 'schlüssel-🔑', 'a'.repeat(MAX_VALUE_BYTES)])(
    'takes %p',
    (value) => {
      expect(() => checkSecretValue(value)).not.toThrow();
    },
  );

  it.each([
    '',
    '********',
    ' ******** ',
    '\ud800',
    'a'.repeat(MAX_VALUE_BYTES + 1),
    'ü'.repeat(MAX_VALUE_BYTES / 2 + 1),
  ])('refuses a value that is empty, the mask, broken text or too long, and points at it', (value) => {
    const refusal = catchError(() => checkSecretValue(value));
    expect(refusal).toMatchObject({
      status: 422,
      code: 'validation_failed',
      errors: [{ pointer: '/value' }],
    });
  });
});

describe('lastFourOf (R43)', () => {
  it('shows the end of a value of twelve characters or more, and nothing of a shorter one', () => {
    expect(lastFourOf('sk-123456789')).toBe('6789');
    expect(lastFourOf('sk-12345678')).toBeNull();
  });

  it('counts characters, not code units', () => {
    expect(lastFourOf('🔑'.repeat(11))).toBeNull();
    expect(lastFourOf('🔑'.repeat(12))).toBe('🔑🔑🔑🔑');
  });
});

describe('resolveProvider', () => {
  it('takes the provider by its id or name, or guesses from the name of the secret', () => {
    expect(resolveProvider('MY_KEY', 'OpenAI')).toBe('openai');
    expect(resolveProvider('ANTHROPIC_API_KEY_2', undefined)).toBe('anthropic');
    expect(resolveProvider('MY_KEY', undefined)).toBeNull();
  });

  it('refuses an unknown provider', () => {
    expect(catchError(() => resolveProvider('MY_KEY', 'nobody'))).toMatchObject({
      errors: [{ pointer: '/provider' }],
    });
  });
});

function catchError(work: () => unknown): AppError {
  try {
    work();
  } catch (error) {
    if (error instanceof AppError) return error;
  }
  throw new Error('nothing was refused');
}
