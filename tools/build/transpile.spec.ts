import { relativeAliases } from './transpile.mts';

describe('relativeAliases', () => {
  it('turns the alias of a lib into a path from the importing file', () => {
    const code = 'const _kernel = require("@weir/kernel"), _pg = require("pg");';
    expect(relativeAliases(code, 'apps/api/src/modules/runs/runs.service.ts')).toBe(
      'const _kernel = require("../../../../../libs/kernel/src/index.js"), _pg = require("pg");',
    );
    expect(relativeAliases('require("@weir/langflow-client")', 'libs/langflow-client/src/index.ts')).toBe(
      'require("./index.js")',
    );
  });
});
