import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readMigrations } from '../../src/config/read-migrations.js';
import { FileStore } from '../../src/connectors/file/file-store.js';
import { compilePipelines } from '../../src/engine/compile-pipelines.js';
import type { CompiledPipeline } from '../../src/engine/compiled-pipeline.js';
import { validatePipelines } from '../../src/engine/definition/validate.js';
import { warehouseSchema } from '../../src/engine/schema/warehouse-schema.js';
import { pruneChanges } from '../../src/gear/prune-changes.js';
import { migrate, type MigrateOptions } from '../../src/gear/migrate/migrate.js';
import { readTable } from '../support/mart-warehouse.js';
import { freshPrefix, warehouses } from '../support/servers/servers.js';
import { WarehouseChain } from '../support/warehouse-chain.js';

/** Both pipelines have a feed and an entity `sales`; what authors name themselves differs. */
const pipeline = (name: string, tablePrefix?: string, highest = '60000') => ({
  name,
  sourceSetting: `${name.toUpperCase()}_SOURCE_URL`,
  ...(tablePrefix && { tablePrefix }),
  schedules: { pickup: '0 0 1 1 *', process: '0 0 1 1 *', aggregate: '0 0 1 1 *' },
  feeds: [
    {
      name: 'sales',
      match: '^sales.*\\.csv$',
      reasons: ['bad_key', 'too_long'],
      columns: [
        { name: 'sale_id', header: 'sale_id', type: { kind: 'integer', min: '1', max: highest }, reason: 'bad_key' },
        { name: 'city', header: 'city', type: { kind: 'text', maxLength: 20, empty: '' }, reason: 'too_long' },
      ],
    },
  ],
  entities: [{ name: 'sales', key: ['sale_id'], values: ['city'], from: [{ feed: 'sales' }] }],
  surrogates: [{ name: `${name}_cities`, id: 'city_id', value: 'city', from: [{ entity: 'sales', column: 'city' }] }],
  vault: {
    hubs: [{ name: `${name}_sale`, key: 'sale_id', from: [{ entity: 'sales', column: 'sale_id' }] }],
    links: [],
    satellites: [{ name: `${name}_sale`, entity: 'sales', parent: { hub: `${name}_sale`, column: 'sale_id' }, columns: ['city'] }],
  },
  sqlFolder: 'sql',
});

const mart = (name: string, bulk: string) => ({
  path: `bus/${name}_by_city.sql`,
  text: `-- mart: bus.${name}_by_city
-- Sales by city.
-- key: city

-- columns
city varchar(20)
sales bigint

-- affected by sales
select c.new_city as city from changes.sales c

-- affected by sales
select c.old_city as city from changes.sales c

-- rows
select s.city, count(*) from [[affected straight_join]] ${bulk} s [[on s.city = affected.city]] group by s.city
`,
});

function compiled(highest?: string): CompiledPipeline[] {
  const definitions = validatePipelines([pipeline('north', undefined, highest), pipeline('south', 'south_', highest)]);
  return compilePipelines([
    { definition: definitions[0]!, sqlFiles: [mart('north', 'bulk.sales')] },
    { definition: definitions[1]!, sqlFiles: [mart('south', 'bulk.south_sales')] },
  ]);
}

describe.each(warehouses)('two pipelines with feeds and entities of the same names, one with a tablePrefix, on $name', ({ url }) => {
  const prefix = freshPrefix();
  let folders: string[];
  const open = (pipelines: readonly CompiledPipeline[]) =>
    pipelines.map(
      (each, index) =>
        new WarehouseChain({
          url,
          prefix,
          pipeline: each,
          sourceUrl: `file://${folders[index]}`,
          openStore: (address) => new FileStore(fileURLToPath(address), 0),
        }),
    );
  let chains: WarehouseChain[];
  const migrateBoth = async (pipelines: readonly CompiledPipeline[], options: MigrateOptions = {}) =>
    void (await migrate(chains[0]!.warehouse, prefix, warehouseSchema(pipelines, await readMigrations()), options));

  beforeAll(async () => {
    folders = await Promise.all(['north', 'south'].map((name) => mkdtemp(join(tmpdir(), `strata-${name}-`))));
    const pipelines = compiled();
    chains = open(pipelines);
    await migrateBoth(pipelines);
  });
  afterAll(async () => {
    for (const chain of chains) await chain.close();
    for (const folder of folders) await rm(folder, { recursive: true });
  });

  it('share a warehouse and no row', async () => {
    const [north, south] = chains as [WarehouseChain, WarehouseChain];
    for (const [index, text] of ['1,Leeds\n2,York\nx,York\n', '1,Ely\n'].entries())
      await writeFile(join(folders[index]!, 'sales_1.csv'), `sale_id,city\n${text}`);
    for (const chain of chains) {
      await chain.pickup('sales');
      await chain.process('sales');
      await chain.loadVault();
      await chain.refresh();
    }
    await writeFile(join(folders[1]!, 'sales_2.csv'), 'sale_id,city\n1,Ware\n2,Ely\n');
    await south.pickup('sales');
    expect(await south.process('sales')).toMatchObject({ inserted: 1, updated: 1 });
    await south.loadVault();
    await south.refresh();
    expect(await readTable(north.warehouse, 'bus.north_by_city')).toEqual([
      { city: 'Leeds', sales: '1' },
      { city: 'York', sales: '1' },
    ]);
    expect(await readTable(south.warehouse, 'bus.south_by_city')).toEqual([
      { city: 'Ely', sales: '1' },
      { city: 'Ware', sales: '1' },
    ]);
    const rebuilt = await readTable(south.warehouse, 'bus.south_by_city');
    await south.refresh(true);
    expect(await readTable(south.warehouse, 'bus.south_by_city')).toEqual(rebuilt);
    expect(await south.warehouse.query('select sale_id, city from bulk.south_sales order by sale_id')).toEqual([
      { sale_id: 1, city: 'Ware' },
      { sale_id: 2, city: 'Ely' },
    ]);
    expect(await south.warehouse.query('select count(*) as n from vault.sat_south_sale')).toEqual([{ n: 3 }]);
    expect(
      await south.warehouse.query('select entity, count(*) as n from gear.recent_changes where pipeline = ? group by entity', ['south']),
    ).toEqual([{ entity: 'sales', n: 3 }]);
    for (const chain of chains) {
      const { definition, martRefreshes, vaultLoads } = chain.pipelines.get(chain.definition.name)!;
      expect(await pruneChanges(chain.warehouse, definition, [...martRefreshes, ...vaultLoads])).toEqual({ rows: chain === north ? 2 : 3 });
    }
  });

  it('check, refuse and prune rows in their own tables of staging', async () => {
    let south = chains[1]!;
    const staged = async () => (await south.warehouse.query('select city from staging.south_sales order by city')).map(({ city }) => city);
    await south.prune('sales');
    await writeFile(join(folders[1]!, 'sales_3.csv'), 'sale_id,city\n3,Stoke\n55000,Hull\n');
    await south.pickup('sales');
    expect(await staged()).toEqual(['Hull', 'Stoke']);
    const narrower = compiled('50000');
    await migrateBoth(narrower, { recheck: true });
    for (const chain of chains) await chain.close();
    chains = open(narrower);
    south = chains[1]!;
    await writeFile(join(folders[1]!, 'sales_4.csv'), 'id,city\n3,Stoke\n');
    expect(await south.pickup('sales')).toMatchObject([{ outcome: 'refused' }]);
    expect(await south.process('sales')).toMatchObject({ inserted: 1 });
    expect(await south.prune('sales')).toBe(1);
    expect(await staged()).toEqual([]);
  });
});
