import type { Command } from 'commander';
import { quarantineFolderOf } from '../../../engine/folders/quarantine-folder.js';
import { acceptDeletions, refusedSnapshot } from '../../../gear/deletions/refuse-staged.js';
import { acceptDuplicate, isRefusedDuplicate } from '../../../gear/append/append-loads.js';
import { readLoad } from '../../../gear/loads/load-row.js';
import type { Project } from '../../../config/load-project.js';
import { quarantinedLoad, type QuarantinedLoad } from '../../../status/quarantined-rows.js';
import type { Cli } from '../../cli.js';
import { wholeNumber, withJson } from '../../grammar.js';
import { UsageError } from '../../usage-error.js';
import { backfill, defaultWindow } from '../backfill.js';
import { refuseWithoutFile } from './corrected-files.js';
import { replayIntoLake } from './replay-into-lake.js';

interface ReplayOptions {
  readonly json?: boolean;
  readonly acceptDuplicate?: boolean;
  readonly acceptDeletions?: boolean;
  readonly file?: string;
  readonly detach?: boolean;
}

/** `strata quarantine replay`: loads what lies in a load's quarantine folder, which may be a file that was refused as a duplicate, and lets a refused snapshot be processed. */
export function replayCommand(command: Command, cli: Cli): void {
  withJson(command.description("load what is in a load's quarantine folder"), [
    'strata quarantine replay 12',
    'strata quarantine replay 12 --accept-duplicate',
    'strata quarantine replay 12 --accept-deletions',
    'strata quarantine replay 12 --file rows-fixed.csv',
  ])
    .argument('<load>', 'the number of the load, from strata quarantine list', wholeNumber)
    .option('--accept-duplicate', 'load a file that was refused because the same bytes were loaded before')
    .option('--accept-deletions', 'process a snapshot that was refused because it would delete too many keys')
    .option('--file <file>', 'corrected rows of a load of a lake, as strata quarantine export writes them')
    .option('--detach', 'start the run and do not watch it')
    .action(async (loadId: number, options: ReplayOptions) => {
      const project = await cli.project({ warehouse: true });
      const load = await cli.withWarehouse(project, async (warehouse) => {
        const found = await quarantinedLoad(warehouse, loadId);
        if (!found) throw new UsageError(`there is no load ${loadId}. To see the loads with entries, run: strata quarantine list`);
        const snapshot = options.acceptDeletions
          ? await warehouse.transaction((transaction) => acceptDeletions(transaction, loadId))
          : await refusedSnapshot(warehouse, loadId);
        if (snapshot === 'superseded')
          throw new UsageError(
            `load ${loadId} was refused because it would delete too many keys, and a later snapshot was processed since. It says which keys there are, so nothing of load ${loadId} can be processed any more`,
          );
        if (options.acceptDeletions) {
          // Also where it was accepted before: whoever did so may not have heard that it is done.
          if (snapshot) return { ...found, state: (await readLoad(warehouse, loadId)).state };
          throw new UsageError(`load ${loadId} was not refused because of deleted keys. Leave --accept-deletions out`);
        }
        if (snapshot)
          throw new UsageError(
            `load ${loadId} was refused because it would delete too many keys. If its file is right, add --accept-deletions. If it is not, let the right file be delivered`,
          );
        if (isOfLake(project, found)) return found;
        if (options.file !== undefined)
          throw new UsageError('--file is for loads of a lake. Put the corrected file into the folder that strata quarantine list shows');
        const isDuplicate = await isRefusedDuplicate(warehouse, loadId);
        if (isDuplicate && !options.acceptDuplicate)
          throw new UsageError(
            `load ${loadId} was refused because the same bytes were loaded before. To load them once more, add --accept-duplicate`,
          );
        if (!isDuplicate && options.acceptDuplicate)
          throw new UsageError(`load ${loadId} was not refused as a duplicate. Leave --accept-duplicate out`);
        await refuseWithoutFile(project, loadId, found);
        if (isDuplicate) await acceptDuplicate(warehouse, loadId);
        return found;
      });
      if ('state' in load) {
        const { state } = load;
        if (options.json) return cli.out.json({ loadId, state });
        if (state !== 'staged') return cli.out.prose(`load ${loadId} was accepted before, and is ${state}`);
        return cli.out.prose(
          `load ${loadId} is staged again, and the next processing takes it. To process now, run: strata run ${load.pipeline}`,
        );
      }
      if (isOfLake(project, load)) return replayIntoLake(cli, project, { loadId, load, ...options });
      const { pipeline, feed } = load;
      const from = load.storeUrl + quarantineFolderOf({ loadId, identity: load.identity });
      await backfill(cli, project, { pipeline, feed, options: { ...options, from, window: defaultWindow } });
    });
}

/** Whether the load is of a feed that takes what the manifests of a lake name. */
function isOfLake({ pipelines }: Project, { pipeline, feed }: QuarantinedLoad): boolean {
  return pipelines.get(pipeline)?.definition.feeds.find(({ name }) => name === feed)?.manifest !== undefined;
}
