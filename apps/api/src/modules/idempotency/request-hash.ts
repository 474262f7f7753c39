import { createHash } from 'node:crypto';

export interface HashedRequest {
  readonly method: string;
  readonly url: string;
  readonly body: unknown;
  readonly contentLength: string | undefined;
}

/**
 * What makes two requests the same. A body that is not JSON (an upload) is told by its length: it is read as a stream, and
 * its boundary differs each time.
 */
export function hashRequest({ method, url, body, contentLength }: HashedRequest): string {
  const content = body === undefined ? `length ${contentLength ?? 0}` : JSON.stringify(body);
  return createHash('sha256').update(`${method} ${url}\n${content}`).digest('hex');
}
