import type { Command } from 'commander';
import type { ExportsInput } from '../../contracts/workflows.js';
import { byteSize, grouped } from '../../contracts/format-numbers.js';
import { ago, utc } from '../../contracts/format-times.js';
import { workflowIds, workflowTypes } from '../../contracts/names.js';
import { attributesOf } from '../../contracts/search-attributes.js';
import { writtenExports } from '../../gear/outputs/exports.js';
import { pipelineOf, pipelinesOf, type Cli } from '../cli.js';
import { follow } from '../follow/follow.js';
import { startOrAttach } from '../follow/start-or-attach.js';
import { withJson } from '../grammar.js';
import { UsageError } from '../usage-error.js';

/** `strata exports list` and `run`: files made from the warehouse. */
export function exportsCommand(exports: Command, cli: Cli): void {
  withJson(exports.command('list').description('list exports, each with the file that it wrote last'), [
    'strata exports list',
    'strata exports list shop --json',
  ])
    .argument('[pipeline]', 'the pipeline (default: all)')
    .action((name: string | undefined, options: { json?: boolean }) => list(cli, name, options.json ?? false));
  withJson(exports.command('run').description('compute exports now, and write the files whose rows have changed'), [
    'strata exports run shop',
    'strata exports run shop daily_sales --force',
  ])
    .argument('<pipeline>', 'the pipeline')
    .argument('[exports...]', 'names of exports (default: all)')
    .option('--force', 'also write files whose rows have not changed')
    .action((name: string, wanted: string[], options: RunOptions) => run(cli, name, wanted, options));
}

interface RunOptions {
  readonly json?: boolean;
  readonly force?: boolean;
}

async function run(cli: Cli, name: string, wanted: readonly string[], { json, force = false }: RunOptions): Promise<void> {
  const project = await cli.project();
  const { exports, definition } = pipelineOf(project, name);
  const known = exports.map((each) => each.name);
  if (known.length === 0) throw new UsageError(`${name} has no exports: put .sql files into the folder ${definition.sqlFolder}/exports`);
  const unknown = wanted.filter((each) => !known.includes(each));
  if (unknown.length > 0) throw new UsageError(`${name} has no export ${unknown.join(', ')}; it has ${known.join(', ')}`);
  await cli.withTemporal(project, async (client) => {
    const input: ExportsInput = { pipeline: name, exports: wanted.length > 0 ? wanted : known, force };
    const { handle, attached, taskQueue } = await startOrAttach(cli, project, client, workflowTypes.exports, {
      workflowId: workflowIds.exports(name),
      args: [input],
      typedSearchAttributes: attributesOf({ pipeline: name }),
      staticSummary: `write ${wanted.length > 0 ? wanted.join(', ') : 'all exports'}`,
    });
    if (attached) cli.out.note(`${handle.workflowId} runs already, maybe for other exports: watching that one`);
    await follow(cli, project, client, handle, { json, again: `strata exports run ${name}`, taskQueue });
  });
}

async function list(cli: Cli, name: string | undefined, json: boolean): Promise<void> {
  const project = await cli.project({ warehouse: true });
  const rows = await cli.withWarehouse(project, async (warehouse) => {
    const all = [];
    for (const { definition, exports } of pipelinesOf(project, name)) {
      const written = await writtenExports(warehouse, definition.name);
      for (const each of exports) all.push({ pipeline: definition.name, ...each, written: written.get(each.name) });
    }
    return all;
  });
  if (json) {
    return cli.out.json(
      rows.map(({ pipeline, name: each, format, description, to, written }) => ({
        pipeline,
        export: each,
        format,
        description,
        file: written ? `${written.storeUrl}${written.key}` : null,
        key: to,
        rows: written?.rows ?? null,
        bytes: written?.bytes ?? null,
        writtenAt: utc(written?.writtenAt)?.toISOString() ?? null,
      })),
    );
  }
  if (rows.length === 0) return cli.out.line('no pipeline has exports: each is a .sql file in the folder exports of its SQL folder');
  cli.out.table(
    ['pipeline', 'export', 'rows', 'bytes', 'written', 'file'],
    rows.map(({ pipeline, name: each, to, written }) => [
      pipeline,
      each,
      written ? grouped(written.rows) : '',
      written ? byteSize(written.bytes) : '',
      ago(utc(written?.writtenAt)),
      written ? `${written.storeUrl}${written.key}` : to,
    ]),
  );
}
