import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { processedRuns } from '../../connectors/lake/read-lake.js';
import { putManifest, putObject, requireLastRun } from '../../connectors/lake/write-lake.js';
import { inTemporaryFolder } from '../../connectors/temporary-folder.js';
import type { ProcessedResult } from '../../contracts/activities/processed.js';
import type { LakeObject } from '../../contracts/lake/manifest.js';
import { counted } from '../../contracts/format-numbers.js';
import {
  processedKey,
  writeProcessedManifest,
  type ProcessedManifest,
  type ProcessedManifestTable,
} from '../../contracts/lake/processed-manifest.js';
import { hasBatches, type Batches } from '../../engine/change-consumer.js';
import type { PipelineDefinition } from '../../engine/definition/types.js';
import type { ObjectStore } from '../../engine/object-store.js';
import type { ProcessedTable } from '../../engine/processed/processed-table.js';
import { StrataError } from '../../engine/strata-error.js';
import type { Warehouse } from '../../engine/warehouse.js';
import { coveredRun } from '../../gear/lake/covered-run.js';
import { warehouseTime } from '../../gear/loads/claims.js';
import { commitRun, prepareRun, saveEmptyRun, type Mark } from '../../gear/processed/commit-run.js';
import { knownMarks, processedState, type KnownMark, type ProcessedState } from '../../gear/processed/processed-state.js';
import { requireBuilt, upperBatches } from '../../gear/watermarks.js';
import type { ActivityScope } from '../run-activity.js';
import { differingRows, selectedRows, type TableWork } from './table-rows.js';

export interface ProcessedWork {
  readonly warehouse: Warehouse;
  readonly bucket: ObjectStore;
  readonly definition: PipelineDefinition;
  readonly tables: readonly ProcessedTable[];
  /** Of one object. */
  readonly rowsOfPart: number;
  /** Tests stop it there. */
  readonly step?: ((name: string) => Promise<void>) | undefined;
}

type Scope = Pick<ActivityScope, 'signal' | 'report'>;

/**
 * One run of a processed bucket: the rows of its marts that have changed since the last one. Nothing of it counts before its manifest is in
 * the bucket, and everything does from then on: whatever dies in between, the next attempt begins with what the bucket has. A table that
 * can't be read stops no other one, and its rows come with a later run.
 */
export async function writeProcessedRun(work: ProcessedWork, scope: Scope): Promise<ProcessedResult> {
  const { warehouse, bucket, definition, tables, step = () => Promise.resolve() } = work;
  const { name: pipeline } = definition;
  const state = await followBucket(warehouse, bucket, pipeline, scope.signal);
  const batches = new Map<string, Batches>();
  for (const table of tables) batches.set(table.name, await upperBatches(warehouse, table));
  const covered = await coveredRun(warehouse, definition, lowest([...batches.values()]));
  const ingestRun = state.ingestRun ?? 0;
  // A warehouse that is being filled again has older rows than the bucket until it is where the bucket is.
  if (covered !== undefined && covered < ingestRun) return { run: null, tables: [], behind: { has: covered, needs: ingestRun } };
  return inTemporaryFolder('processed', async (folder) => {
    const run = state.run + 1;
    const marks = await knownMarks(warehouse, pipeline);
    const manifests = bucketManifests(bucket, state.run, scope.signal);
    const readAt = await warehouseTime(warehouse);
    const written: ProcessedManifestTable[] = [];
    const saved: Mark[] = [];
    const failed: { name: string; message: string }[] = [];
    for (const table of tables) {
      const upTo = batches.get(table.name)!;
      const reading = { ...work, step, run, folder, manifests, mark: marks.get(table.target), upTo };
      try {
        const entry = await readTable(reading, table, scope);
        if (entry === 'current') continue;
        if (entry.rows > 0) written.push(entry);
        saved.push({ target: table.target, checksum: table.checksum, batches: upTo });
      } catch (error) {
        if (!(error instanceof StrataError) || error.type !== 'definition') throw error;
        failed.push({ name: table.name, message: error.message });
      }
    }
    const shown = {
      tables: written.map(({ name, rows, objects }) => ({ name, rows, bytes: sum(objects) })),
      ...(failed.length > 0 && { failed }),
    };
    if (written.length === 0) {
      if (saved.length > 0) await saveEmptyRun(warehouse, pipeline, state.run, saved, scope.signal);
      return { run: null, ...shown };
    }
    const isWhole = failed.length === 0 && covered !== undefined && covered > ingestRun;
    const manifest: ProcessedManifest = {
      run,
      read_at: `${readAt.replace(' ', 'T')}Z`,
      ingest: isWhole ? { first: ingestRun + 1, last: covered } : null,
      tables: written,
    };
    const text = writeProcessedManifest(manifest);
    const sha256 = digestOf(text);
    await step('before prepare');
    await prepareRun(warehouse, pipeline, { manifest, sha256 }, saved, scope.signal);
    await step('before manifest');
    await putManifest(bucket, folder, { run, text }, scope.signal);
    await step('after manifest');
    await commitRun(warehouse, pipeline, { manifest, sha256 }, scope.signal);
    await step('after commit');
    return { run, ...shown };
  });
}

