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

/** Brings all vault tables up to what bulk holds; returns the rows inserted by table. */
async function loadVault(
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

/** Loads the tables that are behind: one activity does what is little work, the others get one each. Returns those tables alone. */
export async function loadChangedVault(pipeline: string, failures: string[], loading: LoadingVault = {}): Promise<Record<string, number>> {
  const few = await noteFailure(failures, 'loading the vault', () =>
    data.loadChangedVault.executeWithOptions({ ...profiles.data, summary: 'bulk to vault' }, [{ pipeline }]),
  );
  return few ? { ...few.rows, ...(await loadVault(pipeline, few.left, failures, loading)) } : {};
}
