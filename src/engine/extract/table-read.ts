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
  readonly mark: string | null;
}

export interface ReadPlan {
  readonly way: ReadWay;
  /** Why all of it is read although only changes were asked for; ends a sentence. */
  readonly because?: string;
}

/**
 * How the table has to be read so that no change is missed. `back`: columns that were read last, that a later run did not find, and that are
 * there now. Their values may have changed in every row, and no row has another version for it.
 */
export function planRead(
  state: TableState | undefined,
  { table, facts, back }: { readonly table: SourceTable; readonly facts: SnapshotFacts; readonly back: readonly string[] },
): ReadPlan {
  const reason =
    state === undefined
      ? 'it was not extracted before'
      : (reasonToCompare(state, table, facts) ?? (back.length === 0 ? undefined : `it was without ${back.join(', ')} for a while`));
  return reason === undefined ? { way: 'changed' } : { way: 'compared', because: reason };
}

function reasonToCompare(state: TableState, table: SourceTable, facts: SnapshotFacts): string | undefined {
  if (state.oid === null || state.fileNode === null) return 'the warehouse does not know how it was read last';
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
