/** Dependencies point one way: contracts <- engine <- gear <- activities; connectors implement the engine's interfaces. */
const only = (folder, allowed) => ({
  name: `${folder}-imports`,
  severity: 'error',
  from: { path: `^src/${folder}/` },
  to: { path: '^src/', pathNot: [folder, ...allowed].map((name) => `^src/${name}/`) },
});
/** What only looks at workflows needs their types alone: their code runs in Temporal's sandbox. */
const exceptTypes = (rule) => ({ ...rule, to: { ...rule.to, dependencyTypesNot: ['type-only'] } });

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } } },
    { name: 'src-needs-no-tools', severity: 'error', from: { path: '^src/' }, to: { path: '^tools/' } },
    only('contracts', []),
    only('engine', ['contracts']),
    {
      name: 'pipelines-imports',
      comment: "A definition imports what any author has: the package's public face.",
      severity: 'error',
      from: { path: '^src/pipelines/' },
      to: { path: '^src/', pathNot: '^src/index\\.ts$' },
    },
    only('connectors', ['contracts', 'engine']),
    only('gear', ['contracts', 'engine']),
    only('observability', ['contracts']),
    only('activities', ['contracts', 'engine', 'gear', 'connectors', 'observability']),
    exceptTypes(only('workflows', ['contracts'])),
    only('config', ['contracts', 'engine', 'connectors', 'pipelines']),
    only('status', ['contracts', 'engine', 'gear', 'connectors', 'config']),
    only('serve', ['contracts', 'engine', 'gear', 'connectors', 'config', 'observability', 'status']),
    {
      name: 'cli-imports',
      severity: 'error',
      from: { path: '^src/cli/' },
      to: { path: '^src/workflows/', dependencyTypesNot: ['type-only'] },
    },
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
