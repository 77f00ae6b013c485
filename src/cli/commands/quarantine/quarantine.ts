import type { Command } from 'commander';
import { ruleLine } from '../../../engine/read/broken-rules.js';
import { knownFeed, pipelinesOf, type Cli } from '../../cli.js';
import { atLeastOne, wholeNumber, withJson } from '../../grammar.js';
import { quarantineEntries, type QuarantineEntry } from '../../../status/quarantine-entries.js';
import { withoutText } from './entry-json.js';
import { whereTo } from './where-to.js';
import { exportCommand } from './export.js';
import { replayCommand } from './replay.js';
import { showCommand } from './show.js';
import { ago } from '../../../contracts/format-times.js';

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
  replayCommand(quarantine.command('replay'), cli);
}

function listCommand(command: Command, cli: Cli): void {
  withJson(command.description('list entries, newest first, with the rules that they break'), [
    'strata quarantine list',
    'strata quarantine list eastrock --load 12',
    'strata quarantine list --load 12',
    'strata quarantine list --feed users --limit 200 --json',
  ])
    .argument('[pipeline]', 'the pipeline (default: all)')
    .option('--pipeline <pipeline>', 'the same as the argument')
    .option('--feed <feed>', 'only this feed')
    .option('--load <id>', 'only this load', wholeNumber)
    .option('--limit <n>', 'maximum number to show', atLeastOne, 50)
    .action(async (name: string | undefined, options: ListOptions) => {
      const project = await cli.project({ warehouse: true });
      const pipeline = name ?? options.pipeline;
      const pipelines = pipelinesOf(project, pipeline);
      if (options.feed !== undefined) knownFeed(pipelines, options.feed);
      const { feed, load, limit } = options;
      const entries = await cli.withWarehouse(project, (warehouse) =>
        quarantineEntries(warehouse, project, { pipeline, feed, load, limit }),
      );
      if (options.json) return cli.out.json(entries.map(withoutText));
      if (entries.length === 0) return cli.out.prose('the quarantine has no such entries');
      cli.out.table(
        ['entry', 'load', 'feed', 'object', 'line', 'reasons', 'since'],
        entries.map((entry) => [
          entry.quarantineId,
          entry.loadId,
          entry.feed,
          entry.objectKey,
          entry.lineNumber,
          entry.reasons.join(','),
          ago(new Date(entry.quarantinedAt)),
        ]),
      );
      cli.out.line();
      for (const line of whys(entries)) cli.out.prose(line);
      cli.out.prose('To see the text of an entry, run: strata quarantine show <entry>');
      const places = new Map(entries.map((entry) => [entry.loadId, whereTo(project, entry)]));
      for (const place of [...places.values()].slice(0, shownFolders)) cli.out.prose(place);
    });
}

/** What is wrong, once for all entries of which it is the same: the first few of them. */
function whys(entries: readonly QuarantineEntry[]): string[] {
  const ids = new Map<string, number[]>();
  for (const entry of entries) {
    const why = whyOf(entry);
    if (why !== undefined) ids.set(why, [...(ids.get(why) ?? []), entry.quarantineId]);
  }
  return [...ids].map(([why, all]) => {
    const more = all.length > 3 ? ` and ${all.length - 3} more` : '';
    return `${all.length === 1 ? 'entry' : 'entries'} ${all.slice(0, 3).join(', ')}${more}: ${why}`;
  });
}

function whyOf({ problem, rules }: QuarantineEntry): string | undefined {
  if (problem !== undefined) return problem;
  return rules?.length === 0 ? 'breaks no rule of the current definition any more' : rules?.map(ruleLine).join('; ');
}
