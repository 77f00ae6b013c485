import { Option, type Command } from 'commander';
import { requireEmpty, restoreBucket } from '../../../activities/processed/restore-bucket.js';
import { grouped } from '../../../contracts/format-numbers.js';
import { workflowIds, workflowTypes } from '../../../contracts/names.js';
import { attributesOf } from '../../../contracts/search-attributes.js';
import type { Project } from '../../../config/load-project.js';
import type { CompiledPipeline } from '../../../engine/compiled-pipeline.js';
import { pipelineOf, type Cli } from '../../cli.js';
import { follow } from '../../follow/follow.js';
import { startOrAttach } from '../../follow/start-or-attach.js';
import { withJson } from '../../grammar.js';
import { ingestOf, processedOf } from './buckets.js';

interface Options {
  readonly json?: boolean;
  readonly from: 'ingest' | 'processed';
}

/** `strata lake rebuild`: fills an empty warehouse without the source. */
export function rebuildCommand(command: Command, cli: Cli): void {
  withJson(command.description('fill an empty warehouse from one of the buckets, without the database. Ids stay the same'), [
    'strata lake rebuild totesys --from ingest',
    'strata lake rebuild totesys --from processed',
  ])
    .argument('<pipeline>', 'the pipeline')
    .addOption(
      new Option('--from <bucket>', 'ingest: every layer, from the lake. processed: the marts, from the processed bucket (required)')
        .choices(['ingest', 'processed'])
        .makeOptionMandatory(),
    )
    .action(async (name: string, { from, json = false }: Options) => {
      const project = await cli.project({ warehouse: true });
      const pipeline = pipelineOf(project, name);
      await (from === 'ingest' ? fromIngest(cli, project, pipeline, json) : fromProcessed(cli, project, pipeline, json));
    });
}

/** What a run does with a lake of which nothing is loaded yet. */
async function fromIngest(cli: Cli, project: Project, { definition: { name }, processed }: CompiledPipeline, json: boolean): Promise<void> {
  ingestOf(project, name);
  await cli.withWarehouse(project, (warehouse) => requireEmpty(warehouse, name, processed));
  await cli.withTemporal(project, async (client) => {
    const { handle, taskQueue } = await startOrAttach(cli, project, client, workflowTypes.run, {
      workflowId: workflowIds.run(name),
      args: [{ pipeline: name }],
      typedSearchAttributes: attributesOf({ pipeline: name }),
      staticSummary: 'lake to bus',
      staticDetails: 'Loads every run of the lake, then processes, loads the vault and refreshes the marts.',
    });
    await follow(cli, project, client, handle, { json, again: `strata run ${name}`, taskQueue });
  });
}

async function fromProcessed(cli: Cli, project: Project, pipeline: CompiledPipeline, json: boolean): Promise<void> {
  const { definition, processed: tables, martRefreshes: refreshes } = pipeline;
  const { store: bucket } = processedOf(project, definition.name);
  const { signal } = new AbortController();
  const onTable = (table: string) => cli.out.status(`filling ${table}`);
  const restored = await cli.withWarehouse(project, (warehouse) =>
    restoreBucket({ warehouse, bucket, pipeline: definition.name, tables, refreshes, signal, onTable }),
  );
  cli.out.status('');
  if (json) return cli.out.json(restored);
  cli.out.table(
    ['table', 'rows'],
    restored.tables.map(({ table, rows }) => [table, grouped(rows)]),
  );
  cli.out.prose(
    `filled from runs 1 to ${restored.run} of ${bucket.url}. To fill bulk from the lake too, run: strata run ${definition.name}`,
  );
}
