import { data, profiles } from '../activity-profiles.js';
import { noteFailure } from '../report/failure-message.js';
import { inOrder } from '../report/in-order.js';
import type { Publish } from '../report/progress.js';
import { sideBySide } from '../../contracts/side-by-side.js';

/** Vault tables at once; analysts don't wait for them, marts and landings do wait for the server. */
export const tablesAtOnce = 2;

export interface LoadingVault {
  readonly publish?: Publish | undefined;
  /** Tables at once. */
  readonly atOnce?: number;
}

/** Loads the tables, an activity each; returns the rows inserted by table. */
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

/** Loads the stale tables: one activity does what is little work, the others get one each. Returns those tables alone. */
export async function loadStaleVault(pipeline: string, failures: string[], loading: LoadingVault = {}): Promise<Record<string, number>> {
  const together = await noteFailure(failures, 'loading the vault', () =>
    data.loadStaleVault.executeWithOptions({ ...profiles.data, summary: 'bulk to vault' }, [{ pipeline }]),
  );
  return together ? { ...together.rows, ...(await loadTables(pipeline, together.left, failures, loading)) } : {};
}
