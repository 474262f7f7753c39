import { AppError } from '@weir/kernel';

/**
 * A stored value that this key, owner and version cannot open. One message for every reason (wrong key, moved row,
 * flipped bit, short tag), because the difference would help only an attacker.
 */
export class DecryptionError extends AppError {
  constructor() {
    super({
      code: 'decryption_failed',
      status: 500,
      title: 'Stored value unreadable',
      detail:
        'A stored value could not be decrypted. Store it again, or ask the operator of this installation.',
    });
    this.name = 'DecryptionError';
  }
}

/** The key provider did not answer: nothing is known about the value, and the same call may work a moment later. */
export class KeyProviderUnavailableError extends AppError {
  constructor(cause: unknown) {
    super({
      code: 'key_provider_unavailable',
      status: 503,
      title: 'Keys unavailable',
      detail: 'The keys of this installation cannot be used at the moment. Try again in a few seconds.',
      retryAfterSeconds: 5,
      cause,
    });
    this.name = 'KeyProviderUnavailableError';
  }
}

/** Keys that must not be used. Stops the start; the message is for the operator and never quotes a key. */
export class KeyConfigurationError extends Error {
  /**
   * @param variable the environment variable to correct
   * @param problem what is wrong, as the rest of a sentence that starts with the variable
   */
  constructor(
    readonly variable: string,
    readonly problem: string,
  ) {
    super(`${variable} ${problem}`);
    this.name = 'KeyConfigurationError';
  }
}
