import type { Transaction } from '../../engine/warehouse.js';

/** What made a column of a load that its file lacks. */
export interface LoadEnrichment {
  readonly column: string;
  readonly enrichment: string;
  readonly version: string;
}

/** Notes with which versions of enrichments rows of a load were landed. */
export async function noteEnrichments(transaction: Transaction, loadId: number, used: readonly LoadEnrichment[]): Promise<void> {
  if (used.length === 0) return;
  await transaction.execute(
    `insert into gear.load_enrichments (load_id, column_name, enrichment, version) values ${used.map(() => '(?, ?, ?, ?)').join(', ')}
     on duplicate key update version = version`,
    used.flatMap(({ column, enrichment, version }) => [loadId, column, enrichment, version]),
  );
}
