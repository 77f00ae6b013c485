import { data, profiles } from '../activity-profiles.js';
import { noteFailure } from '../report/failure-message.js';
import { inOrder } from '../report/in-order.js';
import type { Publish } from '../report/progress.js';
import { sideBySide } from '../../contracts/side-by-side.js';

/** Vault tables at once. Few, because analysts don't wait for the vault, and marts and landings need the server. */
export const tablesAtOnce = 2;

export interface LoadingVault {
  readonly publish?: Publish | undefined;
  /** Tables at once. */
  readonly atOnce?: number;
}

/** Loads the tables, with an activity for each. Returns the inserted rows by table. */
async function loadTables(
  pipeline: string,
  tables: readonly string[],
  failures: string[],
  { publish, atOnce = tablesAtOnce }: LoadingVault = {},
): Promise<Record<string, number>> {
  const rows: Record<string, number> = {};
  await sideBySide(tables, atOnce, async (table) => {
    const loaded = await noteFailure(failures, table, () =>
      data.loadVaultTable.executeWithOptions({ ...profiles.data, summary: table }, [{ pipeline, table }]),
    );
    if (!loaded) return;
    rows[table] = loaded.rowsInserted;
    publish?.({ phase: 'vault', subject: table, message: table, rows: loaded.rowsInserted, done: true });
  });
  return inOrder(tables, rows);
}

/**
 * Loads the stale tables: one activity does the small work, and each large table gets its own. Returns only the tables that were loaded.
 */
export async function loadStaleVault(pipeline: string, failures: string[], loading: LoadingVault = {}): Promise<Record<string, number>> {
  const together = await noteFailure(failures, 'loading the vault', () =>
    data.loadStaleVault.executeWithOptions({ ...profiles.data, summary: 'bulk to vault' }, [{ pipeline }]),
  );
  return together ? { ...together.rows, ...(await loadTables(pipeline, together.left, failures, loading)) } : {};
}
