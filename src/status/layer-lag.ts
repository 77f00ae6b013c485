import type { SqlRow, Warehouse } from '../engine/warehouse.js';
import { utc } from '../contracts/format-times.js';

/** How far a layer is behind the one before it. */
export interface LayerLag {
  readonly layer: 'staging' | 'bulk' | 'vault' | 'bus';
  /** Loads or tables that are not yet up to date. */
  readonly behind: number;
  /** Since when the oldest of them waits; undefined when the layer is current. */
  readonly since: Date | undefined;
  /** When the layer last took something in. */
  readonly latest: Date | undefined;
}

interface LagRow extends SqlRow {
  behind: number;
  since: string | null;
  latest: string | null;
}

/** Loads by what they wait for: to be read, or to be processed. */
const loads = (waiting: string, since: string, latest: string) => `
select coalesce(sum(state = '${waiting}'), 0) as behind, min(case when state = '${waiting}' then ${since} end) as since, max(${latest}) as latest
from gear.loads where pipeline = ?`;

/** Tables whose watermark is below the last batch of a feed that they read. */
const tables = (schemaFilter: string) => `
select count(distinct case when b.batch_number is not null then m.target end) as behind, min(b.committed_at) as since, max(m.refreshed_at) as latest
from gear.marts m
left join gear.mart_watermarks w on w.target = m.target
left join gear.batches b on b.pipeline = m.pipeline and b.feed = w.feed and b.batch_number > w.batch_number
where m.pipeline = ? and ${schemaFilter}`;

const queries = {
  staging: loads('claimed', 'claimed_at', 'staged_at'),
  bulk: loads('staged', 'staged_at', 'processed_at'),
  vault: tables(`m.target like 'vault.%'`),
  bus: tables(`m.target not like 'vault.%' and m.target not like 'processed.%'`),
} as const satisfies Record<LayerLag['layer'], string>;

/** The lag of each layer of a pipeline, from the gear's state. */
export async function layerLags(warehouse: Warehouse, pipeline: string): Promise<LayerLag[]> {
  const lags: LayerLag[] = [];
  for (const layer of ['staging', 'bulk', 'vault', 'bus'] as const) {
    const [row] = await warehouse.query<LagRow>(queries[layer], [pipeline]);
    lags.push({ layer, behind: Number(row?.behind ?? 0), since: utc(row?.since), latest: utc(row?.latest) });
  }
  return lags;
}
