import { createHash } from 'node:crypto';
import type { LakeManifest, LakeTable } from '../../contracts/lake/manifest.js';
import type { ColumnNumbers, ReadWay } from '../../engine/extract/table-read.js';
import { StrataError } from '../../engine/strata-error.js';
import type { Statements, Transaction, Warehouse } from '../../engine/warehouse.js';
import type { ExtractRef, RowVersion } from './extract-state.js';
import { noteColumns } from './source-columns.js';

/** What a run knows of a table that its manifest does not hold. */
export interface ReadTable {
  readonly way: ReadWay;
  readonly oid: bigint;
  readonly fileNode: bigint;
  readonly columnNumbers: ColumnNumbers;
  /** That are in the lake with this run, and that the next one sees once more; without those that are known already. */
  readonly versions: readonly RowVersion[];
}

export interface PreparedRun {
  readonly manifest: LakeManifest;
  readonly text: string;
  readonly tables: ReadonlyMap<string, ReadTable>;
  /** Of a run of corrected rows: the load in whose quarantine they lie. */
  readonly corrects?: number | undefined;
}

export function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/**
 * Notes a run before its manifest is written. Nothing of it counts before `commitRun`: a run that dies in between is found by its manifest,
 * or is forgotten by the next one.
 */
export async function prepareRun(
  warehouse: Warehouse,
  extract: Pick<ExtractRef, 'id'>,
  { manifest, text, tables, corrects }: PreparedRun,
  signal?: AbortSignal,
): Promise<void> {
  await warehouse.transaction(
    async (transaction) => {
      const runId = await insertRun(transaction, extract, manifest, text, tables);
      if (runId === undefined) return;
      if (corrects !== undefined)
        await transaction.execute('insert into gear.corrected_runs (run_id, first_load_id) values (?, ?)', [runId, corrects]);
      for (const [table, { versions }] of tables) await insertVersions(transaction, extract, runId, table, versions);
    },
    { signal },
  );
}

/** Rows of one statement. */
const rowsAtOnce = 1_000;

async function insertVersions(
  transaction: Transaction,
  { id }: Pick<ExtractRef, 'id'>,
  runId: number,
  table: string,
  versions: readonly RowVersion[],
): Promise<void> {
  for (let start = 0; start < versions.length; start += rowsAtOnce) {
    const rows = versions.slice(start, start + rowsAtOnce);
    await transaction.execute(
      `insert into gear.extracted_versions (extract_id, table_name, xid, key_hash, run_id) values ${rows.map(() => '(?, ?, ?, ?, ?)').join(', ')}`,
      rows.flatMap(({ xid, keyHash }) => [id, table, xid, keyHash, runId]),
    );
  }
}

/** The run's number in gear; undefined where this very manifest was prepared before. */
async function insertRun(
  transaction: Transaction,
  { id }: Pick<ExtractRef, 'id'>,
  manifest: LakeManifest,
  text: string,
  tables: ReadonlyMap<string, ReadTable>,
): Promise<number | undefined> {
  const digest = digestOf(text);
  if ((await runIdOf(transaction, id, manifest.run, digest)) !== undefined) return undefined;
  const objects = manifest.tables.flatMap((table) => table.objects);
  const { source } = manifest;
  await transaction.execute(
    `insert into gear.extract_runs (extract_id, run, kind, state, manifest_sha256, snapshot_at, system_identifier, timeline, xmin,
       row_count, byte_size, object_count, prepared_at)
     values (?, ?, ?, 'prepared', ?, ?, ?, ?, ?, ?, ?, ?, utc_timestamp(6))`,
    [
      ...[id, manifest.run, manifest.kind, Buffer.from(digest, 'hex'), manifest.snapshot_at.replace('T', ' ').replace('Z', '')],
      ...[source.system_identifier, source.timeline, source.xmin],
      ...[sum(manifest.tables.map(({ rows }) => rows)), sum(objects.map(({ bytes }) => bytes)), objects.length],
    ],
  );
  const runId = await runIdOf(transaction, id, manifest.run, digest);
  if (runId === undefined) throw new StrataError('invariant', 'a run of an extract that was just noted is not there');
  for (const table of manifest.tables) await insertTable(transaction, runId, table, tables.get(table.name));
  return runId;
}

