import type { CompiledPipeline } from '../../../src/engine/compiled-pipeline.js';
import type { Warehouse } from '../../../src/engine/warehouse.js';
import { compileFile, migratedWarehouse } from '../mart-warehouse.js';
import { freshPrefix } from '../servers/servers.js';
import { datasources, regions } from './trip-rows.js';

export interface TripWarehouse {
  readonly warehouse: Warehouse;
  readonly pipeline: CompiledPipeline;
  /** Of its schemas. */
  readonly prefix: string;
}

/** A warehouse of the pipeline `trips` that knows the names which trips of tests have. */
export async function tripWarehouse(url: string): Promise<TripWarehouse> {
  const pipeline = await compileFile('trips');
  const prefix = freshPrefix();
  const warehouse = await migratedWarehouse(url, pipeline, prefix);
  const names = { trips_region: regions, trips_datasource: datasources };
  for (const [table, values] of Object.entries(names))
    for (const [index, value] of values.entries())
      await warehouse.execute(`insert into bulk.${table} (id, value) values (?, ?)`, [index + 1, value]);
  return { warehouse, pipeline, prefix };
}
