import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

const FOLDER = join('prisma', 'migrations');

/** The folder of this installation's migrations: from the working folder or from the built command, upwards. */
export function findMigrations(): string {
  for (const start of [process.cwd(), dirname(process.argv[1] ?? '.')]) {
    for (let folder = start; ; folder = dirname(folder)) {
      if (existsSync(join(folder, FOLDER))) return join(folder, FOLDER);
      if (folder === dirname(folder)) break;
    }
  }
  return FOLDER;
}
