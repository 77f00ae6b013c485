import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readMigrations } from '../../../src/config/read-migrations.js';
import { checkSchema, migrate } from '../../../src/gear/migrate/migrate.js';
import { openWarehouse } from '../../../src/connectors/mysql/warehouse.js';
import { compilePipeline } from '../../../src/engine/compiled-pipeline.js';
import type { EntityDefinition, FeedDefinition, PipelineDefinition } from '../../../src/engine/definition/types.js';
import type { Warehouse } from '../../../src/engine/warehouse.js';
import { warehouseSchema, type WarehouseSchema } from '../../../src/engine/schema/warehouse-schema.js';
import { freshPrefix, warehouses } from '../../support/servers/servers.js';

const text = (name: string) => ({ name, header: name, type: { kind: 'text', maxLength: 20, empty: '' }, reason: 'too_long' }) as const;
const feed: FeedDefinition = {
  name: 'things',
  match: '^things\\.csv$',
  reasons: ['bad_key', 'too_long'],
  columns: [{ name: 'thing_id', header: 'ID', type: { kind: 'integer', min: '1', max: '9' }, reason: 'bad_key' }, text('label')],
};
const withFeed = (changed: Partial<FeedDefinition>, entity: Partial<EntityDefinition> = {}): PipelineDefinition => ({
  name: 'shop',
  sourceSetting: 'SHOP_SOURCE_URL',
  schedules: { pickup: '*/3 * * * *', process: '*/10 * * * *', aggregate: '*/10 * * * *' },
  feeds: [{ ...feed, ...changed }],
  entities: [{ name: 'things', key: ['thing_id'], values: ['label'], from: [{ feed: changed.name ?? feed.name }], ...entity }],
  surrogates: [],
  vault: { hubs: [], links: [], satellites: [] },
  sqlFolder: 'sql/shop',
});

