import type { DatedRead } from '../../engine/dated/dated-output.js';
import { PartitionStates, stateOf } from '../../engine/dated/partition-states.js';
import type { SqlRow, Statements, Transaction } from '../../engine/warehouse.js';
import { changingPlaces, notePlace, placeOf } from './export-parts.js';
import type { WrittenFile } from './exports.js';

/** The state of the sources that an output of one date was made from, and the file if it is an export. */
export interface WrittenOutput {
  readonly checksum: Buffer;
  readonly digest: Buffer;
  readonly rows: number;
  /** Undefined for a mart. */
  readonly file: WrittenFile | undefined;
  /** True: files of the export are being replaced, or were when a worker died. */
  readonly isChanging: boolean;
  /** `yyyy-mm-dd hh:mm:ss.ffffff`, UTC. */
  readonly writtenAt: string;
}

interface OutputRow extends SqlRow {
  output: string;
  partition_date: string;
  checksum: Buffer;
  digest: Buffer;
  row_count: number | string;
  store_url: string | null;
  object_key: string | null;
  rows_digest: Buffer | null;
  byte_size: number | string | null;
  etag: string | null;
  written_at: string;
}

const columns = 'output, partition_date, checksum, digest, row_count, store_url, object_key, rows_digest, byte_size, etag, written_at';
/** The digest of a row that was only locked, and never written. */
const nothing = Buffer.alloc(32);

/** Outputs of a pipeline by name and date, `bus.sales 2024-03-01`. */
export type WrittenOutputs = ReadonlyMap<string, WrittenOutput>;

export function outputKey(output: string, date: string): string {
  return `${output} ${date}`;
}

/** The written outputs of the pipeline for dates after `after`. */
export async function writtenOutputs(statements: Pick<Statements, 'query'>, pipeline: string, after: string): Promise<WrittenOutputs> {
  const where = after === '' ? { sql: '', values: [] } : { sql: ' and partition_date > ?', values: [after] };
  const rows = await statements.query<OutputRow>(
    `select ${columns} from gear.dated_outputs where pipeline = ?${where.sql} order by output, partition_date`,
    [pipeline, ...where.values],
  );
  return outputsBy(rows, await changingPlaces(statements, pipeline));
}

/** The written ones of some outputs for one date. */
export async function writtenOfDate(
  statements: Pick<Statements, 'query'>,
  pipeline: string,
  outputs: readonly string[],
  date: string,
): Promise<WrittenOutputs> {
  if (outputs.length === 0) return new Map();
  const rows = await statements.query<OutputRow>(
    `select ${columns} from gear.dated_outputs
     where pipeline = ? and output in (${outputs.map(() => '?').join(', ')}) and partition_date = ?`,
    [pipeline, ...outputs, date],
  );
  return outputsBy(rows, await changingPlaces(statements, pipeline));
}

function outputsBy(rows: readonly OutputRow[], changing: ReadonlySet<string>): WrittenOutputs {
  return new Map(rows.map((row) => [outputKey(row.output, row.partition_date), writtenOf(row, changing)]));
}

/** The dates of one output that were written, newest first, or only one date. */
export async function newestOutputs(
  statements: Pick<Statements, 'query'>,
  pipeline: string,
  output: string,
  { date, limit }: { readonly date?: string | undefined; readonly limit: number },
): Promise<(WrittenOutput & { readonly date: string })[]> {
  const rows = await statements.query<OutputRow>(
    `select ${columns} from gear.dated_outputs where pipeline = ? and output = ?${date === undefined ? '' : ' and partition_date = ?'}
     order by partition_date desc limit ?`,
    [pipeline, output, ...(date === undefined ? [] : [date]), limit],
  );
  const changing = await changingPlaces(statements, pipeline);
  return rows.map((row) => ({ ...writtenOf(row, changing), date: row.partition_date }));
}

/**
 * Locks an output of a date until the transaction ends, and returns what was written before. Undefined if nothing was. Another writer
 * waits, and then sees what this one has written.
 */
