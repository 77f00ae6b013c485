import { createHash } from 'node:crypto';
import { readMigrations } from '../../../src/config/read-migrations.js';
import { openWarehouse } from '../../../src/connectors/mysql/warehouse.js';
import { renderAdditiveMerge, type AdditiveMerge } from '../../../src/engine/additive/additive-merge.js';
import type { AdditiveMart } from '../../../src/engine/additive/additive-mart.js';
import { sumsTable, sumsView } from '../../../src/engine/additive/additive-tables.js';
import { resolveArea } from '../../../src/engine/areas/area.js';
import { areaMarts } from '../../../src/engine/areas/kept-sums.js';
import type { Warehouse } from '../../../src/engine/warehouse.js';
import { migrate } from '../../../src/gear/migrate/migrate.js';
import { freshPrefix } from '../servers/servers.js';
import { regions } from './trip-rows.js';

export const weekly = resolveArea(
  { name: 'trips' },
  { name: 'weekly', entity: 'trips', points: ['origin', 'destination'], time: 'datetime', of: 'region' },
);
const text = (name: string, type: string) => ({ name, type });

export interface TripWarehouse {
  readonly warehouse: Warehouse;
  readonly merges: readonly AdditiveMerge[];
}

export async function tripWarehouse(url: string, more: readonly AdditiveMart[] = []): Promise<TripWarehouse> {
  const prefix = freshPrefix();
  const warehouse = openWarehouse({ url, prefix });
  const marts = [...areaMarts(weekly), ...more];
  await migrate(warehouse, prefix, {
    migrations: await readMigrations(),
    tables: [
      {
        name: 'bulk.trips',
        columns: [
          text('run', 'int unsigned not null'),
          text('cell', 'int unsigned not null'),
          text('n', 'int unsigned not null'),
          text('region', 'smallint unsigned not null'),
          text('datasource', 'smallint unsigned not null'),
          ...['origin_lon', 'origin_lat', 'destination_lon', 'destination_lat'].map((name) => text(name, 'int not null')),
          text('datetime', 'datetime not null'),
        ],
        primaryKey: ['run', 'cell', 'n'],
        indexes: [],
        comment: '',
      },
      {
        name: 'bulk.trips_region',
        columns: [text('id', 'smallint unsigned not null'), text('value', 'varchar(100) not null')],
        primaryKey: ['id'],
        indexes: [],
        comment: '',
      },
      ...marts.map(sumsTable),
    ],
    texts: marts.map((mart) => {
      const statement = sumsView(mart, 'trips');
      return { name: mart.target, statements: [statement], checksum: createHash('sha256').update(statement).digest() };
    }),
    seeds: [],
    fingerprints: [],
  });
  for (const [index, region] of regions.entries())
    await warehouse.execute('insert into bulk.trips_region values (?, ?)', [index + 1, region]);
  return { warehouse, merges: marts.map((mart) => renderAdditiveMerge(mart, { name: 'trips' })) };
}
