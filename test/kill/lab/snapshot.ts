import type { CompiledPipeline } from '../../../src/engine/compiled-pipeline.js';
import { keyTableName, stagingName } from '../../../src/engine/names.js';
import { pipelineTables } from '../../../src/engine/schema/warehouse-schema.js';
import type { Warehouse } from '../../../src/engine/warehouse.js';
import { readTable, sorted } from '../../support/mart-warehouse.js';
import type { OracleRow } from '../../support/oracle.js';

/** Clocks differ from run to run; a hub that several feeds fill names the feed whose batch was first. */
const clocks = new Set(['created_at', 'updated_at', 'load_datetime', 'quarantined_at']);
const isShown = (table: string, column: string) => !clocks.has(column) && !(table.startsWith('vault.hub_') && column === 'record_source');

/** Everything that must be the same whatever happened on the way; loads by their object and generation instead of their numbers. */
export async function snapshot(warehouse: Warehouse, pipeline: CompiledPipeline): Promise<Record<string, readonly OracleRow[]>> {
  const loads = await warehouse.query<{ load_id: number; name: string }>(
    `select load_id, concat(substring_index(object_key, '/', -1), ' of ', dense_rank() over (partition by object_key order by load_id)) as name
     from gear.loads where state <> 'replaced'`,
  );
  const names = new Map(loads.map(({ load_id, name }) => [String(load_id), name]));
  const shown = (table: string, rows: readonly OracleRow[]) =>
    sorted(
      rows.map((row) =>
        Object.fromEntries(
          Object.entries(row)
            .filter(([column]) => isShown(table, column))
            .map(([column, value]) => [column, column === 'load_id' ? (names.get(value ?? '') ?? `unknown load ${value}`) : value]),
        ),
      ),
    );
  const tables = pipelineTables(pipeline).map(({ name }) => name);
  // The calendar reads no feed; its 6,211 rows would be most of the work here.
  const compared = tables.filter(
    (name) =>
      (/^(bulk|bus|vault)\./.test(name) && name !== 'bus.calendar_dates') || name === 'gear.country_ids' || name === 'gear.game_type_ids',
  );
  const entries: [string, readonly OracleRow[]][] = [];
  for (const table of [...compared, 'gear.load_counts']) entries.push([table, shown(table, await readTable(warehouse, table))]);
  for (const mart of pipeline.catalog.marts.filter(({ target }) => target.startsWith('gear.')))
    entries.push([mart.target, shown(mart.target, await readTable(warehouse, mart.target))]);
  entries.push(['gear.quarantine', shown('gear.quarantine', await quarantine(warehouse))]);
  return Object.fromEntries(entries);
}

async function quarantine(warehouse: Warehouse): Promise<OracleRow[]> {
  return warehouse.query<OracleRow>(
    `select cast(load_id as char) as load_id, cast(line_number as char) as line_number, reasons, cast(row_offset as char) as row_offset, hex(raw) as raw
     from gear.quarantine`,
  );
}

/** What is unfinished or does not add up, a line each; nothing when a run has ended well. */
export async function leftovers(warehouse: Warehouse, pipeline: CompiledPipeline): Promise<readonly string[]> {
  const found: string[] = [];
  const open = await warehouse.query<{ object_key: string; state: string; source_state: string; pruned: number }>(
    `select object_key, state, source_state, pruned_at is not null as pruned from gear.loads
     where not (state = 'processed' and pruned_at is not null or state in ('refused', 'replaced')) or source_state = 'present'`,
  );
  for (const load of open) found.push(`${load.object_key} is ${load.state}, its source ${load.source_state}, pruned ${load.pruned}`);
  const uneven = await warehouse.query<{ object_key: string }>(
    `select l.object_key from gear.loads l
     left join (select load_id, sum(rows_staged) as staged, sum(rows_quarantined) as quarantined, sum(state <> 'staged') as planned
                from gear.load_chunks group by load_id) c on c.load_id = l.load_id
     where l.state = 'processed' and not (c.staged = l.rows_staged and c.quarantined = l.rows_quarantined and c.planned = 0)
        or l.rows_quarantined <> (select count(*) from gear.quarantine q where q.load_id = l.load_id)`,
  );
  for (const load of uneven) found.push(`rows of ${load.object_key} do not add up`);
  const work = pipeline.catalog.marts.filter(({ affected }) => affected.length > 0).map(keyTableName);
  const staging = pipeline.definition.feeds.map(({ name }) => stagingName(pipeline.definition, name));
  for (const table of [...work, ...staging]) {
    const [row] = await warehouse.query<{ n: number }>(`select count(*) as n from ${table}`);
    if (row?.n !== 0) found.push(`${table} holds ${row?.n} rows`);
  }
  const batches = await warehouse.query<{ feed: string }>(
    `select f.feed from gear.feeds f
     where f.batch_number <> (select count(*) from gear.batches b where b.pipeline = f.pipeline and b.feed = f.feed)`,
  );
  for (const { feed } of batches) found.push(`batch numbers of ${feed} have gaps`);
  return found;
}