export async function holdOutput(
  transaction: Transaction,
  pipeline: string,
  output: string,
  date: string,
): Promise<WrittenOutput | undefined> {
  await transaction.execute(
    `insert into gear.dated_outputs (pipeline, output, partition_date, checksum, digest, row_count, written_at, checked_at)
     values (?, ?, ?, ?, ?, 0, utc_timestamp(6), utc_timestamp(6)) on duplicate key update pipeline = ?`,
    [pipeline, output, date, nothing, nothing, pipeline],
  );
  const [row] = await transaction.query<OutputRow>(
    `select ${columns} from gear.dated_outputs where pipeline = ? and output = ? and partition_date = ? for update`,
    [pipeline, output, date],
  );
  return row === undefined || row.checksum.equals(nothing) ? undefined : writtenOf(row, await changingPlaces(transaction, pipeline));
}

/** Records what was written in the locked row. The time stays if `rewritten` is false, because the file had these rows already. */
export async function noteOutput(
  transaction: Transaction,
  pipeline: string,
  output: string,
  date: string,
  { checksum, digest, rows, file }: Omit<WrittenOutput, 'writtenAt' | 'isChanging'>,
  rewritten: boolean,
): Promise<void> {
  await transaction.execute(
    `update gear.dated_outputs set checksum = ?, digest = ?, row_count = ?, store_url = ?, object_key = ?, rows_digest = ?, byte_size = ?,
       etag = ?, checked_at = utc_timestamp(6)${rewritten ? ', written_at = utc_timestamp(6)' : ''}
     where pipeline = ? and output = ? and partition_date = ?`,
    [
      ...[checksum, digest, rows],
      ...[file?.storeUrl ?? null, file?.key ?? null, file?.rowsDigest ?? null, file?.bytes ?? null, file?.etag ?? null],
      ...[pipeline, output, date],
    ],
  );
  if (file) await notePlace(transaction, placeOf(file.storeUrl, file.key));
}

/**
 * The states of the partitions that an output of one date reads, in the form of PartitionStates. Reading the states of all dates for each
 * date would take the square of their number.
 */
export async function statesOfDate(
  statements: Pick<Statements, 'query'>,
  pipeline: string,
  reads: readonly DatedRead[],
  date: string,
): Promise<string[]> {
  const parts = async (isUpTo: boolean) => {
    const entities = reads.filter(({ upTo }) => upTo === isUpTo).map(({ entity }) => entity);
    if (entities.length === 0) return [];
    return statements.query<{ entity: string; part: string }>(
      `select entity, concat(feed, ':', max(batch_number)) as part from gear.partition_changes
       where pipeline = ? and entity in (${entities.map(() => '?').join(', ')}) and partition_date ${isUpTo ? '<=' : '='} ?
       group by entity, feed`,
      [pipeline, ...entities, date],
    );
  };
  const [before, same] = [await parts(true), await parts(false)];
  return reads.map(({ entity, upTo }) => stateOf((upTo ? before : same).filter((row) => row.entity === entity).map(({ part }) => part)));
}

/** The states of all partitions of the entities. */
export async function partitionStates(
  statements: Pick<Statements, 'query'>,
  pipeline: string,
  entities: readonly string[],
): Promise<PartitionStates> {
  if (entities.length === 0) return new PartitionStates([]);
  const rows = await statements.query<{ entity: string; date: string; feed: string; batch: string }>(
    `select entity, partition_date as date, feed, cast(batch_number as char) as batch from gear.partition_changes
     where pipeline = ? and entity in (${entities.map(() => '?').join(', ')})
     order by partition_date, feed`,
    [pipeline, ...entities],
  );
  return new PartitionStates(rows);
}

function writtenOf(row: OutputRow, changing: ReadonlySet<string>): WrittenOutput {
  const { checksum, digest, row_count, store_url, object_key, rows_digest, byte_size, etag, written_at } = row;
  const isFile = store_url !== null && object_key !== null && rows_digest !== null && etag !== null;
  const file = isFile
    ? { storeUrl: store_url, key: object_key, checksum, rowsDigest: rows_digest, bytes: Number(byte_size), etag }
    : undefined;
  const isChanging = file !== undefined && changing.has(placeOf(file.storeUrl, file.key).toString('hex'));
  return { checksum, digest, rows: Number(row_count), file, isChanging, writtenAt: written_at };
}
