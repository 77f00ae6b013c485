import type { VaultActivities, VaultResult } from '../../contracts/activities/marts.js';
import { StrataError } from '../../engine/strata-error.js';
import type { VaultLoad } from '../../engine/vault/vault-load.js';
import type { Warehouse } from '../../engine/warehouse.js';
import { staleConsumers } from '../../gear/stale-consumers.js';
import { pipelineOf, type KnownPipeline } from '../pipeline-set.js';
import { refreshStale } from '../refresh-stale.js';
import { runActivity, type ActivityScope } from '../run-activity.js';
import { loadVaultTable } from './load-vault-table.js';

export interface VaultPipeline extends KnownPipeline {
  readonly vaultLoads: readonly VaultLoad[];
}

export interface VaultDeps {
  readonly warehouse: Warehouse;
  /** By name. */
  readonly pipelines: ReadonlyMap<string, VaultPipeline>;
}

/** Independent tables that one activity loads at once. */
const tablesAtOnce = 2;

/** Loads of vault tables; each can be repeated at any time, by any worker. */
export function createVaultActivities({ warehouse, pipelines }: VaultDeps): VaultActivities {
  const loadTable = async (pipeline: string, table: string, scope: ActivityScope): Promise<VaultResult> => {
    const { vaultLoads } = await pipelineOf(pipelines, pipeline, warehouse);
    const load = vaultLoads.find(({ target }) => target === table);
    if (!load)
      throw new StrataError(
        'definition',
        `pipeline ${pipeline} has no vault table ${table}. Start a worker of the version that defines it`,
      );
    const onStep = (message: string) => scope.report({ phase: 'vault', subject: table, message });
    const result = await loadVaultTable(warehouse, load, { signal: scope.signal, onStep });
    scope.report({ phase: 'vault', subject: table, message: 'loaded', rows: result.rowsInserted, done: true });
    scope.count('vaultRowsInserted', result.rowsInserted, { pipeline, table });
    return result;
  };
  return {
    loadVaultTable: ({ pipeline, table }) => runActivity({}, (scope) => loadTable(pipeline, table, scope)),
    loadStaleVault: ({ pipeline }) =>
      runActivity({}, async (scope) => {
        const { vaultLoads } = await pipelineOf(pipelines, pipeline, warehouse);
        const stale = await staleConsumers(warehouse, pipeline, vaultLoads);
        const rows: Record<string, number> = {};
        const left = await refreshStale(stale, { signal: scope.signal, atOnce: tablesAtOnce }, async ({ target }) => {
          rows[target] = (await loadTable(pipeline, target, scope)).rowsInserted;
        });
        return { rows, left: left.map(({ target }) => target) };
      }),
  };
}
