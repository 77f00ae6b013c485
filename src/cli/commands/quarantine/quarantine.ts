import type { Command } from 'commander';
import { ruleLine } from '../../../engine/read/broken-rules.js';
import type { SqlValue } from '../../../engine/warehouse.js';
import { knownFeed, pipelinesOf, type Cli } from '../../cli.js';
import { atLeastOne, wholeNumber, withJson } from '../../grammar.js';
import { entriesWhere, folderOf, jsonEntry, rulesOf } from './entries.js';
import { exportCommand } from './export.js';
import { showCommand } from './show.js';
import { ago, utc } from '../../../contracts/format-times.js';

interface ListOptions {
  readonly json?: boolean;
  readonly pipeline?: string;
  readonly feed?: string;
  readonly load?: number;
  readonly limit: number;
}

const shownFolders = 5;

/** `strata quarantine ...`: rows and files that break their contract. */
export function quarantineCommand(quarantine: Command, cli: Cli): void {
  listCommand(quarantine.command('list'), cli);
  showCommand(quarantine.command('show'), cli);
  exportCommand(quarantine.command('export'), cli);
}

function listCommand(command: Command, cli: Cli): void {
  withJson(command.description('entries, newest first: what is wrong with each, without its text'), [
    'strata quarantine list',
    'strata quarantine list eastrock --load 12',
    'strata quarantine list --load 12',
    'strata quarantine list --feed users --limit 200 --json',
  ])
    .argument('[pipeline]', 'all pipelines when left out')
    .option('--pipeline <pipeline>', 'the same as the argument')
    .option('--feed <feed>', 'of this feed')
    .option('--load <id>', 'of this load', wholeNumber)
    .option('--limit <n>', 'show this many at most', atLeastOne, 50)
    .action(async (name: string | undefined, options: ListOptions) => {
      const project = await cli.project({ warehouse: true });
      const pipeline = name ?? options.pipeline;
      const pipelines = pipelinesOf(project, pipeline);
      if (options.feed !== undefined) knownFeed(pipelines, options.feed);
      const filters: [string, SqlValue][] = [];
      if (pipeline !== undefined) filters.push(['q.pipeline = ?', pipeline]);
      if (options.feed !== undefined) filters.push(['q.feed = ?', options.feed]);
      if (options.load !== undefined) filters.push(['q.load_id = ?', options.load]);
      const entries = await cli.withWarehouse(project, (warehouse) => entriesWhere(warehouse, filters, options.limit));
      if (options.json) return cli.out.json(entries.map((entry) => jsonEntry(entry, rulesOf(project, entry))));
      if (entries.length === 0) return cli.out.line('the quarantine holds nothing of that kind');
      cli.out.table(
        ['entry', 'load', 'feed', 'object', 'line', 'reasons', 'since'],
        entries.map((row) => [
          row.quarantine_id,
          row.load_id,
          row.feed,
          row.object_key,
          row.line_number,
          row.reasons,
          ago(utc(row.quarantined_at)),
        ]),
      );
      cli.out.line();
      for (const line of whys(entries.map((entry) => ({ id: entry.quarantine_id, why: whyOf(entry.problem, rulesOf(project, entry)) }))))
        cli.out.line(line);
      cli.out.line('see the text of one: strata quarantine show <entry>');
      const folders = new Map(entries.map((entry) => [entry.load_id, folderOf(entry)]));
      for (const [loadId, folder] of [...folders].slice(0, shownFolders))
        cli.out.line(`corrected rows of load ${loadId} go into ${folder} of the source`);
    });
}

function whyOf(problem: string | null, rules: ReturnType<typeof rulesOf>): string | undefined {
  if (problem !== null) return problem.split('\n')[0];
  return rules?.length === 0 ? 'breaks no rule of the current definition any more' : rules?.map(ruleLine).join('; ');
}

/** What is wrong, once for all entries of which it is the same: the first few of them. */
function whys(entries: readonly { readonly id: number; readonly why: string | undefined }[]): string[] {
  const ids = new Map<string, number[]>();
  for (const { id, why } of entries) if (why !== undefined) ids.set(why, [...(ids.get(why) ?? []), id]);
  return [...ids].map(([why, all]) => {
    const more = all.length > 3 ? ` and ${all.length - 3} more` : '';
    return `${all.length === 1 ? 'entry' : 'entries'} ${all.slice(0, 3).join(', ')}${more}: ${why}`;
  });
}
