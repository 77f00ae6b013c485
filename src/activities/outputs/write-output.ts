import { counted, grouped } from '../../contracts/format-numbers.js';
import type { OutputResult } from '../../contracts/outputs.js';
import { replaceDate } from '../../engine/dated/dated-mart-statements.js';
import { exportOfDate, type DatedOutput } from '../../engine/dated/dated-output.js';
import { outputDigest } from '../../engine/dated/partition-states.js';
import type { MartRefresh } from '../../engine/marts/mart-refresh.js';
import { keyOfPart } from '../../engine/exports/parts.js';
import type { ObjectStore } from '../../engine/object-store.js';
import { StrataError } from '../../engine/strata-error.js';
import type { Statements, Warehouse } from '../../engine/warehouse.js';
import { holdOutput, noteOutput, outputKey, statesOfDate, writtenOfDate, type WrittenOutput } from '../../gear/outputs/dated-outputs.js';
import { staleConsumers } from '../../gear/stale-consumers.js';
import { isFileInPlace } from '../exports/in-place.js';
import { requireHeld, whileHeld } from '../exports/while-held.js';
import { writeFile } from '../exports/write-file.js';
import { refreshMart } from '../marts/refresh-mart.js';
import type { ActivityScope } from '../run-activity.js';

export interface OutputWork {
  readonly warehouse: Warehouse;
  readonly pipeline: string;
  /** All outputs by date of the pipeline. */
  readonly outputs: readonly DatedOutput[];
  /** Its other marts, each after the marts that it reads. */
  readonly marts: readonly MartRefresh[];
  readonly output: DatedOutput;
  readonly date: string;
  /** Where exports are written; asked for by exports alone. */
  readonly store: () => ObjectStore;
  /** Computes it also where it is up to date. */
  readonly again: boolean;
  /** Puts the file in place also where it has these rows already. */
  readonly force: boolean;
  /** Milliseconds between two signs that the lock is held. */
  readonly holdInterval?: number;
}

/**
 * Writes one output of one date. It locks its row in gear.dated_outputs, so a second writer of the same output waits for the first. The
 * state of the sources is read before the rows. The rows may be newer than that state: at worst the output is computed once more.
 */
export async function writeOutput(work: OutputWork, scope: ActivityScope): Promise<OutputResult> {
  const { warehouse, pipeline, output, date } = work;
  return warehouse.transaction(
    async (transaction) => {
      const before = await holdOutput(transaction, pipeline, output.output, date);
      const digest = await digestNow(transaction, work);
      if (!work.again && before && isCurrent(work, before, digest) && (await isInPlace(work, before, transaction, scope.signal)))
        return { state: 'current', rows: before.rows, bytes: before.file?.bytes ?? 0 };
      await refreshRead(work, scope.signal);
      const { checksum } = output;
      if (output.kind === 'dated-mart') {
        const { remove, insert } = replaceDate(output, date);
        await transaction.execute(remove);
        const { affectedRows: rows } = await transaction.execute(insert);
        await noteOutput(transaction, pipeline, output.output, date, { checksum, digest, rows, file: undefined }, true);
        return { state: 'written', rows, bytes: 0 };
      }
      const of = { ...{ warehouse, pipeline, date, store: work.store(), force: work.force }, export: exportOfDate(output, date) };
      const subject = `${output.output} of ${date}`;
      const onRows = (count: number) => scope.report({ phase: 'outputs', subject, message: counted(count, 'row'), rows: count });
      const onPart = (done: number, parts: number) =>
        scope.report({ phase: 'outputs', subject, message: `${grouped(done)} of ${counted(parts, 'part')} uploaded` });
      const file = { ...of, before: before?.file, onRows, onPart, beforePut: () => requireHeld(transaction) };
      const done = await whileHeld(transaction, (signal) => writeFile(file, signal), scope.signal, work.holdInterval);
      await noteOutput(transaction, pipeline, output.output, date, { checksum, digest, ...done }, done.changed);
      return { state: done.changed ? 'written' : 'same', rows: done.rows, bytes: done.file.bytes, parts: done.parts };
    },
    { signal: scope.signal },
  );
}

/** What it is made from as things are: the partitions that it reads, and the marts by date as they were written. */
async function digestNow(statements: Statements, { pipeline, outputs, output, date }: OutputWork): Promise<Buffer> {
  const { reads, after } = output;
  const dated = outputs.filter((other) => after.includes(other.output));
  const written = await writtenOfDate(
    statements,
    pipeline,
    dated.map((mart) => mart.output),
    date,
  );
  const marts = dated.map((mart) => {
    const of = written.get(outputKey(mart.output, date));
    if (of?.checksum.equals(mart.checksum)) return of;
    throw new StrataError(
      'definition',
      `it reads ${mart.output}, which has not been written for ${date}. Run: strata run ${pipeline} --date ${date}`,
    );
  });
  return outputDigest(reads, await statesOfDate(statements, pipeline, reads, date), marts);
}

/**
 * Refreshes the other marts that the output reads, if a run has not done so. Otherwise their rows could be older than the state that is
 * recorded. It uses transactions of its own, which hold no locks when the rows are read.
 */
async function refreshRead({ warehouse, pipeline, output, marts }: OutputWork, signal: AbortSignal): Promise<void> {
  const read = new Set(output.after);
  // Each comes after the outputs that it reads. So, from the end, all outputs that read one are known before it.
  const needed = marts.toReversed().filter(({ target, after }) => {
    if (read.has(target)) for (const other of after) read.add(other.target);
    return read.has(target);
  });
  if (needed.length === 0) return;
  const { consumers } = await staleConsumers(warehouse, pipeline, needed.toReversed());
  for (const mart of consumers) await refreshMart(warehouse, mart, { signal });
}

function isCurrent({ output, date, store }: OutputWork, { checksum, digest, file, isChanging }: WrittenOutput, now: Buffer): boolean {
  if (isChanging || !checksum.equals(output.checksum) || !digest.equals(now)) return false;
  return output.kind === 'dated-mart' || (file?.storeUrl === store().url && file.key === keyOfPart(exportOfDate(output, date).to, 0));
}

async function isInPlace({ store }: OutputWork, { file }: WrittenOutput, statements: Statements, signal: AbortSignal): Promise<boolean> {
  return file === undefined || isFileInPlace(statements, store(), file, signal);
}
