import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/**
 * The keys shown in `.env.example`. Everybody has them, so a start with one of them is refused. They are the SHA-256 of
 * these sentences: no other rule here would catch them, which is why they are listed.
 */
const EXAMPLE_KEY_TEXTS = {
  masterKey: exampleKey('weir example master key: replace me'),
  jwtKey: exampleKey('weir example signing key: replace me'),
} as const;

/** Ready to print into `.env.example`: parses as configuration, and is refused at the start. */
export const EXAMPLE_KEYS = {
  MASTER_KEYS: `1:${EXAMPLE_KEY_TEXTS.masterKey}`,
  JWT_KEYS: `example:${EXAMPLE_KEY_TEXTS.jwtKey}`,
} as const;

/** Of 32 random bytes about 30 differ; fewer than 20 happens less than once in 10^11 keys. */
const MINIMUM_DISTINCT_BYTES = 20;
const KEY_BYTES = 32;

function exampleKey(text: string): string {
  return createHash('sha256').update(text).digest('base64');
}

/** A new random key in the form that `MASTER_KEYS` and `JWT_KEYS` take after the colon: 32 bytes as base64. */
export function generateKeyText(): string {
  return randomBytes(KEY_BYTES).toString('base64');
}

/**
 * Judges whether bytes can have come from a random generator.
 * @returns the reason not to use the key, as the rest of a sentence that starts with the key; null when it is fine
 */
export function weaknessOf(key: Uint8Array): string | null {
  if (key.length < KEY_BYTES) return `is ${key.length} bytes long, but at least ${KEY_BYTES} are needed`;
  if (key.every((byte) => byte === 0)) return 'is all zero';
  if (key.every((byte) => byte === key[0])) return 'repeats a single byte';
  if (isExample(key)) return 'is the example from the documentation, which everybody knows';
  if (isProgression(key)) return 'counts up or down instead of being random';
  if (isPeriodic(key)) return 'repeats itself';
  if (isPrintable(key)) return 'is text, not random bytes';
  if (new Set(key).size < MINIMUM_DISTINCT_BYTES) return 'has too little variety to be random';
  return null;
}

function isExample(key: Uint8Array): boolean {
  return Object.values(EXAMPLE_KEY_TEXTS).some((text) => {
    const example = Buffer.from(text, 'base64');
    return example.length === key.length && timingSafeEqual(example, key);
  });
}

function isProgression(key: Uint8Array): boolean {
  const stepAt = (index: number): number => ((key[index] ?? 0) - (key[index - 1] ?? 0)) & 0xff;
  const step = stepAt(1);
  return key.every((_, index) => index === 0 || stepAt(index) === step);
}

function isPeriodic(key: Uint8Array): boolean {
  for (let period = 1; period <= key.length / 2; period += 1) {
    if (key.every((byte, index) => index < period || byte === key[index - period])) return true;
  }
  return false;
}

function isPrintable(key: Uint8Array): boolean {
  return key.every(
    (byte) => (byte >= 0x20 && byte <= 0x7e) || byte === 0x0a || byte === 0x0d || byte === 0x09,
  );
}
