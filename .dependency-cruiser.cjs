// The table "May import" of ARCHITECTURE.md. Every rule names a room and what it may use of ours; anything else of ours is forbidden.
// Tests keep to the same table and may use the testkit on top. scripts/boundaries.test.mjs proves that each rule bites.

const ours = '^(packages|solutions|apps|bench|journeys|scripts)/';
const tests = '\\.(test|journey)\\.tsx?$';
const contract = '^packages/contract/src/';
const edge = '^packages/edge/src/';
const ui = '^packages/ui/src/';
const testkit = '^packages/testkit/src/';
/** Of the core, others see its index, what each capability shows, and the platform it is written against. */
const coreSurface = '^packages/core/src/(index\\.ts$|[^/]+/index\\.ts$|platform/)';

/**
 * @param {string} name
 * @param {string} room path pattern; groups in it are $1, $2 in `allowed`
 * @param {string[]} allowed path patterns of ours
 */
function mayImport(name, room, ...allowed) {
  return [
    { name, severity: 'error', from: { path: room, pathNot: tests }, to: { path: ours, pathNot: allowed } },
    {
      name: `${name}-tests`,
      severity: 'error',
      from: { path: `${room}.*${tests}` },
      to: { path: ours, pathNot: [...allowed, testkit] },
    },
  ];
}

module.exports = {
  forbidden: [
    ...mayImport('contract', '^packages/contract/', '^packages/contract/'),
    ...mayImport('platform', '^packages/core/src/platform/', '^packages/core/src/platform/', contract),
    ...mayImport(
      'capability',
      '^packages/core/src/(?!platform/)([^/]+)/',
      '^packages/core/src/$1/',
      '^packages/core/src/[^/]+/index\\.ts$',
      '^packages/core/src/platform/',
      contract,
    ),
    ...mayImport('core', '^packages/core/(?!src/[^/]+/)', '^packages/core/', contract),
    ...mayImport('edge', '^packages/edge/', '^packages/edge/', contract),
    ...mayImport('ui', '^packages/ui/', '^packages/ui/', contract),
    // it starts the server as people do, with the same flags of Node
    ...mayImport(
      'testkit',
      '^packages/testkit/',
      '^packages/testkit/',
      '^packages/core/src/',
      contract,
      edge,
      '^scripts/lib/node-flags',
    ),
    ...mayImport('solution-src', '^solutions/([^/]+)/src/', '^solutions/$1/src/', contract),
    ...mayImport('solution-server', '^solutions/([^/]+)/server/', '^solutions/$1/(src|server)/', contract, coreSurface),
    ...mayImport('solution-device', '^solutions/([^/]+)/(sim|agent)/', '^solutions/$1/(src|$2)/', contract, edge),
    ...mayImport('solution-web', '^solutions/([^/]+)/web/', '^solutions/$1/(src|web)/', contract, ui),
    ...mayImport(
      'solution-journeys',
      '^solutions/([^/]+)/journeys/',
      '^solutions/$1/',
      '^journeys/',
      contract,
      edge,
      testkit,
    ),
    ...mayImport('app', '^apps/([^/]+)/', '^apps/$1/', '^packages/(?!testkit/)', '^solutions/'),
    {
      name: 'set-up-needs-nothing',
      comment: 'The launcher runs before anything is installed.',
      severity: 'error',
      from: { path: '^scripts/(lib/|run\\.mjs$|muster\\.mjs$|complete-lock\\.mjs$)' },
      to: { pathNot: '^scripts/lib/', dependencyTypesNot: ['core'] },
    },
    {
      name: 'contract-is-typebox-only',
      severity: 'error',
      from: { path: contract, pathNot: tests },
      to: { pathNot: [contract, '^node_modules/typebox/'] },
    },
    {
      name: 'runs-in-the-browser',
      severity: 'error',
      from: { path: '^(packages/(contract|ui)|solutions/[^/]+/(src|web)|apps/web/src)/', pathNot: tests },
      to: { dependencyTypes: ['core'] },
    },
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    parser: 'swc',
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(?!node_modules/).*/(dist|coverage)/' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'types', 'node', 'default'],
      extensions: ['.ts', '.tsx', '.mjs', '.js', '.cjs', '.json'],
    },
  },
};
