import type { FeedRef } from '../../contracts/activities/refs.js';
import type { SqlRow, Statements } from '../../engine/warehouse.js';
import { loadsWithRejects, settleLoads, type LoadWithRejects } from './loads-with-rejects.js';

/** Rows counted at most: of more, that there are more says enough. */
export const mostCounted = 1_000;

/** Rows of a feed in quarantine that nobody has loaded again. */
export interface QuarantinedRows {
  /** At most `mostCounted`, those of the newest loads, and one more where there are more. */
  readonly rows: number;
  readonly byReasons: Readonly<Record<string, number>>;
  /** Number of the newest entry of these. */
  readonly newest: number;
  /** When the last of these came; ISO 8601, UTC. */
  readonly at: string;
}

interface Entry extends SqlRow {
  load_id: number;
  quarantine_id: number | string;
  reasons: string;
  at: string;
}

/**
 * Undefined where there are none. Entries of refused files don't count, nor those of loads whose rows were corrected. Entries are counted as
 * they are there, for people may delete some.
 */
export async function quarantinedRows(statements: Statements, of: FeedRef): Promise<QuarantinedRows | undefined> {
  const entries: Entry[] = [];
  for await (const loads of loadsWithRejects(statements, of)) {
    const gone: number[] = [];
    for (const group of groups(loads)) {
      if (entries.length > mostCounted) break;
      const found = await entriesOf(statements, group, mostCounted + 1 - entries.length);
      entries.push(...found);
      if (entries.length > mostCounted) break;
      const there = new Set(found.map((entry) => Number(entry.load_id)));
      gone.push(...group.filter(({ loadId, isDone }) => isDone && !there.has(loadId)).map(({ loadId }) => loadId));
    }
    await settleLoads(statements, gone);
    if (entries.length > mostCounted) break;
  }
  if (entries.length === 0) return undefined;
  const counts = new Map<string, number>();
  for (const { reasons } of entries) counts.set(reasons, (counts.get(reasons) ?? 0) + 1);
  const at = entries.map((entry) => entry.at).reduce((a, b) => (a > b ? a : b));
  return {
    rows: entries.length,
    byReasons: Object.fromEntries([...counts].sort(([a, many], [b, few]) => few - many || (a < b ? -1 : 1))),
    newest: Math.max(...entries.map((entry) => Number(entry.quarantine_id))),
    at: `${at.slice(0, 19).replace(' ', 'T')}Z`,
  };
}

/** Loads in their order: small ones together, and each with many rows alone. */
function groups(loads: readonly LoadWithRejects[]): LoadWithRejects[][] {
  const made: LoadWithRejects[][] = [];
  let rows = Infinity;
  for (const load of loads) {
    rows += load.rejects;
    if (rows <= mostCounted) made.at(-1)?.push(load);
    else {
      made.push([load]);
      rows = load.rejects;
    }
  }
  return made;
}

/** The newest entries of one load, or entries of several small ones. */
function entriesOf(statements: Statements, loads: readonly LoadWithRejects[], most: number): Promise<Entry[]> {
  return statements.query<Entry>(
    `select load_id, quarantine_id, reasons, quarantined_at as at from gear.quarantine force index (of_load)
     where load_id in (${loads.map(() => '?').join(', ')})
     order by load_id desc, quarantine_id desc limit ${most}`,
    loads.map(({ loadId }) => loadId),
  );
}
