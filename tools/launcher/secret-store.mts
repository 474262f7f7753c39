import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { errorCode } from '../process/error-code.mts';

/** Secrets as files in one folder: made once, never overwritten. */
export class SecretStore {
  readonly #folder: string;
  readonly #mode: number;
  readonly created: string[] = [];

  /** @param mode of the files; the folder itself is 0700 */
  constructor(folder: string, mode = 0o600) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    this.#folder = folder;
    this.#mode = mode;
  }

  path(name: string): string {
    return join(this.#folder, name);
  }

  /** The secret of this name; made now if there is none yet. Two processes that ask at once get the same one. */
  ensure(name: string, make: () => string): string {
    const file = this.path(name);
    if (!existsSync(file)) this.#writeOnce(file, name, make());
    return readFileSync(file, 'utf8').trim();
  }

  #writeOnce(file: string, name: string, value: string): void {
    // A folder inside is for files that are no secrets: others may read it where the outer one lets them.
    mkdirSync(dirname(file), { recursive: true, mode: 0o755 });
    const partial = `${file}.${process.pid}`;
    writeFileSync(partial, `${value.trim()}\n`, { mode: this.#mode });
    try {
      linkSync(partial, file);
      this.created.push(name);
    } catch (error) {
      if (errorCode(error) !== 'EEXIST') throw error;
    } finally {
      rmSync(partial, { force: true });
    }
  }
}

/** 256 bits that need no quoting anywhere. */
export function randomPassword(): string {
  return randomBytes(32).toString('base64url');
}

/** One entry of `JWT_KEYS` or `MASTER_KEYS`. */
export function labelledKey(label: string): string {
  return `${label}:${randomBytes(32).toString('base64')}`;
}

/** The key with which Langflow encrypts: 32 bytes, URL-safe base64 with padding (Fernet). */
export function fernetKey(): string {
  return randomBytes(32).toString('base64').replaceAll('+', '-').replaceAll('/', '_');
}

/** RSA key in PEM that signs engine identities. */
export function signingKey(): string {
  return generateKeyPairSync('rsa', { modulusLength: 2048 })
    .privateKey.export({ type: 'pkcs8', format: 'pem' })
    .toString();
}
