import { isUuid } from '@weir/kernel';
import { UsageError } from './exit-codes';

export interface PageOptions {
  readonly limit: string;
  /** Id of the last entry of the page before. */
  readonly after?: string;
}

const MAX_LIMIT = 1000;

/** @param kind what is listed, for the message: `an account` */
export function readPageOptions(
  { limit, after }: PageOptions,
  kind: string,
): { readonly limit: number; readonly after: string | undefined } {
  const count = Number(limit);
  if (!/^\d{1,4}$/.test(limit) || count < 1 || count > MAX_LIMIT) {
    throw new UsageError(`--limit takes a whole number from 1 to ${MAX_LIMIT}, not '${limit}'`);
  }
  if (after !== undefined && !isUuid(after)) {
    throw new UsageError(`--after takes the id of ${kind}, not '${after}'`);
  }
  return { limit: count, after };
}
