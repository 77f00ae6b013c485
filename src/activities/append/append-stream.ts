import { AppendRows } from '../../engine/append/append-rows.js';
import { mostRunBytes } from '../../engine/append/append-tables.js';
import type { Contract } from '../../engine/read/contract.js';
import type { FeedDefinition } from '../../engine/definition/types.js';
import type { Entity } from '../../engine/entities/entity.js';
import { StrataError } from '../../engine/strata-error.js';
import { readDictionary } from '../../gear/append/dictionaries.js';
import type { PlannedChunk } from '../../gear/loads/chunks.js';
import type { LandedRows } from '../../gear/loads/landed-rows.js';
import type { Load } from '../../gear/loads/load-row.js';
import { dictionaryName } from '../../engine/names.js';
import { columnNames, contractOf } from '../landing/file-columns.js';
import type { LandDeps } from '../landing/land-deps.js';
import { report } from '../landing/land-stream.js';
import { ObjectRows } from '../landing/object-rows.js';
import { refuseFile } from '../landing/refuse-file.js';
import type { ActivityScope } from '../run-activity.js';
import { appendRun } from './append-run.js';
import { defaultRunBytes } from './begin-append.js';
import { RunSlots } from './run-slots.js';

const maxRejectBytes = 8 << 20;
/** Runs in the memory of this worker at once: while the server takes the rows of one, the next is read. More cost memory and save no time. */
const slots = new RunSlots(2);

export interface Appending {
  readonly load: Load;
  readonly feed: FeedDefinition;
  readonly entity: Entity;
  readonly rows: LandedRows;
}

/**
 * Appends what one stream gives, in as many runs as it takes: the range that `first` is, or else all from there to the object's end. Each run is
 * read into memory first, sorted, and written in one transaction.
 */
export function appendStream(deps: LandDeps, appending: Appending, first: PlannedChunk, scope: ActivityScope): Promise<void> {
  return slots.use(scope.signal, () => append(deps, appending, first, scope));
}

async function append(deps: LandDeps, appending: Appending, first: PlannedChunk, scope: ActivityScope): Promise<void> {
  const { load, feed, entity } = appending;
  if (first.startOffset > 0 && !load.header) throw new StrataError('contention', `load ${load.loadId} is being landed by another worker`);
  const contract = contractOf(load, feed);
  let rows: AppendRows | undefined;
  const taker = (order: readonly number[]) => (rows = new AppendRows(contract, order, entity));
  const source = await ObjectRows.open(deps.stores, load, contract, { taker }, first, scope.signal);
  const limit = { bytes: Math.min(deps.runBytes ?? defaultRunBytes, mostRunBytes(entity)), rejectBytes: maxRejectBytes };
  try {
    const header = load.header ?? (await readHeader(deps, appending, source, contract, scope));
    if (!header || !rows) return;
    for (const [column, dictionary] of rows.dictionaries)
      dictionary.learn(await readDictionary(deps.warehouse, dictionaryName(entity.tables.bulk, column)));
    for (let chunk: PlannedChunk | undefined = first; chunk;)
      chunk = await appendRun(
        deps,
        { load, entity, chunk, rows, source, limit, header, contract: contract.checksum },
        () => report(load, first, source, scope),
        scope.signal,
      );
  } finally {
    await source.close();
  }
}

/** Of an object that is landed as one stream. Undefined where it was refused. */
async function readHeader(
  deps: LandDeps,
  { load, rows }: Appending,
  { reader }: ObjectRows,
  contract: Contract,
  scope: ActivityScope,
): Promise<readonly string[] | undefined> {
  const outcome = await reader.readHeader();
  if (outcome.kind === 'ok') return columnNames(outcome, contract);
  await refuseFile(deps.warehouse, { load, rows }, outcome, scope);
  return undefined;
}
