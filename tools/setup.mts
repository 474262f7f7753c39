/** `npm run setup`: makes the secrets for docker compose. What exists stays as it is. */
import { existsSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { ensureComposeSecrets } from './launcher/compose-secrets.mts';
import { SecretStore } from './launcher/secret-store.mts';

const projectDir = resolve(import.meta.dirname, '..');
const folder = join(projectDir, 'docker/secrets');

// Files that everybody could read, in a folder that only their owner can enter: compose mounts each file into a container
// whose user is not the owner.
const store = new SecretStore(folder, 0o644);
ensureComposeSecrets(store);
const ignore = join(folder, '.gitignore');
if (!existsSync(ignore)) writeFileSync(ignore, '*\n');

const place = relative(process.cwd(), folder) || '.';
if (store.created.length === 0) {
  console.log(`The secrets in ${place} are complete; nothing was changed.`);
} else {
  console.log(`Made ${store.created.length} secrets in ${place}: ${store.created.join(', ')}`);
  console.log('Keep a copy of master_keys elsewhere: without it, stored secrets cannot be read.');
}
console.log('Next: docker compose -f docker/compose.yaml up --build');
