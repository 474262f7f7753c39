import { UsageError } from './exit-codes';

const EMAIL = /^[^\s@]{1,64}@[^\s@]{1,189}$/;

/**
 * An address as it is stored.
 * @param where the argument or option that it came from, for the message
 */
export function readEmail(text: string, where: string): string {
  const email = text.trim().toLowerCase();
  if (!EMAIL.test(email)) throw new UsageError(`${where} takes an e-mail address, not '${text}'`);
  return email;
}
