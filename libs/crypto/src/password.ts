import { compare, genSaltSync, getRounds, hash } from 'bcrypt';
import { invalidInput } from '@weir/kernel';

/** bcrypt reads no more than this many bytes, so anything longer must be refused, never cut (R03). */
export const MAXIMUM_PASSWORD_BYTES = 72;

/** The length of a digest in a bcrypt string. Dots are a valid one, which no password is known to give. */
const IMPOSSIBLE_DIGEST = '.'.repeat(31);

/**
 * One form for texts that look the same: NFC, so that "é" typed on two systems is one password (R02).
 * Nothing else is changed: spaces and case count.
 */
export function normalizePassword(password: string): string {
  return password.normalize('NFC');
}

/** Length as bcrypt sees it: UTF-8 bytes after normalisation. */
export function passwordBytes(password: string): number {
  return Buffer.byteLength(normalizePassword(password), 'utf8');
}

/** Passwords at rest: bcrypt at one cost. Hashing runs on the thread pool, not on the event loop. */
export class PasswordHasher {
  private readonly hashOfNothing: string;

  /** @param cost bcrypt's logarithmic cost, 4 to 31; the configuration asks for 12 or more in production */
  constructor(private readonly cost: number) {
    if (!Number.isInteger(cost) || cost < 4 || cost > 31) {
      throw new RangeError(`bcrypt cost ${cost} is not a whole number from 4 to 31`);
    }
    this.hashOfNothing = genSaltSync(cost) + IMPOSSIBLE_DIGEST;
  }

  /** @throws AppError 422 for more than 72 bytes or invalid Unicode; `checkPassword` says so earlier and kinder */
  async hash(password: string): Promise<string> {
    if (!isHashable(password)) {
      throw invalidInput(
        `The password is longer than ${MAXIMUM_PASSWORD_BYTES} bytes or not valid text. Choose another one.`,
        [{ pointer: '/password', detail: `must be valid text of at most ${MAXIMUM_PASSWORD_BYTES} bytes` }],
      );
    }
    return hash(normalizePassword(password), this.cost);
  }

  /** False for a wrong password, one that could never have been stored, or a stored text that is no hash. */
  async verify(password: string, storedHash: string): Promise<boolean> {
    if (!isHashable(password)) return this.verifyAgainstNothing();
    return compare(normalizePassword(password), storedHash);
  }

  /**
   * Takes as long as {@link verify} and is always false. For unknown accounts, so that time does not tell whether an
   * account exists (R08).
   */
  async verifyAgainstNothing(): Promise<false> {
    await compare('', this.hashOfNothing);
    return false;
  }

  /** True when the hash was made at a lower cost: hash again at the next successful sign-in (R05). */
  needsRehash(storedHash: string): boolean {
    try {
      return getRounds(storedHash) < this.cost;
    } catch {
      return true;
    }
  }
}

function isHashable(password: string): boolean {
  return password.isWellFormed() && passwordBytes(password) <= MAXIMUM_PASSWORD_BYTES;
}
