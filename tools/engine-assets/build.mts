/**
 * Rebuilds `engines/langflow/starters/` and `engines/langflow/component-catalogue.json` from the pinned wheels.
 *
 *   node tools/engine-assets/build.mts [folder with the wheels]
 *
 * Without a folder the wheels are fetched with pip into a temporary one. Needs Node 24 (type stripping) and Python 3
 * (pip, and zipfile to unpack). Run it when the pinned engine changes; the result is committed, so nothing else needs Python.
 */
import { execFileSync } from 'node:child_process';
import { globSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { buildCatalogue } from './catalogue.mts';
import { buildStarters } from './starters.mts';

const PINNED = [
  'langflow-base==1.13.0',
  'lfx==1.13.0',
  'lfx-openai==0.2.0',
  'lfx-anthropic==0.2.0',
  'lfx-ollama==0.2.0',
  'lfx-openai-compatible==0.2.0',
];

const target = resolve(import.meta.dirname, '../../engines/langflow');
const scratch = mkdtempSync(join(tmpdir(), 'weir-engine-assets-'));

function fetchWheels(): string {
  const folder = join(scratch, 'wheels');
  execFileSync('python3', ['-m', 'pip', 'download', '--quiet', '--no-deps', '--dest', folder, ...PINNED], {
    stdio: 'inherit',
  });
  return folder;
}

function unpack(wheels: string): string {
  const folder = join(scratch, 'unpacked');
  for (const wheel of globSync(join(wheels, '*.whl'))) {
    execFileSync('python3', ['-m', 'zipfile', '-e', wheel, folder], { stdio: 'inherit' });
  }
  return folder;
}

try {
  const unpacked = unpack(process.argv[2] ?? fetchWheels());
  const starters = buildStarters(unpacked);
  mkdirSync(join(target, 'starters'), { recursive: true });
  for (const old of globSync(join(target, 'starters', '*.json'))) rmSync(old);
  for (const { slug, flow } of starters) {
    writeFileSync(join(target, 'starters', `${slug}.json`), `${JSON.stringify(flow)}\n`);
  }
  const catalogue = buildCatalogue(unpacked, starters);
  writeFileSync(join(target, 'component-catalogue.json'), `${JSON.stringify(catalogue, null, 1)}\n`);
  console.log(`${starters.length} starters, ${Object.keys(catalogue.components).length} components`);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
