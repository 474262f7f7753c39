import { copyFileSync, globSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { transformFileSync, type Options } from '@swc/core';

/** As in jest.config.ts, so that what runs is what was tested. */
const OPTIONS: Options = {
  swcrc: false,
  configFile: false,
  jsc: {
    target: 'es2022',
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: true },
    keepClassNames: true,
  },
  module: { type: 'commonjs' },
  sourceMaps: 'inline',
};

const SOURCES = ['apps/{api,cli}/src/**/*', 'libs/*/src/**/*'];
const NOT_BUILT = /\.(e2e-|int-)?spec\.ts$|^libs\/testing\/|\.d\.ts$/;

/**
 * Writes the JavaScript of an app and of everything it may import to `dist/apps/<app>`, in the folders of the sources, as
 * the Nest CLI does in a monorepo.
 */
export function transpileApp(projectDir: string, app: string): void {
  const target = join(projectDir, 'dist/apps', app);
  rmSync(target, { recursive: true, force: true });
  const files = globSync(SOURCES, { cwd: projectDir, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(projectDir, join(entry.parentPath, entry.name)))
    .filter((file) => !NOT_BUILT.test(file));
  for (const file of files) {
    const output = join(target, file.replace(/\.ts$/, '.js'));
    mkdirSync(dirname(output), { recursive: true });
    if (!file.endsWith('.ts')) copyFileSync(join(projectDir, file), output);
    else
      writeFileSync(output, relativeAliases(transformFileSync(join(projectDir, file), OPTIONS).code, file));
  }
}

/** `require("@weir/kernel")` as a path, because nothing resolves the aliases of tsconfig.base.json at run time. */
export function relativeAliases(code: string, file: string): string {
  return code.replaceAll(/require\("@weir\/([a-z-]+)"\)/g, (_, lib: string) => {
    const path = relative(dirname(file), `libs/${lib}/src/index.js`);
    return `require("${path.startsWith('.') ? path : `./${path}`}")`;
  });
}
