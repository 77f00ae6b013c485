import type { VaultActivities } from '../contracts/activities.js';
import { StrataError } from '../engine/strata-error.js';
import { vaultLoads } from '../engine/vault/vault-loads.js';
import type { Warehouse } from '../engine/warehouse.js';
import { definitionOf, type PipelineSet } from './pipeline-set.js';
import { runActivity } from './run-activity.js';
import { loadVaultTable } from './vault/load-vault-table.js';

export interface VaultDeps {
  readonly warehouse: Warehouse;
  readonly pipelines: PipelineSet;
}

/** Loads of vault tables; each can be repeated at any time, by any worker. */
export function createVaultActivities({ warehouse, pipelines }: VaultDeps): VaultActivities {
  return {
    loadVaultTable: ({ pipeline, table }) =>
      runActivity({}, async (scope) => {
        const definition = definitionOf(pipelines, pipeline);
        const load = vaultLoads(definition).find(({ target }) => target === table);
        if (!load)
          throw new StrataError(
            'definition',
            `pipeline ${pipeline} has no vault table ${table}; start a worker of the version that defines it`,
          );
        const onStep = (message: string) => scope.report({ phase: 'vault', subject: table, message });
        const result = await loadVaultTable(warehouse, definition, load, { signal: scope.signal, onStep });
        scope.report({ phase: 'vault', subject: table, message: 'loaded', rows: result.rowsInserted, done: true });
        scope.count('vaultRowsInserted', result.rowsInserted, { pipeline, table });
        return result;
      }),
  };
}
