// Lints an OpenAPI file against its specification: one problem a line, exit code 1 when there are any.
// A process of its own, because the linter is an ES module that Jest cannot load.
import { readFileSync } from 'node:fs';
import { createConfig, lintFromString } from '@redocly/openapi-core';

const source = readFileSync(process.argv[2] ?? 'openapi.json', 'utf8');
const problems = await lintFromString({ source, config: await createConfig({ extends: ['spec'] }) });
for (const { message, location } of problems)
  process.stdout.write(`${location[0]?.pointer ?? ''} ${message}\n`);
process.exitCode = problems.length === 0 ? 0 : 1;
