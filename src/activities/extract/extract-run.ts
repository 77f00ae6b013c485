import { manifestsOf } from '../../connectors/lake/read-lake.js';
import { putManifest } from '../../connectors/lake/write-lake.js';
import { inTemporaryFolder } from '../../connectors/temporary-folder.js';
import type { ExtractedTable, ExtractedRun, ExtractInput } from '../../contracts/activities/extract.js';
import { writeManifest, type LakeColumn, type LakeManifest, type LakeTable } from '../../contracts/lake/manifest.js';
import {
  lakeColumns,
  readable,
  schemaDigest,
  wantedColumns,
  type ExtractDefinition,
  type ExtractTable,
} from '../../engine/extract/drift.js';
import { UnreadableTableError, type OpenSnapshot, type SourceSnapshot } from '../../engine/extract/source-snapshot.js';
import { columnNumbers, planRead, type ReadPlan, type TableState } from '../../engine/extract/table-read.js';
import type { ObjectStore } from '../../engine/object-store.js';
import type { Warehouse } from '../../engine/warehouse.js';
import { commitRun, prepareRun, type ReadTable } from '../../gear/extracts/commit-run.js';
import {
  findExtract,
  knownColumns,
  knownVersions,
  tableStates,
  type ExtractRef,
  type KnownColumns,
} from '../../gear/extracts/extract-state.js';
import type { ActivityScope } from '../run-activity.js';
import { extractTable } from './extract-table.js';
import { followLake } from './lake.js';

export interface ExtractWork {
  readonly warehouse: Warehouse;
  readonly lake: ObjectStore;
  readonly openSnapshot: OpenSnapshot;
  readonly definition: ExtractDefinition;
  readonly source: { readonly url: string; readonly setting: string; readonly schema: string };
  /** Of an object's rows before compression. */
  readonly partBytes: number;
  /** Tests stop it there. */
  readonly step?: ((name: string) => Promise<void>) | undefined;
}

type Scope = Pick<ActivityScope, 'signal' | 'report'>;

/**
 * One run of an extract. Nothing of it counts before its manifest is in the lake, and everything does from then on: whatever dies in between,
 * the next attempt begins with what the lake has, in a new snapshot.
 */
export async function runExtract(work: ExtractWork, input: ExtractInput, scope: Scope): Promise<ExtractedRun> {
  const { warehouse, lake, step = () => Promise.resolve() } = work;
  const { signal } = scope;
  const extract = await findExtract(warehouse, input.pipeline, input.extract);
  const takenOver = await followLake(warehouse, lake, extract, signal);
  const run = extract.run + takenOver.length + 1;
  const isFull = input.full === true || run === 1;
  return inTemporaryFolder('extract', async (folder) => {
    const snapshot = await work.openSnapshot(work.source, signal);
    const read = await readTables({ ...work, step, extract, run, folder, snapshot }, input, scope).finally(() => snapshot.close());
    const { at, systemIdentifier, timeline, xmin } = snapshot.facts;
    const manifest: LakeManifest = {
      run,
      kind: isFull ? 'full' : 'incremental',
      snapshot_at: at,
      source: { system_identifier: systemIdentifier, timeline, xmin: String(xmin) },
      tables: read.map(({ entry }) => entry),
    };
    const text = writeManifest(manifest);
    const tables = new Map(read.flatMap(({ entry, state }) => (state ? [[entry.name, state] as const] : [])));
    await step('before prepare');
    await prepareRun(warehouse, extract, { manifest, text, tables }, signal);
    await step('before manifest');
    await putManifest(lake, folder, { run, text }, signal);
    await step('after manifest');
    await commitRun(warehouse, extract, { manifest, text }, signal);
    await step('after commit');
    const shown = { snapshotAt: at, heldSeconds: snapshot.heldSeconds, tables: read.map((table) => table.shown) };
    return { run, kind: isFull ? 'full' : 'incremental', ...shown, takenOver };
  });
}

interface Reading extends ExtractWork {
  readonly step: (name: string) => Promise<void>;
  readonly extract: ExtractRef;
  readonly run: number;
  readonly folder: string;
  readonly snapshot: SourceSnapshot;
}

interface TableRead {
  readonly entry: LakeTable;
  /** Undefined where the table was left out. */
  readonly state: ReadTable | undefined;
  readonly shown: ExtractedTable;
}

