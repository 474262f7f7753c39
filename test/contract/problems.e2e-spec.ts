import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where problems are made, in the two ways there are. */
const CODE = /code: '([a-z_]+)',?\s*(?:\n\s*)?(?:status|title)|conflict\(\s*'([a-z_]+)'/g;

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts') && !entry.name.endsWith('spec.ts'))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !path.includes('generated') && !path.includes('/testing/'));
}

function codesIn(paths: readonly string[]): Set<string> {
  const codes = paths.flatMap((path) =>
    [...readFileSync(path, 'utf8').matchAll(CODE)].map((match) => match[1] ?? match[2] ?? ''),
  );
  return new Set(codes);
}

describe('docs/problems.md', () => {
  const documented = readFileSync('docs/problems.md', 'utf8');

  it('explains every code that the API can answer with', () => {
    const codes = codesIn([...sources('apps/api/src'), ...sources('libs')]);
    expect(codes.size).toBeGreaterThan(50);
    expect([...codes].filter((code) => !documented.includes(`\`${code}\``)).toSorted()).toEqual([]);
  });

  it('explains none that does not exist', () => {
    const all = [...sources('apps/api/src'), ...sources('libs')]
      .map((path) => readFileSync(path, 'utf8'))
      .join('\n');
    const rows = [...documented.matchAll(/^\| (`[a-z_]+`(?:, `[a-z_]+`)*) \| \d/gm)].flatMap((match) => [
      ...(match[1] ?? '').matchAll(/`([a-z_]+)`/g),
    ]);
    expect(rows.map((row) => row[1] ?? '').filter((code) => !all.includes(`'${code}'`))).toEqual([]);
  });
});