async function insertTable(transaction: Transaction, runId: number, table: LakeTable, read: ReadTable | undefined): Promise<void> {
  await transaction.execute(
    `insert into gear.extract_tables (run_id, table_name, read_way, relation_oid, file_node, column_numbers, schema_sha256, mark_before,
       mark_after, row_count, byte_size, left_out)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    [
      ...[runId, table.name, read?.way ?? null, read?.oid ?? null, read?.fileNode ?? null],
      ...[read ? JSON.stringify(read.columnNumbers) : null, Buffer.from(table.schema_sha256, 'hex')],
      ...[table.mark_before, table.mark_after, table.rows, sum(table.objects.map(({ bytes }) => bytes))],
      table.left_out === null ? null : table.left_out.slice(0, 1_000),
    ],
  );
}

/** Whether a run of that very manifest was prepared, or is committed: then what the manifest does not hold is known. */
async function runIdOf(statements: Statements, id: number, run: number, digest: string): Promise<number | undefined> {
  const [row] = await statements.query<{ run_id: number }>(
    'select run_id from gear.extract_runs where extract_id = ? and run = ? and manifest_sha256 = ?',
    [id, run, Buffer.from(digest, 'hex')],
  );
  return row && Number(row.run_id);
}

/**
 * Follows a manifest that is in the lake: its run counts from now on. One that was not prepared here is taken over as far as the manifest
 * goes. Repeating it changes nothing. Runs come in their order, without a gap.
 */
export async function commitRun(
  warehouse: Warehouse,
  extract: Pick<ExtractRef, 'id'>,
  { manifest, text }: { readonly manifest: LakeManifest; readonly text: string },
  signal?: AbortSignal,
): Promise<void> {
  const { id } = extract;
  const { run } = manifest;
  await warehouse.transaction(
    async (transaction) => {
      const [row] = await transaction.query<{ run: number }>('select run from gear.extracts where extract_id = ? for update', [id]);
      const last = Number(row?.run ?? 0);
      if (last >= run) return;
      if (last !== run - 1) throw new StrataError('invariant', `run ${run} of an extract follows run ${last}: there is a gap`);
      await insertRun(transaction, extract, manifest, text, new Map());
      const runId = await runIdOf(transaction, id, run, digestOf(text));
      if (runId === undefined) throw new StrataError('invariant', `run ${run} of an extract is not there`);
      await transaction.execute("update gear.extract_runs set state = 'committed', committed_at = utc_timestamp(6) where run_id = ?", [
        runId,
      ]);
      await transaction.execute('update gear.extracts set run = ? where extract_id = ?', [run, id]);
      // Rows that people corrected say nothing of the source.
      if (manifest.kind !== 'corrected') {
        await noteColumns(transaction, id, manifest);
        await forgetVersions(transaction, id, runId, manifest);
        await forgetOldRuns(transaction, id, manifest);
      }
      await forgetAttempts(transaction, id, run);
    },
    { signal },
  );
}

/** Versions that no later run can see as changed: those of ended transactions, and of tables that were read as a whole all older ones. */
async function forgetVersions(transaction: Transaction, id: number, runId: number, { source }: LakeManifest): Promise<void> {
  const read = await transaction.query<{ table_name: string; read_way: string | null }>(
    'select table_name, read_way from gear.extract_tables where run_id = ? and left_out is null',
    [runId],
  );
  for (const { table_name: table, read_way: way } of read)
    await transaction.execute(
      `delete from gear.extracted_versions where extract_id = ? and table_name = ? and ${way === 'changed' ? 'xid < ?' : '(xid < ? or run_id <> ?)'}`,
      [id, table, source.xmin, ...(way === 'changed' ? [] : [runId])],
    );
}

/** Attempts whose manifest was never written, or not first. */
async function forgetAttempts(transaction: Transaction, id: number, run: number): Promise<void> {
  const dead = await transaction.query<{ run_id: number }>(
    "select run_id from gear.extract_runs where extract_id = ? and run <= ? and state = 'prepared'",
    [id, run],
  );
  for (const { run_id: runId } of dead) {
    await transaction.execute('delete from gear.extracted_versions where extract_id = ? and run_id = ?', [id, runId]);
    await transaction.execute('delete from gear.extract_tables where run_id = ?', [runId]);
    await transaction.execute('delete from gear.corrected_runs where run_id = ?', [runId]);
    await transaction.execute('delete from gear.extract_runs where run_id = ?', [runId]);
  }
}

/** Runs of which gear keeps every table: three days of one in five minutes. Of older ones it keeps when a table was read last. */
const keptRuns = 1_000;

async function forgetOldRuns(transaction: Transaction, id: number, { run, tables }: LakeManifest): Promise<void> {
  for (const { name } of tables.filter(({ left_out: leftOut }) => leftOut === null))
    await transaction.execute(
      'delete from gear.extract_tables where table_name = ? and run_id in (select run_id from gear.extract_runs where extract_id = ? and run <= ?)',
      [name, id, run - keptRuns],
    );
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);
