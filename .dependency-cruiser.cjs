// The rooms of docs/01-architecture and who may import whom. A room sees itself, what its line lists, and the rules of
// @foresync/protocol that are not generated (digest, limits).
const rooms = {
  domain: { sees: [], why: 'The words everybody speaks: they depend on nobody.' },
  util: { sees: [], why: 'Small tools that would serve any program.' },
  telemetry: { sees: [], why: 'Logger, metrics and tracing know npm packages, but none of our rooms.' },
  context: { sees: ['domain'], why: 'Pure: folds activity into state.' },
  planner: { sees: ['domain'], why: 'Pure: scores in, plan out.' },
  sync: { sees: ['domain'], why: 'Pure: compares checkpoints and manifests.' },
  content: { sees: ['domain', 'util', 'sync'], why: 'Use cases; the store comes in through a port.' },
  outbox: { sees: ['domain', 'util'], why: 'A bounded queue that knows no transport.' },
  predictor: { sees: ['domain', 'util'], why: 'Candidates and scores; state comes in as an argument.' },
  store: {
    sees: ['domain', 'util', 'gen'],
    why: 'Adapters of the store port; protobuf is the encoding at rest.',
  },
  session: {
    sees: ['domain', 'util', 'context', 'planner', 'outbox', 'sync', 'content'],
    why: 'The pipeline; store and predictor only through domain/ports.',
  },
  rpc: {
    sees: ['session', 'content', 'domain', 'util', 'telemetry', 'gen'],
    why: 'The gRPC edge: wire to domain and back.',
  },
  replay: { sees: ['app', 'domain', 'util', 'client'], why: 'Drives a real server with real clients.' },
  cli: {
    sees: ['app', 'replay', 'config', 'domain', 'util', 'client'],
    why: 'Commands: they compose, they do not decide.',
  },
  config: { sees: ['domain', 'util'], why: 'One typed object; everybody else gets its parts as arguments.' },
  main: { sees: ['cli', 'app', 'config'], why: 'Process entry.' },
};

const ours = '^(src|proto|ranking|clients|test|bench)/';
const rules = '^proto/ts/(?!gen/|index\\.ts$|at-rest\\.ts$)';
const generated = '^proto/ts/(gen/|index\\.ts$|at-rest\\.ts$)';
const atRest = '^proto/ts/(gen/foresync/internal/|at-rest\\.ts$)';
const special = { gen: generated, client: '^clients/typescript/src/' };
// app-*.ts are parts of the composition root.
const room = (name) => (name === 'app' ? '^src/app[./-]' : `^src/${name}(\\.ts$|/)`);
const place = (name) => special[name] ?? room(name);

/** Matches a package by its name, whether it is installed or not. */
const npm = (names) => `(^|node_modules/)(${names})(/|$)`;

const nodeModules = require('node:module').builtinModules.filter((name) => !name.startsWith('_'));
const core = `^(node:.*|${nodeModules.join('|')})$`;

const roomRules = Object.entries(rooms).map(([name, { sees, why }]) => ({
  name: `${name}-sees-${sees.join('-') || 'nothing-of-ours'}`,
  comment: why,
  severity: 'error',
  from: { path: room(name) },
  to: { path: ours, pathNot: [room(name), rules, ...sees.map(place)] },
}));

const forbid = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

