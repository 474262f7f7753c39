/** Ends an exhaustive switch: a new case that nobody handled becomes a compile error, and a loud error at run time. */
export function assertNever(value: never): never {
  throw new Error(`Unhandled case: ${JSON.stringify(value)}`);
}
