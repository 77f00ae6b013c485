import type { Transaction } from '../../engine/warehouse.js';

/** The enrichment that computed a derived column of a load. */
export interface LoadEnrichment {
  readonly column: string;
  readonly enrichment: string;
  readonly version: string;
}

/** Records the versions of the enrichments with which rows of a load were landed. */
export async function noteEnrichments(transaction: Transaction, loadId: number, used: readonly LoadEnrichment[]): Promise<void> {
  if (used.length === 0) return;
  await transaction.execute(
    `insert into gear.load_enrichments (load_id, column_name, enrichment, version) values ${used.map(() => '(?, ?, ?, ?)').join(', ')}
     on duplicate key update version = version`,
    used.flatMap(({ column, enrichment, version }) => [loadId, column, enrichment, version]),
  );
}
