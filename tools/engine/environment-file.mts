/**
 * Reads the lines of an environment file: `NAME=value`, `#` at the start of a line for comments, no quotes and no
 * expansion, so that docker compose reads the same file in the same way.
 * @throws Error that names the line
 */
export function parseEnvironmentFile(text: string): Readonly<Record<string, string>> {
  const result: Record<string, string> = {};
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === '' || line.startsWith('#')) continue;
    const match = /^([A-Z][A-Z0-9_]*)=(.*)$/.exec(line);
    if (match?.[1] === undefined || match[2] === undefined) {
      throw new Error(`Line ${index + 1} of the engine's environment is not NAME=value.`);
    }
    result[match[1]] = match[2].trim();
  }
  return result;
}
