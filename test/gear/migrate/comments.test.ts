import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readMigrations } from '../../../src/config/read-migrations.js';
import { openWarehouse } from '../../../src/connectors/mysql/warehouse.js';
import { compilePipeline, type CompiledPipeline } from '../../../src/engine/compiled-pipeline.js';
import { validatePipelines } from '../../../src/engine/definition/validate.js';
import { warehouseSchema } from '../../../src/engine/schema/warehouse-schema.js';
import type { Warehouse } from '../../../src/engine/warehouse.js';
import { checkSchema, migrate } from '../../../src/gear/migrate/migrate.js';
import { freshPrefix, warehouses } from '../../support/servers/servers.js';

interface Descriptions {
  readonly entity?: string;
  readonly column?: string;
  readonly mart?: string;
}

function described({ entity, column, mart = '' }: Descriptions): CompiledPipeline {
  const [definition] = validatePipelines([
    {
      name: 'shop',
      sourceSetting: 'SHOP_SOURCE_URL',
      schedules: { pickup: '0 0 1 1 *', process: '0 0 1 1 *', aggregate: '0 0 1 1 *' },
      feeds: [
        {
          name: 'sales',
          match: '^sales.*',
          reasons: ['bad_key', 'bad_value'],
          columns: [
            { name: 'sale_id', header: 'id', type: { kind: 'integer', min: '1', max: '9' }, reason: 'bad_key' },
            {
              name: 'city',
              header: 'city',
              ...(column && { description: column }),
              type: { kind: 'text', maxLength: 20 },
              nullable: true,
              reason: 'bad_value',
            },
          ],
        },
      ],
      entities: [{ name: 'sales', ...(entity && { description: entity }), key: ['sale_id'], values: ['city'], from: [{ feed: 'sales' }] }],
      surrogates: [],
      vault: { hubs: [], links: [], satellites: [] },
      sqlFolder: 'sql',
    },
  ]);
  const text = `-- mart: bus.cities
-- Sales by city.
-- key: city

-- columns
city varchar(20)
sales bigint${mart}

-- affected by sales
select c.new_city as city from changes.sales c

-- affected by sales
select c.old_city as city from changes.sales c

-- rows
select s.city, count(*) from [[affected straight_join]] bulk.sales s [[on s.city = affected.city]] group by s.city
`;
  return compilePipeline(definition!, [{ path: 'bus/cities.sql', text }]);
}

describe.each(warehouses)('descriptions on $name', ({ url }) => {
  const prefix = freshPrefix();
  let warehouse: Warehouse;
  beforeAll(() => {
    warehouse = openWarehouse({ url, prefix });
  });
  afterAll(() => warehouse.close());
  const apply = async (pipeline: CompiledPipeline) =>
    (await migrate(warehouse, prefix, warehouseSchema([pipeline], await readMigrations()))).changes;
  const comments = async () => [
    ...(await warehouse.query<{ c: string }>(
      `select table_comment as c from information_schema.tables where table_schema = ? and table_name = 'sales'`,
      [`${prefix}bulk`],
    )),
    ...(await warehouse.query<{ c: string }>(
      `select column_comment as c from information_schema.columns
       where table_schema in (?, ?) and table_name in ('sales', 'cities') and column_name in ('city', 'sales') order by table_name desc, column_name`,
      [`${prefix}bulk`, `${prefix}bus`],
    )),
  ];
  const shape = () =>
    warehouse.query(
      `select table_name, column_name, column_type, is_nullable, column_default, extra, collation_name
       from information_schema.columns where table_schema in (?, ?, ?) order by table_schema, table_name, ordinal_position`,
      [`${prefix}bulk`, `${prefix}bus`, `${prefix}gear`],
    );

  it('are comments of tables and columns, which analysts see, and a change of them changes nothing else', async () => {
    const first = described({ entity: 'A sale', column: "Where it's sold: caf\u00e9s, \\ and 'shops'?", mart: ' -- how many' });
    await apply(first);
    expect((await comments()).map(({ c }) => c)).toEqual(['A sale', "Where it's sold: caf\u00e9s, \\ and 'shops'?", '', 'how many']);
    await warehouse.execute('insert into bulk.sales values (1, null, 1, 0, utc_timestamp(6), utc_timestamp(6))');
    await warehouse.execute('alter table bulk.sales alter column load_id set default 7');
    const before = await shape();
    const second = described({ entity: 'One sale', column: 'The town', mart: ' -- of all years' });
    expect(await apply(second)).toEqual(['bulk.sales: described again', 'bus.cities: described again']);
    expect((await comments()).map(({ c }) => c)).toEqual(['One sale', 'The town', '', 'of all years']);
    expect(await apply(described({}))).toHaveLength(2);
    expect((await comments()).map(({ c }) => c)).toEqual(['latest sales by sale_id', '', '', '']);
    expect(await shape()).toEqual(before);
    expect(await warehouse.query('select sale_id, city, load_id from bulk.sales')).toEqual([{ sale_id: 1, city: null, load_id: 1 }]);
  });

  it('hold no worker back and rebuild no mart', async () => {
    const [plain, other] = [described({}), described({ entity: 'A sale', column: 'A town', mart: ' -- how many' })];
    expect(other.fingerprint).toBe(plain.fingerprint);
    expect(other.catalog.marts[0]!.checksum).toEqual(plain.catalog.marts[0]!.checksum);
    await apply(plain);
    expect(await checkSchema(warehouse, prefix, warehouseSchema([other], await readMigrations()))).toEqual([]);
  });
});
