import type { Command } from 'commander';
import { replayedRow } from '../../../engine/definition/replayed-row.js';
import { isOfKeys } from '../../../engine/definition/match/feed-matcher.js';
import { replayFile } from '../../../engine/read/replay-file.js';
import { quarantineFolderOf } from '../../../engine/folders/quarantine-folder.js';
import { quarantinedLoad, quarantinedRows, type QuarantinedLoad } from '../../../status/quarantined-rows.js';
import type { Cli } from '../../cli.js';
import { wholeNumber, withExamples } from '../../grammar.js';
import { UsageError } from '../../usage-error.js';

/** `strata quarantine export`: the rows of a load and their places as a file of the same form, to be fixed and loaded again. */
export function exportCommand(command: Command, cli: Cli): void {
  const description = "export a load's quarantined rows as a file, so that you can fix and reload them";
  withExamples(command.description(description), ['strata quarantine export 7 > users-fixed.csv'])
    .argument('<load>', 'the number of the load, from strata quarantine list', wholeNumber)
    .action(async (loadId: number) => {
      // Delivered bytes may drive a terminal; a file or a program gets them as they are.
      if (cli.out.reachesTerminal)
        throw new UsageError(
          `exported rows are not shown on a terminal, because their bytes could control it. Write them to a file: strata quarantine export ${loadId} > rows.csv`,
        );
      const project = await cli.project({ warehouse: true });
      await cli.withWarehouse(project, async (warehouse) => {
        const load = await quarantinedLoad(warehouse, loadId);
        if (!load) throw new UsageError(`there is no load ${loadId}. To see the loads with entries, run: strata quarantine list`);
        const folder = quarantineFolderOf({ loadId, identity: load.identity });
        const { header } = load;
        if (header === undefined)
          throw new UsageError(
            `load ${loadId} has no rows to export. A refused file is in ${folder} of its source, and a backfilled file stays where it was`,
          );
        const feed = project.pipelines.get(load.pipeline)?.definition.feeds.find(({ name }) => name === load.feed);
        // A row that was loaded again and is in quarantine once more still names its first place.
        const hasPlaces = header.includes(replayedRow.column);
        const { firstLine, beforeRow } = replayFile(feed, header, hasPlaces);
        await cli.out.bytes(Buffer.from(`${firstLine}\n`));
        let [rows, cut] = [0, 0];
        for await (const { offset, raw, isCut } of quarantinedRows(warehouse, loadId)) {
          if (isCut) cut += 1;
          else if (await cli.out.bytes(Buffer.concat([Buffer.from(beforeRow(`${loadId}@${offset}`)), raw, Buffer.from('\n')]))) rows += 1;
          else return;
        }
        const file =
          load.kind === 'backfill'
            ? 'They are in the file, where the backfill found it'
            : `They are in the file, which was moved to ${folder}`;
        const left = cut === 0 ? '' : `. Rows over 1 MiB are left out: ${cut}. ${file}`;
        cli.out.note(`rows of load ${loadId} written: ${rows}${left}`);
        if (feed?.manifest !== undefined)
          return cli.out.note(
            `correct the rows in a text editor, which keeps quotes as they are, and load them: strata quarantine replay ${loadId} --file <the file>`,
          );
        const ofKeys = feed !== undefined && isOfKeys(feed.match);
        const place = ofKeys ? `to ${folder}${keyBelow(load)} of the source` : `into ${folder} of the source`;
        cli.out.note(
          `put the corrected file ${place} and load it from there: strata backfill ${load.pipeline} ${load.feed} --from <the source>/${folder}`,
        );
      });
    });
}

/** The file's key below its source: those of a bucket begin with the source's prefix. */
function keyBelow({ objectKey, storeUrl }: QuarantinedLoad): string {
  const [, prefix = ''] = /^s3:\/\/[^/]+\/(.*)$/su.exec(storeUrl) ?? [];
  return objectKey.slice(prefix.length);
}
