/** Binary data with memory of its own: what Prisma takes for `bytea` columns, and what can be zeroed. */
export type Bytes = Uint8Array<ArrayBuffer>;

const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

/**
 * Decodes standard base64 and accepts nothing else. `Buffer.from` skips what it does not know, so a key with a typing
 * error would silently become another, shorter key.
 * @returns null when the text is not base64
 */
export function decodeBase64Strictly(text: string): Buffer<ArrayBuffer> | null {
  if (!BASE64.test(text)) return null;
  const decoded = Buffer.from(text, 'base64');
  const withoutPadding = (value: string): string => value.replace(/=+$/, '');
  return withoutPadding(decoded.toString('base64')) === withoutPadding(text) ? decoded : null;
}
