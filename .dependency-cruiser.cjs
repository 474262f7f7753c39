/** Who may import whom: docs/architecture.md, section "Layers". */

const LIB = '^libs/([^/]+)/src/';
const MODULE = '^apps/api/src/modules/([^/]+)/';

/** A module may know those before it in this list, never one behind it. */
const MODULE_ORDER = [
  ['audit', 'users', 'organizations'],
  ['idempotency'],
  ['auth'],
  ['api-keys'],
  ['members'],
  ['administration'],
  ['vault', 'settings', 'projects'],
  ['secrets'],
  ['engine'],
  ['workflows'],
  ['runs'],
  ['endpoints'],
  ['conversations'],
  ['health'],
];

const onlyLibs = (name, allowed) => ({
  name: `lib-${name}`,
  comment: `libs/${name} may import only: ${allowed.join(', ') || 'nothing of ours'}`,
  severity: 'error',
  from: { path: `^libs/${name}/src/`, pathNot: ['\\.(int-|e2e-)?spec\\.ts$', '/src/testing/'] },
  to: {
    path: '^(libs|apps)/',
    pathNot: [`^libs/${name}/`, ...allowed.map((lib) => `^libs/${lib}/src/index\\.ts$`)],
  },
});

const noFramework = (name) => ({
  name: `lib-${name}-pure`,
  comment: `libs/${name} knows no framework and no database`,
  severity: 'error',
  from: { path: `^libs/${name}/src/`, pathNot: '\\.(int-|e2e-)?spec\\.ts$' },
  to: { path: 'node_modules/(@nestjs|@prisma|fastify|pg)/' },
});

const lowerNeverKnowsHigher = MODULE_ORDER.slice(0, -1).map((modules, index) => ({
  name: `module-order-${modules.join('-')}`,
  comment: `${modules.join(', ')} stand below ${MODULE_ORDER.slice(index + 1)
    .flat()
    .join(', ')}`,
  severity: 'error',
  from: { path: `^apps/api/src/modules/(${modules.join('|')})/` },
  to: {
    path: `^apps/api/src/modules/(${MODULE_ORDER.slice(index + 1)
      .flat()
      .join('|')})/`,
  },
}));

module.exports = {
  forbidden: [
    {
      name: 'no-circular',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    onlyLibs('kernel', []),
    onlyLibs('flow', ['kernel']),
    onlyLibs('crypto', ['kernel']),
    onlyLibs('config', ['kernel']),
    onlyLibs('logging', ['kernel']),
    onlyLibs('langflow-client', ['kernel']),
    onlyLibs('database', ['kernel', 'config', 'logging']),
    onlyLibs('http', ['kernel', 'config', 'logging']),
    noFramework('kernel'),
    noFramework('flow'),
    noFramework('crypto'),
    noFramework('langflow-client'),
    {
      name: 'libs-through-their-index',
      comment: 'A lib has one door.',
      severity: 'error',
      from: { path: '^(apps|test)/' },
      to: { path: LIB, pathNot: ['^libs/[^/]+/src/index\\.ts$'] },
    },
    {
      name: 'modules-through-their-service',
      comment:
        'Another module is known through its module, services, views and types; never through its repository or controller.',
      severity: 'error',
      from: { path: MODULE },
      to: {
        path: '^apps/api/src/modules/[^/]+/.*\\.(repository|controller|dto)\\.ts$',
        pathNot: ['^apps/api/src/modules/$1/'],
        dependencyTypesNot: ['type-only'],
      },
    },
    ...lowerNeverKnowsHigher,
    {
      name: 'prisma-in-repositories-only',
      comment: 'Services and controllers do not see the database client.',
      severity: 'error',
      from: { path: '^apps/', pathNot: ['\\.repository\\.ts$', '\\.module\\.ts$'] },
      to: { path: 'generated/' },
    },
    {
      name: 'no-tests-in-production',
      severity: 'error',
      from: { path: '^(apps|libs)/', pathNot: ['spec\\.ts$', '^libs/testing/', '/testing/'] },
      to: { path: '^(test|libs/testing)/' },
    },
    {
      name: 'not-to-dev-dep',
      severity: 'error',
      from: { path: '^(apps|libs)/', pathNot: ['spec\\.ts$', '^libs/testing/', '/testing/'] },
      to: { dependencyTypes: ['npm-dev'] },
    },
    {
      name: 'no-orphans',
      severity: 'error',
      from: {
        orphan: true,
        path: '^(apps|libs)/',
        pathNot: ['main\\.ts$', 'spec\\.ts$', 'index\\.ts$', '\\.d\\.ts$', '/jest/', 'generated/'],
      },
      to: {},
    },
  ],
  options: {
    doNotFollow: { path: ['node_modules', 'libs/database/src/generated'] },
    exclude: { path: ['dist/', 'coverage/'] },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
