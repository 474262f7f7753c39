import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { KeyContext, KeyHealth, KeyProvider } from './key-provider';

const NOBODY = '00000000-0000-4000-8000-000000000000';

/** Owner of keys that belong to no tenant: probes and the self-test. */
export const INSTALLATION_CONTEXT: KeyContext = {
  organizationId: NOBODY,
  ownerUserId: null,
  dataKeyNumber: 0,
};

/** Wraps and unwraps a throw-away key: the only proof that both directions work. */
export async function probeKeyProvider(provider: KeyProvider): Promise<KeyHealth> {
  const about = { provider: provider.name, currentVersion: provider.currentVersion() };
  const key = randomBytes(32);
  try {
    const unwrapped = await provider.unwrap(
      await provider.wrap(key, INSTALLATION_CONTEXT),
      INSTALLATION_CONTEXT,
    );
    const ok = unwrapped.length === key.length && timingSafeEqual(unwrapped, key);
    return { ...about, ok, reason: ok ? null : 'the key provider returned another key than it was given' };
  } catch (error) {
    return { ...about, ok: false, reason: reasonOf(error) };
  }
}

function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  return cause instanceof Error ? `${cause.name}: ${cause.message}` : 'the key provider failed';
}