describe.each(warehouses)('strata migrate on $name', ({ url }) => {
  const prefix = freshPrefix();
  let warehouse: Warehouse;
  const schema = async (definition: PipelineDefinition): Promise<WarehouseSchema> =>
    warehouseSchema([compilePipeline(definition, [])], await readMigrations());

  beforeAll(() => {
    warehouse = openWarehouse({ url, prefix, connections: 4 });
  });
  afterAll(() => warehouse.close());

  it('makes everything once, also when several run at the same time', async () => {
    const wanted = await schema(withFeed({}));
    expect(await checkSchema(warehouse, prefix, wanted)).toEqual([expect.stringMatching(/gear is not there/)]);
    const reports = await Promise.all([migrate(warehouse, prefix, wanted), migrate(warehouse, prefix, wanted)]);
    expect(reports.map(({ changes }) => changes.length > 0).sort()).toEqual([false, true]);
    expect(await checkSchema(warehouse, prefix, wanted)).toEqual([]);
  });

  it('goes on where an attempt died before it noted the indexes and columns that it had added', async () => {
    const wanted = await schema(withFeed({}));
    const added = "delete from gear.applied where name = 'migration 0030_settled_quarantines'";
    expect(await warehouse.execute(added)).toMatchObject({ affectedRows: 1 });
    await warehouse.execute('alter table gear.quarantine drop key of_load');
    expect((await migrate(warehouse, prefix, wanted)).changes).toEqual(['migration 0030_settled_quarantines applied']);
    expect((await warehouse.query("show index from gear.quarantine where key_name = 'of_load'")).length).toBe(1);
    const forgotten = "delete from gear.applied where name = 'migration 0026_refused_names'";
    expect(await warehouse.execute(forgotten)).toMatchObject({ affectedRows: 1 });
    await warehouse.execute('alter table gear.corrections drop key first_load');
    expect((await migrate(warehouse, prefix, wanted)).changes).toEqual(['migration 0026_refused_names applied']);
    for (const [table, key] of [
      ['loads', 'named'],
      ['corrections', 'first_load'],
    ])
      expect((await warehouse.query(`show index from gear.${table} where key_name = '${key}'`)).length).toBeGreaterThan(0);
  });

  it('lets a column be NULL from now on, and its rows keep their values', async () => {
    const own = freshPrefix();
    const made = openWarehouse({ url, prefix: own, connections: 4 });
    await migrate(made, own, await schema(withFeed({})));
    await made.execute(
      "insert into bulk.things (thing_id, label, load_id, row_offset, created_at, updated_at) values (1, 'x', 1, 0, now(6), now(6))",
    );
    const [id, label] = feed.columns;
    const nullable = { ...label!, type: { kind: 'text', maxLength: 20 }, nullable: true } as const;
    const { changes } = await migrate(made, own, await schema(withFeed({ columns: [id!, nullable] })));
    expect(changes).toEqual(expect.arrayContaining([expect.stringContaining('bulk.things has column label as not null')]));
    await made.execute('update bulk.things set thing_id = 2, label = null where thing_id = 1');
    expect(await checkSchema(made, own, await schema(withFeed({ columns: [id!, nullable] })))).toEqual([]);
    await made.close();
  });

  it('makes tables of the same kind in databases that were made beforehand for another character set', async () => {
    const own = freshPrefix();
    const made = openWarehouse({ url, prefix: own, connections: 4 });
    for (const name of ['staging', 'bulk', 'vault', 'bus', 'gear'])
      await made.execute(`create database \`${own}${name}\` character set latin1`);
    await migrate(made, own, await schema(withFeed({})));
    const others = await made.query(
      `select table_name from information_schema.tables
       where table_schema like ? and table_type = 'BASE TABLE' and (table_collation <> 'utf8mb4_bin' or engine <> 'InnoDB')`,
      [`${own.replaceAll('_', '\\_')}%`],
    );
    await made.close();
    expect(others).toEqual([]);
  });

  it('holds no worker back for pipelines that another project has in the same warehouse', async () => {
    const mine = await schema(withFeed({}));
    const name = 'parcels';
    const theirs = await schema({ ...withFeed({ name }, { name }), name: 'post' });
    await migrate(warehouse, prefix, theirs);
    expect(await checkSchema(warehouse, prefix, mine)).toEqual([]);
    await migrate(warehouse, prefix, mine);
    expect(await checkSchema(warehouse, prefix, theirs)).toEqual([]);
  });

  it('forgets how far marts were that are no longer defined, for they would hold back pruning', async () => {
    await warehouse.execute(
      "insert into gear.marts (target, pipeline, checksum) values ('bus.gone', 'shop', ''), ('bus.other', 'another', '')",
    );
    await warehouse.execute(
      "insert into gear.mart_watermarks (target, feed, batch_number) values ('bus.gone', 'things', 1), ('bus.other', 'x', 1)",
    );
    await migrate(warehouse, prefix, await schema(withFeed({})));
    expect(await warehouse.query('select target from gear.mart_watermarks')).toEqual([{ target: 'bus.other' }]);
    expect(await warehouse.query('select target from gear.marts')).toEqual([{ target: 'bus.other' }]);
  });

  it('adds a new column and leaves it null in the rows that are there', async () => {
    await warehouse.execute("insert into bulk.things values (1, 'a', 1, 0, utc_timestamp(6), utc_timestamp(6))");
    const wider = await schema(
      withFeed({ columns: [...feed.columns, text('colour')] }, { values: ['label', 'colour'], indexes: [['colour']] }),
    );
    expect(await checkSchema(warehouse, prefix, wider)).toContain('bulk.things has no column colour');
    const { changes } = await migrate(warehouse, prefix, wider);
    expect(changes).toContain('bulk.things has no column colour: added');
    expect(await warehouse.query('select thing_id, label, colour from bulk.things')).toEqual([{ thing_id: 1, label: 'a', colour: null }]);
    expect(await checkSchema(warehouse, prefix, wider)).toEqual([]);
  });

  it('refuses what could destroy data, all of it in one message, and changes nothing', async () => {
    const other = await schema(
      withFeed(
        {
          columns: [
            { name: 'thing_id', header: 'ID', type: { kind: 'integer', min: '1', max: '18446744073709551615' }, reason: 'bad_key' },
            text('label'),
            text('extra'),
          ],
        },
        { values: ['label', 'extra'] },
      ),
    );
    const refused = migrate(warehouse, prefix, other);
    await expect(refused).rejects.toMatchObject({ type: 'misconfigured' });
    await expect(refused).rejects.toThrow(
      /bulk\.things has column thing_id as int unsigned, the definition says bigint unsigned[\s\S]*a column colour that the definition does not know/,
    );
    expect(
      await warehouse.query("select 1 as x from information_schema.columns where table_schema = ? and column_name = 'extra'", [
        `${prefix}bulk`,
      ]),
    ).toEqual([]);
  });

  it('notices a table that was changed by hand', async () => {
    await warehouse.execute('alter table bulk.things modify label varchar(7) not null');
    expect(await checkSchema(warehouse, prefix, await schema(withFeed({})))).toContain(
      'bulk.things has column label as varchar(7), the definition says varchar(20): change it by hand (docs/how-to/pipelines/change-a-definition.md, "A table differs")',
    );
  });
});
