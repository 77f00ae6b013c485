import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { readCorrected, writeCorrected } from '../../../activities/extract/write-corrected.js';
import type { Project } from '../../../config/load-project.js';
import { projectStores } from '../../../config/project-stores.js';
import { inTemporaryFolder } from '../../../connectors/temporary-folder.js';
import { counted } from '../../../contracts/format-numbers.js';
import { workflowIds, workflowTypes } from '../../../contracts/names.js';
import { attributesOf } from '../../../contracts/search-attributes.js';
import type { QuarantinedLoad } from '../../../status/quarantined-rows.js';
import { pipelineOf, type Cli } from '../../cli.js';
import { follow } from '../../follow/follow.js';
import { startOrAttach } from '../../follow/start-or-attach.js';
import { UsageError } from '../../usage-error.js';
import { tryRows } from '../run/dry-run-file.js';

interface Replaying {
  readonly loadId: number;
  readonly load: QuarantinedLoad;
  readonly file?: string;
  readonly json?: boolean;
  readonly acceptDuplicate?: boolean;
  readonly detach?: boolean;
}

/**
 * Writes corrected rows into the lake as a run of its own, so that a rebuild has them, and brings them to bus. Rows that still break the
 * contract are refused before anything is written, for nothing is ever taken out of a lake.
 */
export async function replayIntoLake(
  cli: Cli,
  project: Project,
  { loadId, load, file, json, acceptDuplicate, detach }: Replaying,
): Promise<void> {
  const { pipeline, feed } = load;
  if (acceptDuplicate) throw new UsageError('--accept-duplicate is not for loads of a lake. Leave it out');
  if (file === undefined)
    throw new UsageError(
      `load ${loadId} is of a lake, where only runs are loaded. Export its rows, correct the file, and give it: strata quarantine replay ${loadId} --file rows.csv`,
    );
  const compiled = pipelineOf(project, pipeline);
  const store = projectStores(project).sourceOf(pipeline);
  const { environment } = project.settings;
  const extract = compiled.definition.extracts?.find(
    ({ kind, into }) => kind === 'postgres' && environment[into] === environment[compiled.definition.sourceSetting],
  );
  if (!extract) throw new UsageError(`no extract of ${pipeline} writes ${store.url}, so no run can be added to it`);
  const rows = await readCorrected(file).catch((error: unknown) => {
    throw (error as NodeJS.ErrnoException).code === 'ENOENT' ? new UsageError(`there is no file ${file}`) : error;
  });
  const tried = await inTemporaryFolder('tried', async (folder) => {
    const stored = join(folder, 'rows.csv.gz');
    await writeFile(stored, gzipSync(Buffer.concat([rows.header, rows.body])));
    return tryRows(cli, project, compiled, { file: stored, feed });
  });
  if (tried.problem !== null) throw new UsageError(`the file would be refused: ${tried.problem}. Nothing was written`);
  if (tried.rowsQuarantined > 0) {
    const reasons = tried.reasons.map(({ reason, rows: n }) => `${reason} (${n})`).join(', ');
    throw new UsageError(
      `${counted(tried.rowsQuarantined, 'row')} of the file would go to quarantine again: ${reasons}. Nothing was written`,
    );
  }
  const run = await cli.withWarehouse(project, (warehouse) =>
    writeCorrected({ warehouse, lake: store, pipeline, extract: extract.name, loadId, objectKey: store.relativeKey(load.objectKey), rows }),
  );
  cli.out.note(`${counted(rows.count, 'row')} of ${feed} became run ${run} of ${store.url}`);
  await cli.withTemporal(project, async (client) => {
    const { handle, attached, taskQueue } = await startOrAttach(cli, project, client, workflowTypes.run, {
      workflowId: workflowIds.run(pipeline),
      args: [{ pipeline }],
      typedSearchAttributes: attributesOf({ pipeline }),
      staticSummary: 'lake to bus',
      staticDetails: `Brings run ${run} of the lake, which has corrected rows, to bus.`,
    });
    if (attached && !json) cli.out.note(`${handle.workflowId} runs already: watching that one. The schedule brings what it does not take`);
    if (detach) return json ? cli.out.json({ workflowId: handle.workflowId, attached, run }) : cli.out.line(`${handle.workflowId} started`);
    await follow(cli, project, client, handle, { json, again: `strata run ${pipeline}`, taskQueue });
  });
}
