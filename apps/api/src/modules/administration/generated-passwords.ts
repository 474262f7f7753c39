import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type AppConfig } from '@weir/config';
import { newToken, PasswordHasher } from '@weir/crypto';

/** 24 characters, 144 bits. */
const GENERATED_BYTES = 18;

export interface GeneratedPassword {
  /** Shown once and kept nowhere. */
  readonly password: string;
  readonly passwordHash: string;
}

/** Passwords that an operator hands to somebody else. */
@Injectable()
export class GeneratedPasswords {
  private readonly hasher: PasswordHasher;

  constructor(@Inject(CONFIG) config: AppConfig) {
    this.hasher = new PasswordHasher(config.bcryptCost);
  }

  async generate(): Promise<GeneratedPassword> {
    const password = newToken(GENERATED_BYTES);
    return { password, passwordHash: await this.hasher.hash(password) };
  }
}
