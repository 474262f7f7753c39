import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { buildOpenApi } from '../../apps/api/src/openapi';
import { startTestApp, type TestApp } from '../support/test-app';

const FILE = 'openapi.json';
/** Documents and probes for machines, not for clients of the API. */
const NOT_IN_THE_DOCUMENT = /^\/(docs|openapi\.json)/;

interface Operation {
  readonly operationId: string;
  readonly summary?: string;
  readonly tags?: readonly string[];
  readonly responses: Readonly<Record<string, unknown>>;
}

describe('The OpenAPI document', () => {
  let api: TestApp;
  let document: Record<string, any>;

  beforeAll(async () => {
    api = await startTestApp();
    document = JSON.parse(JSON.stringify(buildOpenApi(api.app, undefined)));
  });

  afterAll(() => api.stop());

  it('equals the committed one (write it anew with UPDATE_OPENAPI=1)', () => {
    const text = `${JSON.stringify(document, null, 2)}\n`;
    if (process.env['UPDATE_OPENAPI'] === '1' || !existsSync(FILE)) writeFileSync(FILE, text);
    expect(text).toBe(readFileSync(FILE, 'utf8'));
  });

  it('is valid OpenAPI 3.1', () => {
    const linted = spawnSync(process.execPath, ['test/contract/lint-openapi.mts', FILE], {
      encoding: 'utf8',
    });
    expect(linted.stdout + linted.stderr).toBe('');
  });

  it('has every route that the server answers', () => {
    const documented = new Set(operations(document).map(({ method, path }) => `${method} ${path}`));
    const answered = api.routes
      .list()
      .filter(
        ({ method, path }) =>
          !['HEAD', 'OPTIONS'].includes(method) && !NOT_IN_THE_DOCUMENT.test(path) && path !== '*',
      )
      .map(({ method, path }) => `${method} ${path.replaceAll(/:(\w+)/g, '{$1}')}`);
    expect(answered.filter((route) => !documented.has(route))).toEqual([]);
  });

  it('says of each operation what it does and how it answers', () => {
    const incomplete = operations(document)
      .filter(
        ({ operation }) =>
          !operation.summary || !operation.tags?.length || Object.keys(operation.responses).length < 2,
      )
      .map(({ method, path }) => `${method} ${path}`);
    expect(incomplete).toEqual([]);
  });

  it('gives an example for each field of a body', () => {
    const schemas: Record<string, any> = document['components'].schemas;
    const missing = Object.entries(schemas).flatMap(([name, schema]) =>
      Object.entries<Record<string, unknown>>(schema.properties ?? {})
        .filter(([, field]) => field['example'] === undefined && isLeaf(field))
        .map(([field]) => `${name}.${field}`),
    );
    expect(missing.filter((field) => !field.startsWith('Problem.'))).toEqual([]);
  });

  it('is served, with a reference page that loads nothing from elsewhere', async () => {
    const client = api.anonymous();
    expect((await client.get('/openapi.json')).body.openapi).toBe('3.1.0');
    const page = await client.get('/docs');
    expect(page.status).toBe(200);
    expect(page.text).not.toMatch(/(src|href)="https?:/);
  });
});

function operations(document: Record<string, any>): { method: string; path: string; operation: Operation }[] {
  return Object.entries<Record<string, Operation>>(document['paths']).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  );
}

function isLeaf(field: Record<string, unknown>): boolean {
  return (
    field['$ref'] === undefined &&
    field['allOf'] === undefined &&
    field['anyOf'] === undefined &&
    field['type'] !== 'array' &&
    field['writeOnly'] !== true
  );
}
