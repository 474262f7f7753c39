import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigError } from './config-error';
import { loadMigrationUrl } from './migration-url';

describe('loadMigrationUrl', () => {
  const url = 'postgresql://weir_owner:pass@127.0.0.1:5432/weir';

  it('needs nothing but its own variable, or a file that holds it', () => {
    expect(loadMigrationUrl({ MIGRATION_DATABASE_URL: url })).toBe(url);
    const file = join(mkdtempSync(join(tmpdir(), 'weir-config-')), 'url');
    writeFileSync(file, `${url}\n`);
    expect(loadMigrationUrl({ MIGRATION_DATABASE_URL_FILE: file })).toBe(url);
  });

  it.each([
    [{}, 'MIGRATION_DATABASE_URL is missing'],
    [{ MIGRATION_DATABASE_URL: '' }, 'MIGRATION_DATABASE_URL is missing'],
    [{ MIGRATION_DATABASE_URL: 'mysql://root:hunter2@db' }, 'MIGRATION_DATABASE_URL: Invalid URL'],
    [{ MIGRATION_DATABASE_URL_FILE: '/nowhere' }, "cannot read the file '/nowhere'"],
  ])('says what to mend and never repeats the address: %j', (source, problem) => {
    expect(() => loadMigrationUrl(source)).toThrow(ConfigError);
    expect(() => loadMigrationUrl(source)).toThrow(problem);
    expect(() => loadMigrationUrl(source)).not.toThrow('hunter2');
  });
});
