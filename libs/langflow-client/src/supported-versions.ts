/**
 * Versions of Langflow whose HTTP behaviour this library was checked against. Everything version-dependent (routes,
 * stream framing, error texts, the way secrets are injected) is only known to hold for these.
 */
export const SUPPORTED_VERSIONS = ['1.13.0'] as const;

/** True when the version, as told by `GET /api/v1/version`, was checked. */
export function isSupportedVersion(version: string): boolean {
  return SUPPORTED_VERSIONS.some((supported) => supported === version);
}
