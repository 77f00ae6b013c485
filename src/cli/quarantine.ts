import { Command } from 'commander';
import { quarantineFolderOf } from '../engine/quarantine-folder.js';
import type { SqlRow, SqlValue } from '../engine/warehouse.js';
import { byteSize } from '../workflows/numbers.js';
import { atLeastOne, command, knownFeed, pipelinesOf, wholeNumber, type Cli } from './cli.js';
import { exportCommand } from './quarantine-export.js';
import { ago, utc } from './time.js';
import { UsageError } from './usage-error.js';
import { visibleLine } from '../contracts/visible.js';

interface ListOptions {
  readonly json?: boolean;
  readonly pipeline?: string;
  readonly feed?: string;
  readonly load?: number;
  readonly limit: number;
}

interface Entry extends SqlRow {
  quarantine_id: number;
  load_id: number;
  feed: string;
  object_key: string;
  line_number: number;
  row_bytes: number;
  reasons: string;
  quarantined_at: string;
  identity: Buffer | null;
}

const shownFolders = 5;

/** The folder of an entry's load in the source; '' when the load is forgotten. */
function folderOf({ load_id: loadId, identity }: Entry): string {
  return identity === null ? '' : quarantineFolderOf({ loadId, identity });
}

/** `strata quarantine ...`: rows and files that break their contract. */
export function quarantineCommand(cli: Cli): Command {
  const quarantine = new Command('quarantine').description('rows and files that break their contract');
  quarantine.addCommand(
    command('list', 'entries, newest first, without their text', [
      'strata quarantine list',
      'strata quarantine list --load 12',
      'strata quarantine list --feed users --limit 200 --json',
    ])
      .option('--pipeline <pipeline>', 'of this pipeline')
      .option('--feed <feed>', 'of this feed')
      .option('--load <id>', 'of this load', wholeNumber)
      .option('--limit <n>', 'at most so many', atLeastOne, 50)
      .action(async (options: ListOptions) => {
        const project = await cli.project({ warehouse: true });
        const pipelines = pipelinesOf(project, options.pipeline);
        if (options.feed !== undefined) knownFeed(pipelines, options.feed);
        const filters: [string, SqlValue][] = [];
        if (options.pipeline !== undefined) filters.push(['pipeline = ?', options.pipeline]);
        if (options.feed !== undefined) filters.push(['feed = ?', options.feed]);
        if (options.load !== undefined) filters.push(['load_id = ?', options.load]);
        const where = filters.length === 0 ? '' : `where ${filters.map(([text]) => text).join(' and ')}`;
        const rows = await cli.withWarehouse(project, (warehouse) =>
          warehouse.query<Entry>(
            `select quarantine_id, load_id, pipeline, feed, object_key, line_number, row_offset, row_bytes, reasons, quarantined_at,
               (select l.identity from gear.loads l where l.load_id = q.load_id) as identity
             from gear.quarantine q ${where}
             order by quarantine_id desc
             limit ${options.limit}`,
            filters.map(([, value]) => value),
          ),
        );
        const entries = rows.map(({ identity, ...row }) => ({ ...row, folder: folderOf({ ...row, identity }) }));
        if (options.json) return cli.out.json(entries);
        if (entries.length === 0) return cli.out.line('the quarantine holds nothing of that kind');
        cli.out.table(
          ['entry', 'load', 'feed', 'object', 'line', 'reasons', 'since'],
          entries.map((row) => [row.quarantine_id, row.load_id, row.feed, row.object_key, row.line_number, row.reasons, ago(utc(row.quarantined_at))]),
        );
        cli.out.line('see the text of one: strata quarantine show <entry>');
        const folders = new Map(entries.map(({ load_id, folder }) => [load_id, folder]));
        for (const [loadId, folder] of [...folders].slice(0, shownFolders)) cli.out.line(`corrected rows of load ${loadId} go into ${folder} of the source`);
      }),
  );
  quarantine.addCommand(
    command('show', 'one entry with its text as it was delivered (control characters are shown as \\x..)', ['strata quarantine show 7'])
      .argument('<entry>', 'the number that `strata quarantine list` shows', wholeNumber)
      .action(async (id: number, options: { json?: boolean }) => {
        const project = await cli.project({ warehouse: true });
        const [entry] = await cli.withWarehouse(project, (warehouse) =>
          warehouse.query<Entry & { problem: string | null; raw: Buffer; row_offset: number }>(
            `select q.quarantine_id, q.load_id, q.pipeline, q.feed, q.object_key, q.line_number, q.row_offset, q.row_bytes, q.reasons, r.problem, q.raw,
               q.quarantined_at, l.identity
             from gear.quarantine q
             left join gear.refusals r on r.load_id = q.load_id
             left join gear.loads l on l.load_id = q.load_id
             where q.quarantine_id = ?`,
            [id],
          ),
        );
        if (!entry) throw new UsageError(`the quarantine has no entry ${id}; run: strata quarantine list`);
        const folder = folderOf(entry);
        const { raw } = entry;
        if (options.json) return cli.out.json({ ...entry, raw: undefined, identity: undefined, folder, raw_base64: raw.toString('base64') });
        cli.out.line(`entry ${entry.quarantine_id}: ${visibleLine(entry.object_key)}, line ${entry.line_number} (load ${entry.load_id}, feed ${entry.feed})`);
        cli.out.line(`reasons: ${entry.reasons}${entry.problem === null ? '' : ` (${entry.problem})`}`);
        cli.out.line(`bytes: ${byteSize(entry.row_bytes)} from byte ${entry.row_offset}${entry.row_bytes > raw.length ? `, the first ${byteSize(raw.length)} are kept` : ''}`);
        cli.out.line(`folder for corrected rows: ${folder} of the source`);
        cli.out.line();
        cli.out.line(raw.toString('utf8'));
      }),
  );
  quarantine.addCommand(exportCommand(cli));
  return quarantine;
}
