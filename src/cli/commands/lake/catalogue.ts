import type { Command } from 'commander';
import { catalogueOf } from '../../../gear/extracts/source-columns.js';
import { pipelineOf, type Cli } from '../../cli.js';
import { withJson } from '../../grammar.js';
import { databaseExtractsOf } from './extract.js';

/** `strata catalogue`: what the tables of a pipeline's databases look like, and since which run. */
export function catalogueCommand(command: Command, cli: Cli): void {
  withJson(command, ['strata catalogue totesys', 'strata catalogue totesys --changes'])
    .argument('<pipeline>', 'the pipeline')
    .option('--changes', 'only columns that were added after the first run of their table, or are gone')
    .action(async (name: string, { json, changes }: { readonly json?: boolean; readonly changes?: boolean }) => {
      const project = await cli.project({ warehouse: true });
      const { definition } = pipelineOf(project, name);
      const all = await cli.withWarehouse(project, (warehouse) => catalogueOf(warehouse, name));
      const first = new Map<string, number>();
      for (const { extract, table, sinceRun } of all)
        first.set(`${extract}/${table}`, Math.min(sinceRun, first.get(`${extract}/${table}`) ?? sinceRun));
      const shown = changes
        ? all.filter(
            ({ extract, table, sinceRun, untilRun }) => untilRun !== null || sinceRun > (first.get(`${extract}/${table}`) ?? sinceRun),
          )
        : all;
      const databases = all.length === 0 ? databaseExtractsOf(definition) : [];
      if (json) return cli.out.json(shown);
      if (all.length === 0) {
        const commands = databases.map((extract) => `strata extract ${name} --extract ${extract.name}`);
        return cli.out.prose(`no run of ${name} has read a table yet. Run: ${commands.join(', and ')}`);
      }
      if (shown.length === 0) return cli.out.prose('no column has come or gone since the first run');
      cli.out.table(
        ['table', 'column', 'type', 'null', 'since run', 'gone in run'],
        shown.map(({ table, column, type, nullable, sinceRun, untilRun }) => [
          ...[table, column, type, nullable ? 'yes' : ''],
          ...[sinceRun, untilRun ?? ''],
        ]),
      );
    });
}