module.exports = {
  forbidden: [
    ...roomRules,
    forbid(
      'app-sees-all-but-cli-and-replay',
      'The composition root knows every concrete class, and none of those who start it.',
      { path: room('app') },
      { path: ['^src/(cli|replay)(\\.ts$|/)', room('main'), '^(ranking|clients|test|bench)/'] },
    ),
    forbid(
      'generated-only-at-the-edges',
      'The wire format stops at rpc, store and the clients; the rest speaks domain types.',
      { path: '^src/', pathNot: [room('rpc'), room('store')] },
      { path: generated },
    ),
    forbid(
      'values-at-rest-only-in-store',
      "How values are kept is nobody else's business.",
      { path: ours, pathNot: [room('store'), '^proto/ts/', '^test/'] },
      { path: atRest },
    ),
    forbid(
      'pure-rooms',
      'No I/O, no clock, no randomness: no node module and no npm package. Those come in as arguments.',
      { path: ['^src/(domain|context|planner|sync)/', '^src/session/transitions\\.ts$'] },
      { path: ['node_modules/', core] },
    ),
    forbid(
      'grpc-only-in-rpc',
      'The transport is one room.',
      { path: '^src/', pathNot: room('rpc') },
      { path: npm('@grpc|grpc-health-check') },
    ),
    forbid(
      'databases-only-in-store',
      'lmdb and ioredis are adapters of one port.',
      { path: ours, pathNot: ['^(test|bench)/', room('store')] },
      { path: npm('lmdb|ioredis') },
    ),
    forbid(
      'onnxruntime-only-in-predictor',
      'The model runs in one room.',
      { path: ours, pathNot: ['^(test|bench|ranking)/', room('predictor')] },
      { path: npm('onnxruntime-[a-z]+') },
    ),
    forbid(
      'model-runs-in-browsers',
      'The same code scores in a browser: files, hashes, timers and the runtime come in as arguments; load.ts is for Node.',
      { path: '^src/predictor/model/', pathNot: '^src/predictor/model/load\\.ts$' },
      { path: core },
    ),
    forbid(
      'protocol-stands-alone',
      'Runs in browsers; @bufbuild/protobuf is its one dependency.',
      { path: '^proto/ts/' },
      {
        path: ['^(src|ranking|clients|test|bench)/', 'node_modules/', core],
        pathNot: npm('@bufbuild/protobuf'),
      },
    ),
    forbid(
      'clients-never-import-the-server',
      'A user of the client never installs the server.',
      { path: '^clients/' },
      { path: '^(src|test|bench)/' },
    ),
    forbid(
      'ranking-is-a-slice-of-the-house',
      'What a device ranks by: the rooms that do it for the server.',
      { path: '^ranking/' },
      { path: ours, pathNot: ['^ranking/', rules, ...['domain', 'context', 'predictor'].map(place)] },
    ),
    {
      name: 'ranking-runs-on-devices',
      comment:
        'However long the way: no node module, and of npm only the runtime and what checks a manifest.',
      severity: 'error',
      from: { path: '^ranking/index\\.ts$' },
      to: { path: ['node_modules/', core], pathNot: npm('onnxruntime-web|zod'), reachable: true },
    },
    forbid(
      'ranking-only-behind-the-entry-rank',
      'Who does not rank installs neither the package nor its runtime.',
      { path: '^clients/', pathNot: '^clients/typescript/(src/rank|test)/' },
      { path: ['^ranking/', npm('@foresync/ranking')] },
    ),
    {
      name: 'clients-rank-only-if-asked',
      comment: 'However long the way: from the other entries nothing leads to it.',
      severity: 'error',
      from: { path: '^clients/typescript/src/index\\.(browser|node)\\.ts$' },
      to: { path: ['^ranking/', '^clients/typescript/src/rank/'], reachable: true },
    },
    {
      name: 'browser-entry-is-browser-safe',
      comment:
        'However long the way: from what runs in browsers nothing leads to grpc-js or to a node module.',
      severity: 'error',
      from: {
        path: ['^clients/typescript/src/(index\\.browser|rank/index)\\.ts$', '^clients/web/src/main\\.tsx$'],
      },
      to: { path: [npm('@grpc'), core], reachable: true },
    },
    forbid('no-cycles', 'Rooms and files form a tree of duties.', {}, { circular: true }),
    forbid(
      'no-unresolvable',
      'An import that resolves to nothing would slip through the rules above.',
      {},
      { couldNotResolve: true },
    ),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    // Ours: what npm packages are made of is often in a folder of that name, too.
    exclude: { path: '^(coverage|dist|(proto|ranking|bench|clients/[a-z]+)/dist)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['foresync-dev', 'import', 'node', 'default'],
    },
  },
};
