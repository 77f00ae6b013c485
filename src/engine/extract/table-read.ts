import type { LakeColumn } from '../../contracts/lake/manifest.js';
import type { SnapshotFacts, SourceTable } from './source-snapshot.js';
import { isComparable, windowSince } from './version-window.js';

/** How a table is read: all of it, only row versions that are new, or all of it while rows that the lake has are left out. */
export const readWays = ['full', 'changed', 'compared'] as const;
export type ReadWay = (typeof readWays)[number];

/** What is remembered of the last time that a table was read. */
export interface TableState {
  readonly systemIdentifier: string;
  readonly timeline: number;
  readonly xmin: bigint;
  /** Null where only the manifest is known, not what the warehouse had noted of it. */
  readonly oid: bigint | null;
  readonly fileNode: bigint | null;
  /** By the names of the columns that were read. Null where `oid` is, and of runs before Strata noted them. */
  readonly columnNumbers: ColumnNumbers | null;
  readonly mark: string | null;
}

export type ColumnNumbers = Readonly<Record<string, number>>;

/** The numbers of the columns that are read of a table. */
export function columnNumbers({ columns }: SourceTable, read: readonly LakeColumn[]): ColumnNumbers {
  const names = new Set(read.map(({ name }) => name));
  return Object.fromEntries(columns.filter(({ name }) => names.has(name)).map(({ name, number }) => [name, number]));
}

export interface ReadPlan {
  readonly way: ReadWay;
  /** Why all of it is read although only changes were asked for; ends a sentence. */
  readonly because?: string;
}

/** How the table has to be read so that no change of the columns is missed. */
export function planRead(
  state: TableState | undefined,
  { table, facts, columns }: { readonly table: SourceTable; readonly facts: SnapshotFacts; readonly columns: readonly LakeColumn[] },
): ReadPlan {
  const reason =
    state === undefined
      ? 'it was not extracted before'
      : (reasonToCompare(state, table, facts) ?? otherColumns(state.columnNumbers, columnNumbers(table, columns)));
  return reason === undefined ? { way: 'changed' } : { way: 'compared', because: reason };
}

/** Another column of the same name may have another value in every row, and no row has another version for it. */
function otherColumns(before: ColumnNumbers | null, now: ColumnNumbers): string | undefined {
  const names = Object.keys(now).filter((name) => before && Object.hasOwn(before, name) && before[name] !== now[name]);
  if (names.length === 0) return undefined;
  return names.length === 1 ? `another column is named ${names[0]} now` : `other columns are named ${names.join(', ')} now`;
}

function reasonToCompare(state: TableState, table: SourceTable, facts: SnapshotFacts): string | undefined {
  if (state.oid === null || state.fileNode === null || state.columnNumbers === null)
    return 'the warehouse does not know how it was read last';
  if (state.systemIdentifier !== facts.systemIdentifier) return 'the database is another one than before (its system identifier differs)';
  if (state.timeline !== facts.timeline) return 'the database has failed over or was restored (its timeline differs)';
  if (state.oid !== table.oid) return 'the table was dropped and created again';
  if (state.fileNode !== table.fileNode)
    return 'the table was written anew, as VACUUM FULL, TRUNCATE and some ALTER TABLE do, or has other partitions';
  // Of a timeline that goes on, the oldest open transaction never goes back.
  if (state.xmin > facts.xmin || !isComparable(windowSince(state.xmin, facts)))
    return 'transaction ids have gone round, or back, since it was read last';
  return undefined;
}
