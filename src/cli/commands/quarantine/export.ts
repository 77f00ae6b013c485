import type { Command } from 'commander';
import { replayedRow } from '../../../engine/definition/replayed-row.js';
import { quarantineFolderOf } from '../../../engine/quarantine-folder.js';
import type { Cli } from '../../cli.js';
import { wholeNumber, withExamples } from '../../grammar.js';
import { UsageError } from '../../usage-error.js';

/** Rows read at once: each may be 64 KiB. */
const page = 500;

/** `strata quarantine export`: the rows of a load and their places as a file of the same form, to be mended and loaded again. */
export function exportCommand(command: Command, cli: Cli): void {
  const description = 'the rows of a load that are in quarantine, with their places, under the header of their file: to fix and load again';
  withExamples(command.description(description), ['strata quarantine export 7 > users-fixed.csv'])
    .argument('<load>', 'the number that `strata quarantine list` shows', wholeNumber)
    .action(async (loadId: number) => {
      // Delivered bytes may drive a terminal; a file or a program gets them as they are.
      if (cli.out.width !== undefined)
        throw new UsageError(
          `rows are written as they were delivered, which is not for a terminal; write them to a file: strata quarantine export ${loadId} > rows.csv`,
        );
      const project = await cli.project({ warehouse: true });
      await cli.withWarehouse(project, async (warehouse) => {
        const [load] = await warehouse.query<{ pipeline: string; feed: string; header: string | null; kind: string; identity: Buffer }>(
          'select pipeline, feed, header, kind, identity from gear.loads where load_id = ?',
          [loadId],
        );
        if (!load) throw new UsageError(`there is no load ${loadId}; run: strata quarantine list`);
        const folder = quarantineFolderOf({ loadId, identity: load.identity });
        if (load.header === null)
          throw new UsageError(
            `no row of load ${loadId} was read; a refused file lies in ${folder} of its source, one of a backfill where it was`,
          );
        const columns = project.pipelines.get(load.pipeline)?.definition.feeds.find(({ name }) => name === load.feed)?.columns ?? [];
        const header = JSON.parse(load.header) as string[];
        // What was loaded again and is in quarantine once more still tells its first place.
        const tells = header.includes(replayedRow.column);
        const titles = (tells ? header : [replayedRow.column, ...header]).map(
          (name) => columns.find((column) => column.name === name)?.header ?? name,
        );
        await cli.out.bytes(Buffer.from(`${titles.map(quoted).join(',')}\n`));
        let [rows, cut] = [0, 0];
        for (let after = -1; ;) {
          const entries = await warehouse.query<{ row_offset: number; row_bytes: number; raw: Buffer }>(
            `select row_offset, row_bytes, raw from gear.quarantine where load_id = ? and row_offset > ? order by row_offset limit ${page}`,
            [loadId, after],
          );
          for (const { row_offset: offset, row_bytes: length, raw } of entries) {
            if (Number(length) > raw.length) cut += 1;
            else if (!(await cli.out.bytes(Buffer.concat([Buffer.from(tells ? '' : `${loadId}@${offset},`), raw, Buffer.from('\n')]))))
              return;
          }
          rows += entries.length;
          if (entries.length < page) break;
          after = Number(entries.at(-1)!.row_offset);
        }
        const file = load.kind === 'backfill' ? 'the file holds where the backfill found it' : `the file holds, moved to ${folder}`;
        const left = cut === 0 ? '' : `; left out, for they are over 1 MiB: ${cut}, which ${file}`;
        cli.out.note(`rows of load ${loadId} written: ${rows - cut}${left}`);
        cli.out.note(
          `put the corrected file into ${folder} of the source and load it from there: strata backfill ${load.pipeline} ${load.feed} --from <the source>/${folder}`,
        );
      });
    });
}

function quoted(title: string): string {
  return /[",\n\r]/.test(title) ? `"${title.replaceAll('"', '""')}"` : title;
}
