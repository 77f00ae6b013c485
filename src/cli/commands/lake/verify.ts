import type { Command } from 'commander';
import { verifyBucket } from '../../../activities/processed/verify-bucket.js';
import { grouped } from '../../../contracts/format-numbers.js';
import { pipelineOf, type Cli } from '../../cli.js';
import { withJson } from '../../grammar.js';
import { processedOf } from './buckets.js';

/** `strata lake verify`: whether the runs of the processed bucket make the tables of the warehouse. */
export function verifyCommand(command: Command, cli: Cli): void {
  withJson(command.description('compare all runs of the processed bucket with the warehouse, and count the keys that differ'), [
    'strata lake verify totesys',
  ])
    .argument('<pipeline>', 'the pipeline')
    .action(async (pipeline: string, { json = false }: { readonly json?: boolean }) => {
      const project = await cli.project({ warehouse: true });
      const { processed: tables } = pipelineOf(project, pipeline);
      const { store: bucket } = processedOf(project, pipeline);
      const { signal } = new AbortController();
      const onTable = (name: string) => cli.out.status(`comparing ${name}`);
      const {
        run,
        tables: found,
        behind,
        moved,
      } = await cli.withWarehouse(project, (warehouse) => verifyBucket({ warehouse, bucket, pipeline, tables, signal, onTable }));
      cli.out.status('');
      const isSame = found.every(({ missing, extra, different }) => missing + extra + different === 0);
      if (!isSame || behind.length > 0) cli.exitCode = 1;
      if (json) return cli.out.json({ run, ok: isSame && behind.length === 0, tables: found, behind, moved });
      cli.out.table(
        ['table', 'rows', 'keys the bucket lacks', 'keys only the bucket has', 'keys with other values'],
        found.map(({ table, rows, missing, extra, different }) => [table, ...[rows, missing, extra, different].map(grouped)]),
      );
      if (moved)
        return cli.out.prose(
          `the pipeline went on during each comparison, so this says nothing of the bucket. Pause its schedules, then verify again: strata schedules pause ${pipeline}`,
        );
      if (behind.length > 0)
        return cli.out.prose(
          `the warehouse has changes that no run of the bucket has yet, in ${behind.join(', ')}. To write them, run: strata run ${pipeline}. Then verify again`,
        );
      cli.out.prose(
        isSame
          ? `runs 1 to ${run} of ${bucket.url} make exactly the tables of the warehouse, ids included`
          : `runs 1 to ${run} of ${bucket.url} do not make the tables of the warehouse. Nothing was changed`,
      );
    });
}
