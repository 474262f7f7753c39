import { UsageError } from './exit-codes';

/** What the API takes as the name of a person or an organization. */
const MAX_NAME = 200;

export function readName(text: string): string {
  const name = text.trim();
  // Control characters would move the cursor of whoever lists names.
  if (name === '' || name.length > MAX_NAME || /\p{Cc}/u.test(name)) {
    throw new UsageError(`--name takes 1 to ${MAX_NAME} characters on one line`);
  }
  return name;
}
