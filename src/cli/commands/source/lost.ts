import type { Command } from 'commander';
import { sourceState } from '../../../activities/owner/source-state.js';
import { landedFiles } from '../../../connectors/temporal/landed-files.js';
import { lastClaim, lostFilesOf } from '../../../status/lost-files.js';
import { projectStores } from '../../../config/project-stores.js';
import { pipelineOf, type Cli } from '../../cli.js';
import { withJson } from '../../grammar.js';
import { ago } from '../../../contracts/format-times.js';

/** `strata source lost`: what Temporal knows to be landed and the warehouse does not, be it the load or only its rows. */
export function lostCommand(command: Command, cli: Cli): void {
  withJson(command.description('list files that were loaded and released, but whose rows the warehouse lost because it was restored'), [
    'strata source lost eastrock',
    'strata source lost eastrock --json',
  ])
    .argument('<pipeline>', 'the pipeline')
    .action(async (name: string, options: { json?: boolean }) => {
      const project = await cli.project({ warehouse: true, sources: true });
      const pipeline = pipelineOf(project, name).definition.name;
      const lost = await cli.withWarehouse(project, async (warehouse) => {
        const store = projectStores(project).sourceOf(pipeline);
        const { owner, me } = await sourceState({ warehouse, pipeline, store });
        const isBehind = owner !== undefined && owner.warehouse === me.uuid && me.highestLoad < owner.loads;
        const since = isBehind ? await lastClaim(warehouse) : undefined;
        const landed = await cli.withTemporal(project, (client) => landedFiles(client, { pipeline, since }));
        return lostFilesOf(warehouse, store, landed);
      });
      if (options.json) return cli.out.json(lost);
      if (lost.length === 0)
        return cli.out.prose(
          'no file is lost, as far as Temporal remembers. It forgets workflows after the retention time of the namespace',
        );
      cli.out.table(
        ['load', 'feed', 'file', 'outcome', 'landed'],
        lost.map(({ loadId, feed, object, outcome, inSource, at }) => [
          loadId,
          feed,
          object,
          inSource ? 'unknown, one of its name is in the source' : outcome,
          ago(new Date(at)),
        ]),
      );
      if (lost.some(({ outcome }) => outcome === 'unknown'))
        cli.out.prose('unknown: the worker died before it could report whether it had loaded and released the file');
      cli.out.prose(
        'Deliver these files again: ask their producers, or take them from versions or backups of the source. A file that is still in the source needs nothing',
      );
      cli.out.prose(
        'Temporal forgets workflows after the retention time of the namespace, so files that were landed before that are not listed',
      );
    });
}