/**
 * Brings the warehouse to the runs that the bucket has. Refuses a bucket that lacks the last known run: then the address is another one's.
 */
export async function followBucket(
  warehouse: Warehouse,
  bucket: ObjectStore,
  pipeline: string,
  signal?: AbortSignal,
): Promise<ProcessedState> {
  const { run, manifestSha256 } = await processedState(warehouse, pipeline);
  await requireLastRun(bucket, run, (text) => digestOf(text) === manifestSha256, signal);
  for (let next = run + 1; ; next += 1) {
    const read = await processedRuns.readManifest(bucket, next, signal);
    if (!read) return processedState(warehouse, pipeline);
    await commitRun(warehouse, pipeline, { manifest: read.manifest, sha256: digestOf(read.text) }, signal);
  }
}

/** Read once, and only where a table has to be compared. */
function bucketManifests(bucket: ObjectStore, last: number, signal: AbortSignal): () => Promise<readonly ProcessedManifest[]> {
  let manifests: Promise<readonly ProcessedManifest[]> | undefined;
  return () => (manifests ??= processedRuns.manifestsOf(bucket, 1, last, signal));
}

interface Reading extends ProcessedWork {
  readonly step: (name: string) => Promise<void>;
  readonly run: number;
  readonly folder: string;
  readonly manifests: () => Promise<readonly ProcessedManifest[]>;
  readonly mark: KnownMark | undefined;
  readonly upTo: Batches;
}

interface ReadTable extends Omit<ProcessedManifestTable, 'rows' | 'objects'> {
  rows: number;
  objects: LakeObject[];
}

/** The table's rows of this run, whose objects are in the bucket then; `current` where no change came since the last one. */
async function readTable(reading: Reading, table: ProcessedTable, scope: Scope): Promise<ReadTable | 'current'> {
  const { warehouse, bucket, mark, upTo, run, step } = reading;
  await requireBuilt(warehouse, table);
  const isKnown = mark !== undefined && mark.checksum.equals(table.checksum) && table.feeds.every((feed) => mark.batches.has(feed));
  if (isKnown && !table.feeds.some((feed) => hasBatches({ after: mark.batches, upTo }, feed))) return 'current';
  const { name, kind, key, columns } = table;
  const objects: LakeObject[] = [];
  const folder = join(reading.folder, name);
  await mkdir(folder, { recursive: true });
  let part = 0;
  const work: TableWork = {
    ...{ warehouse, bucket, table, folder, rowsOfPart: reading.rowsOfPart, signal: scope.signal },
    onRows: (rows) => scope.report({ phase: 'processed', subject: name, message: counted(rows, 'row'), rows }),
    take: async (made) => {
      await step(`before ${name} ${part}`);
      const put = await putObject(bucket, (free) => processedKey({ table: name, run, part: free }), part, made, scope.signal);
      objects.push(put.object);
      part = put.next;
      await step(`after ${name} ${part}`);
    },
  };
  const rows = await rowsOf(work, reading, isKnown);
  return { name, kind, key: [...key], columns: columns.map(({ name: column, type }) => ({ name: column, type })), rows, objects };
}

async function rowsOf(work: TableWork, { mark, upTo, manifests, run }: Reading, isKnown: boolean): Promise<number> {
  if (isKnown) return selectedRows(work, { after: mark!.batches, upTo });
  const hasObjects = run > 1 && (await manifests()).some(({ tables }) => tables.some(({ name }) => name === work.table.name));
  return hasObjects ? differingRows(work, await manifests()) : selectedRows(work, 'all');
}

function lowest(all: readonly Batches[]): Batches {
  const batches = new Map<string, bigint>();
  for (const each of all)
    for (const [group, batch] of each) batches.set(group, batch < (batches.get(group) ?? batch) ? batch : (batches.get(group) ?? batch));
  return batches;
}

export function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

const sum = (objects: readonly LakeObject[]): number => objects.reduce((total, { bytes }) => total + bytes, 0);
