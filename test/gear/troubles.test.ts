import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { findLeftOut, findNewColumns } from '../../src/activities/alerts/find-in-warehouse.js';
import type { PipelineDefinition } from '../../src/engine/definition/types.js';
import type { LakeManifest } from '../../src/contracts/lake/manifest.js';
import type { Statements, Warehouse } from '../../src/engine/warehouse.js';
import { quarantinedRows } from '../../src/gear/troubles/quarantined.js';
import { refusedFiles } from '../../src/gear/troubles/refused.js';
import { leftOutTables, newColumns } from '../../src/gear/troubles/source-tables.js';
import { commitRun, prepareRun } from '../../src/gear/extracts/commit-run.js';
import { findExtract } from '../../src/gear/extracts/extract-state.js';
import { stillClaimed } from '../../src/gear/troubles/open-loads.js';
import { gearWarehouse } from '../support/pipelines/extract-lab.js';
import { warehouses } from '../support/servers/servers.js';

const pipeline = 'shop';
const feed = 'orders';

describe.each(warehouses)('what is wrong, as the warehouse knows it on $name', ({ url }) => {
  let warehouse: Warehouse;
  let loads = 0;
  beforeAll(async () => {
    warehouse = await gearWarehouse(url);
  });
  afterAll(() => warehouse.close());

  async function load(state: string, key = 'orders.csv', folder = 's3://shop/'): Promise<number> {
    loads += 1;
    await warehouse.execute(
      `insert into gear.loads (load_id, pipeline, feed, kind, store_url, object_key, etag, size_bytes, last_modified, identity, delivery_order, state, claimed_at)
       values (?, ?, ?, 'pickup', ?, ?, 'e', 1, '2026-03-01', unhex(sha2(?, 256)), ?, ?, '2026-03-01 09:00:00.5')`,
      [loads, pipeline, feed, folder, key, String(loads), String(loads), state],
    );
    return loads;
  }

  const quarantine = async (loadId: number, rows: number, reasons = 'bad_key') => {
    await warehouse.execute('update gear.loads set rows_quarantined = rows_quarantined + ? where load_id = ?', [rows, loadId]);
    await warehouse.execute(
      `insert into gear.quarantine (load_id, pipeline, feed, object_key, line_number, row_offset, row_bytes, reasons, raw, quarantined_at)
       values ${Array.from({ length: rows }, () => "(?, ?, ?, 'orders.csv', 2, ?, 1, ?, 'x', '2026-03-01 09:00:01')").join(', ')}`,
      Array.from({ length: rows }, (_each, index) => [loadId, pipeline, feed, index + (reasons === 'bad_key' ? 0 : 5_000), reasons]).flat(),
    );
  };

  it('counts rows in quarantine by their reasons, without those of refused files and of loads that were loaded again', async () => {
    expect(await quarantinedRows(warehouse, { pipeline, feed })).toBeUndefined();
    const [first, refused] = [await load('processed'), await load('refused')];
    await quarantine(refused, 1);
    expect(await quarantinedRows(warehouse, { pipeline, feed })).toBeUndefined();
    await quarantine(first, 3);
    await quarantine(first, 2, 'bad_date,bad_key');
    const found = await quarantinedRows(warehouse, { pipeline, feed });
    expect(found).toMatchObject({ rows: 5, byReasons: { bad_key: 3, 'bad_date,bad_key': 2 }, at: '2026-03-01T09:00:01Z' });
    expect(await quarantinedRows(warehouse, { pipeline, feed: 'others' })).toBeUndefined();
    const again = await load('claimed');
    await warehouse.execute('insert into gear.replays (load_id, first_load_id) values (?, ?)', [again, first]);
    expect(await quarantinedRows(warehouse, { pipeline, feed })).toMatchObject({ rows: 5, newest: found!.newest });
    await warehouse.execute("update gear.loads set state = 'staged' where load_id = ?", [again]);
    expect(await quarantinedRows(warehouse, { pipeline, feed })).toBeUndefined();
    await quarantine(again, 1_005);
    expect(await quarantinedRows(warehouse, { pipeline, feed })).toMatchObject({ rows: 1_001 });
  });

  it('counts no rows that were corrected without their places, or by a run of the lake that the feed has taken in', async () => {
    const corrected = 'payments';
    const add = async (state: string, key?: string) => {
      const id = await load(state, key);
      await warehouse.execute('update gear.loads set feed = ? where load_id = ?', [corrected, id]);
      return id;
    };
    const rows = async () => (await quarantinedRows(warehouse, { pipeline, feed: corrected }))?.rows;
    const [first, second] = [await add('processed'), await add('processed')];
    for (const id of [first, second]) await quarantine(id, 1);
    await warehouse.execute('update gear.quarantine set feed = ? where load_id in (?, ?)', [corrected, first, second]);
    expect(await rows()).toBe(2);
    const again = await add('claimed');
    await warehouse.execute('insert into gear.corrections (load_id, first_load_id) values (?, ?)', [again, first]);
    expect(await rows()).toBe(2);
    await warehouse.execute("update gear.loads set state = 'staged' where load_id = ?", [again]);
    expect(await rows()).toBe(1);

    // Its own bad rows are corrected from its own folder.
    await quarantine(again, 1);
    await warehouse.execute('update gear.quarantine set feed = ? where load_id = ?', [corrected, again]);
    for (const [folder, left] of [
      [first, 2],
      [again, 1],
    ] as const) {
      const last = await add('processed', `quarantine/${folder}-0badcafe/orders.csv`);
      await warehouse.execute('insert into gear.corrections (load_id, first_load_id) values (?, ?)', [last, first]);
      expect(await rows()).toBe(left);
    }

    await warehouse.execute('insert into gear.extracts (pipeline, extract) values (?, ?)', [pipeline, 'corrected']);
    const extract = await findExtract(warehouse, pipeline, 'corrected');
    const source = { system_identifier: '1', timeline: 1, xmin: '1' };
    const manifest = { run: 1, kind: 'corrected', snapshot_at: '2026-03-01T09:00:00Z', source, tables: [] } as unknown as LakeManifest;
    await prepareRun(warehouse, extract, { manifest, text: 'one', tables: new Map(), corrects: second });
    expect(await rows()).toBe(1);
    await commitRun(warehouse, extract, { manifest, text: 'one' });
    expect(await rows()).toBe(1);
    await warehouse.execute('insert into gear.lake_feeds (pipeline, feed, run) values (?, ?, 1)', [pipeline, corrected]);
    expect(await rows()).toBeUndefined();
    await warehouse.execute('delete from gear.extracts');
  });

  it('knows refused files until they are loaded, from their folder or by a file of the same name, or nobody can want them', async () => {
    await warehouse.execute('delete from gear.loads');
    const [one, two, three] = [await load('refused', 'one.csv'), await load('refused', 'two.csv'), await load('refused', 'three.csv')];
    await warehouse.execute('insert into gear.refusals (load_id, problem) values (?, ?)', [three, 'the column id is missing\nfound: x']);
    const ids = async () => (await refusedFiles(warehouse, { pipeline, feed })).map(({ loadId }) => loadId);
    expect(await ids()).toEqual([three, two, one]);
    expect((await refusedFiles(warehouse, { pipeline, feed }))[0]).toEqual({
      ...{ loadId: three, problem: 'the column id is missing', at: '2026-03-01T09:00:00Z' },
    });
    await load('processed', 'one.csv');
    await load('claimed', 'two.csv');
    expect(await ids()).toEqual([three, two]);
    const replay = async (state: string, of: number, first = of) => {
      const id = await load(state, `quarantine/${of}-1f2e3d4c/x.csv`);
      await warehouse.execute('insert into gear.corrections (load_id, first_load_id) values (?, ?)', [id, first]);
      return id;
    };
    await replay('claimed', two);
    await replay('staged', three);
    await load('staged', 'x.csv', `s3://shop/quarantine/${two}0-1f2e3d4c/`);
    expect(await ids()).toEqual([two]);
    // A file that was refused once more lies in a folder of its own: either its own folder or that of the first one brings it.
    const again = await replay('refused', two);
    expect(await ids()).toEqual([again, two]);
    await replay('processed', again, two);
    expect(await ids()).toEqual([two]);
    // As a refused snapshot is when a later one was processed.
    await warehouse.execute('update gear.loads set pruned_at = utc_timestamp(6) where load_id = ?', [two]);
    expect(await ids()).toEqual([]);
    expect(await stillClaimed(warehouse, [one, two, loads])).toEqual(new Set());
  });

  it('looks for refused files at the same cost, however many files were loaded since or were dealt with', async () => {
    await warehouse.execute('delete from gear.loads');
    await warehouse.execute('delete from gear.corrections');
    const asked = (statements: Statements) => refusedFiles(statements, { pipeline, feed });
    const reads = () =>
      warehouse.session(async (statements) => {
        const counted = async () => {
          const rows = await statements.query<{ Value: string }>("show session status like 'handler_read%'");
          return rows.reduce((sum, { Value: value }) => sum + Number(value), 0);
        };
        const before = await counted();
        expect((await asked(statements)).map(({ loadId }) => loadId)).toEqual(open);
        return (await counted()) - before;
      });
    const many = async (state: string, count: number, pruned = false) => {
      const numbers = Array.from({ length: count }, () => (loads += 1));
      await warehouse.execute(
        `insert into gear.loads (load_id, pipeline, feed, kind, store_url, object_key, etag, size_bytes, last_modified, identity, delivery_order, state, claimed_at, pruned_at)
         values ${numbers.map((id) => `(${id}, '${pipeline}', '${feed}', 'pickup', 's3://shop/', 'in/${id}.csv', 'e', 1, '2026-03-01', unhex(sha2('${id}', 256)), '${id}', '${state}', '2026-03-01', ${pruned ? "'2026-03-02'" : 'null'})`).join(', ')}`,
      );
      return numbers;
    };
    const open = [await load('refused', 'two.csv'), await load('refused', 'one.csv')].reverse();
    for (let replays = 0; replays < 20; replays += 1)
      await warehouse.execute('insert into gear.corrections (load_id, first_load_id) values (?, ?)', [
        await load('processed', `${replays}`),
        1,
      ]);
    const few = await reads();
    await many('refused', 3_000, true);
    await many('processed', 3_000);
    await warehouse.execute('analyze table gear.loads, gear.corrections');
    expect(await reads()).toBeLessThan(few + 20);
  });

  it('knows tables that the last run of theirs left out, and columns that came up', async () => {
    const extract = 'shop';
    await warehouse.execute('insert into gear.extracts (extract_id, pipeline, extract, run) values (1, ?, ?, 3)', [pipeline, extract]);
    const run = async (number: number, tables: Readonly<Record<string, string | null>>, state = 'committed') => {
      await warehouse.execute(
        `insert into gear.extract_runs (run_id, extract_id, run, kind, state, manifest_sha256, snapshot_at, system_identifier, timeline, xmin,
           row_count, byte_size, object_count, prepared_at, committed_at)
         values (?, 1, ?, 'incremental', ?, unhex(sha2(?, 256)), '2026-03-01', '1', 1, 1, 0, 0, 0, '2026-03-01', '2026-03-01 09:00:0${number}')`,
        [number * 10 + (state === 'committed' ? 0 : 1), number, state, `${number}${state}`],
      );
      for (const [table, leftOut] of Object.entries(tables))
        await warehouse.execute(
          `insert into gear.extract_tables (run_id, table_name, schema_sha256, row_count, byte_size, left_out) values (?, ?, unhex(sha2('', 256)), 0, 0, ?)`,
          [number * 10 + (state === 'committed' ? 0 : 1), table, leftOut],
        );
    };
    await run(1, { staff: 'denied', item: null });
    await run(2, { item: 'it is gone' }, 'prepared');
    expect(await leftOutTables(warehouse, { pipeline, extract })).toEqual([
      { table: 'staff', run: 1, why: 'denied', at: '2026-03-01T09:00:01Z' },
    ]);
    await run(2, { item: 'it is gone' });
    expect((await leftOutTables(warehouse, { pipeline, extract })).map(({ table }) => table)).toEqual(['item', 'staff']);
    await run(3, { staff: null, item: 'it is gone' });
    expect((await leftOutTables(warehouse, { pipeline, extract })).map(({ table, run: last }) => [table, last])).toEqual([['item', 3]]);

    const column = (name: string, since: number, until: number | null, type = 'text') =>
      warehouse.execute(
        `insert into gear.source_columns (extract_id, table_name, column_name, since_run, until_run, position, column_type, nullable)
         values (1, 'item', ?, ?, ?, ?, ?, true)`,
        [name, since, until, since * 10, type],
      );
    await column('item_id', 1, null);
    await column('price', 1, 2, 'integer');
    await column('price', 2, null, 'numeric');
    await column('gone', 2, 3);
    await column('colour', 3, null);
    expect(await newColumns(warehouse, { pipeline, extract })).toEqual([
      { table: 'item', column: 'colour', type: 'text', run: 3, at: '2026-03-01T09:00:03Z' },
    ]);

    // Where it is not the only extract, commands name it.
    await warehouse.execute("update gear.extracts set extract = 'tills' where extract_id = 1");
    const feeds = [{ name: 'items', match: 'item/.*', columns: [{ name: 'item_id' }, { name: 'price' }] }];
    const tills = { name: pipeline, feeds, extracts: [{ kind: 'postgres', name: 'tills', tables: [{ name: 'item' }] }] };
    const troubles = [findLeftOut, findNewColumns].map((find) => find(warehouse, tills as unknown as PipelineDefinition));
    expect((await Promise.all(troubles)).flat().map(({ commands }) => commands[1])).toEqual([
      'strata why shop/extract/tills',
      'strata extract shop --extract tills --full --tables item',
    ]);
  });
});
