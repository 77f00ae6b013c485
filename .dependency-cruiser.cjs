/** Dependencies point one way: contracts <- engine <- pipelines; connectors implement the engine's interfaces. */
const only = (folder, allowed) => ({
  name: `${folder}-imports`,
  severity: 'error',
  from: { path: `^src/${folder}/` },
  to: { path: '^src/', pathNot: [folder, ...allowed].map((name) => `^src/${name}/`) },
});
module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } } },
    only('contracts', []),
    only('engine', ['contracts']),
    only('pipelines', ['contracts', 'engine']),
    only('connectors', ['contracts', 'engine']),
    only('observability', ['contracts']),
    { ...only('workflows', ['contracts']), to: { path: '^src/', pathNot: ['^src/workflows/', '^src/contracts/'], dependencyTypesNot: ['type-only'] } },
    {
      name: 'workflows-no-io',
      severity: 'error',
      from: { path: '^src/workflows/' },
      to: { path: '^(fs|net|child_process|mysql2|pg|node:.*)|node_modules/(mysql2|@aws-sdk|pg|pino)/', dependencyTypesNot: ['type-only'] },
    },
    { name: 'contracts-no-io', severity: 'error', from: { path: '^src/contracts/' }, to: { dependencyTypes: ['core'] } },
  ],
  options: { tsPreCompilationDeps: true, doNotFollow: { path: 'node_modules' }, tsConfig: { fileName: 'tsconfig.json' } },
};
