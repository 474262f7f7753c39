import { ENV, ENV_NAMES } from './env-schema';

/** The text of `.env.example`. A test keeps the committed file equal to it. */
export function renderEnvExample(): string {
  const entries = ENV_NAMES.map((name) => {
    const definition = ENV[name];
    const fallback = definition.schema.safeParse(undefined);
    const lines = [`# ${definition.about}`];
    if ('secret' in definition) lines.push(`# Or the path of a file that holds it: ${name}_FILE`);
    lines.push(fallback.success ? `# ${name}=${definition.example}` : `${name}=${definition.example}`);
    return lines.join('\n');
  });
  return `${['# Every setting of Weir. Lines behind a # are optional.', ...entries].join('\n\n')}\n`;
}