/** Reads all tables in one snapshot. A table that can't be read is left out, and the others go on. */
async function readTables(reading: Reading, input: ExtractInput, scope: Scope): Promise<TableRead[]> {
  const { warehouse, extract, definition, lake, run, snapshot } = reading;
  const states = await tableStates(warehouse, extract);
  const columns = await knownColumns(warehouse, extract);
  let manifests: Promise<readonly LakeManifest[]> | undefined;
  const read: TableRead[] = [];
  const tables = definition.tables.filter(({ name }) => input.tables?.includes(name) ?? true);
  for (const table of tables) {
    scope.report({ phase: 'extract', subject: table.name, message: `reading ${table.name}` });
    const last = { state: states.get(table.name), columns: columns.get(table.name) ?? { read: [], seen: [] } };
    // The transaction ends as soon as the last table is read: its last object is written without it.
    const onRead = () => (table === tables.at(-1) ? snapshot.close() : Promise.resolve());
    const result = await readTable(
      { ...reading, onRead },
      table,
      last,
      input,
      scope,
      () => (manifests ??= manifestsOf(lake, 1, run - 1, scope.signal)),
    );
    const { rows, bytes } = result.shown;
    scope.report({ phase: 'extract', subject: table.name, message: `${table.name} is read`, rows, bytes, done: true });
    read.push(result);
  }
  return read;
}

interface LastRead {
  readonly state: TableState | undefined;
  readonly columns: KnownColumns;
}

async function readTable(
  reading: Reading & { readonly onRead: () => Promise<void> },
  table: ExtractTable,
  last: LastRead,
  input: ExtractInput,
  scope: Scope,
  manifests: () => Promise<readonly LakeManifest[]>,
): Promise<TableRead> {
  const { snapshot, warehouse, extract } = reading;
  const mark = last.state?.mark ?? null;
  let seen = last.columns.seen;
  try {
    const found = await snapshot.table(table.name);
    seen = found ? lakeColumns(wantedColumns(table, found)) : [];
    const fit = readable({ ...input, wanted: table, table: found, before: last.columns.read, accept: input.full === true });
    if (!found || 'leftOut' in fit) return leftOut(table, mark, seen, 'leftOut' in fit ? fit.leftOut : '');
    const plan: ReadPlan = input.full
      ? { way: 'full' }
      : planRead(last.state, { table: found, facts: snapshot.facts, columns: fit.columns });
    const known = plan.way === 'changed' ? await knownVersions(warehouse, extract, table.name) : new Set<string>();
    const rows = await extractTable({
      ...reading,
      ...{ table, columns: fit.columns, way: plan.way, since: last.state?.xmin ?? 0n, mark, known, manifests },
      signal: scope.signal,
      onRows: (count) => scope.report({ phase: 'extract', subject: table.name, message: `reading ${table.name}`, rows: count }),
    });
    // A table of which the lake had nothing was simply read.
    const way = last.state === undefined && last.columns.read.length === 0 && plan.way === 'compared' ? 'full' : plan.way;
    const bytes = rows.objects.reduce((sum, object) => sum + object.bytes, 0);
    return {
      entry: {
        name: table.name,
        columns: [...fit.columns],
        schema_sha256: schemaDigest(fit.columns),
        ...{ mark_before: mark, mark_after: rows.mark, rows: rows.rows, objects: [...rows.objects], left_out: null },
      },
      state: { way, oid: found.oid, fileNode: found.fileNode, columnNumbers: columnNumbers(found, fit.columns), versions: rows.versions },
      shown: {
        ...{ name: table.name, way, rows: rows.rows, objects: rows.objects.length, bytes },
        ...(way === 'compared' && plan.because !== undefined && { because: plan.because }),
        ...(fit.added.length > 0 && { added: fit.added }),
        ...(rows.future > 0 && { future: rows.future }),
      },
    };
  } catch (error) {
    if (error instanceof UnreadableTableError) return leftOut(table, mark, seen, error.message);
    throw error;
  }
}

/**
 * The table keeps the state of the last run that read it. So the first run after the repair brings all rows that have changed since. The
 * catalogue gets the current columns.
 */
function leftOut({ name }: ExtractTable, mark: string | null, columns: readonly LakeColumn[], reason: string): TableRead {
  return {
    entry: {
      name,
      columns: [...columns],
      schema_sha256: schemaDigest(columns),
      ...{ mark_before: mark, mark_after: mark, rows: 0, objects: [], left_out: reason },
    },
    state: undefined,
    shown: { name, way: null, rows: 0, objects: 0, bytes: 0, leftOut: reason },
  };
}
