import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { quarantinedRows } from '../../../src/gear/troubles/quarantined.js';
import { readCorrected, writeCorrected } from '../../../src/activities/extract/write-corrected.js';
import { refreshMart } from '../../../src/activities/marts/refresh-mart.js';
import { restoreBucket } from '../../../src/activities/processed/restore-bucket.js';
import { verifyBucket } from '../../../src/activities/processed/verify-bucket.js';
import { FileStore } from '../../../src/connectors/file/file-store.js';
import { lastRunOf, manifestsOf, processedRuns } from '../../../src/connectors/lake/read-lake.js';
import type { CompiledPipeline } from '../../../src/engine/compiled-pipeline.js';
import type { Warehouse } from '../../../src/engine/warehouse.js';
import { FolderChain } from '../../support/folder-chain.js';
import { compileFile } from '../../support/mart-warehouse.js';
import { warehouses } from '../../support/servers/servers.js';
import { LakeFolder, type Row } from './lake.js';

jest.setTimeout(900_000);

const order = (id: number, units: string, at = '2026-03-01 10:00:00'): Row => ({
  ...{ sales_order_id: String(id), design_id: '1', staff_id: '1', counterparty_id: '1', units_sold: units, unit_price: '2.50' },
  ...{ currency_id: '1', agreed_delivery_date: '2026-03-10', agreed_payment_date: '2026-03-11', agreed_delivery_location_id: '1' },
  ...{ created_at: '2026-03-01 09:00:00', last_updated: at },
});
const design = (name: string): Row => ({
  ...{ design_id: '1', design_name: name, file_location: '/', file_name: 'a' },
  ...{ created_at: '2026-03-01 09:00:00', last_updated: '2026-03-01 09:00:00' },
});
const died = new Error('the worker died');

describe.each(warehouses)('the processed bucket on $name', ({ url }) => {
  const signal = new AbortController().signal;
  let pipeline: CompiledPipeline;
  let chain: FolderChain;
  let folder: string;
  let bucket: FileStore;
  let lake: LakeFolder;
  beforeAll(async () => {
    pipeline = await compileFile('totesys');
    chain = await FolderChain.open(url, { pipeline });
    folder = mkdtempSync(join(tmpdir(), 'strata-processed-'));
    bucket = new FileStore(folder, 0);
    lake = new LakeFolder(chain.folder);
  });
  afterAll(async () => {
    await chain.close();
    rmSync(folder, { recursive: true });
  });

  const takeIn = async () => {
    for (const { name: feed } of pipeline.definition.feeds) {
      await chain.pickup(feed);
      while ((await chain.process(feed)).more);
    }
    await chain.refresh();
  };
  const verified = async () => {
    const { tables, behind } = await verifyBucket({
      ...{ warehouse: chain.warehouse, bucket, pipeline: 'totesys', tables: pipeline.processed, signal },
    });
    return { behind, other: tables.filter(({ missing, extra, different }) => missing + extra + different > 0) };
  };
  const runs = () => readdirSync(join(folder, '_runs')).length;
  const dying = (at: string) => ({ step: (name: string) => (name === at ? Promise.reject(died) : Promise.resolve()) });

  it('is the same, without a gap, wherever a worker dies', async () => {
    lake.write({ sales_order: [[order(1, '1'), order(2, '1')]], design: [[design('a')]] });
    await takeIn();
    const steps: string[] = [];
    await chain.writeProcessed(bucket, { step: (name) => Promise.resolve(void steps.push(name)) });
    expect(steps).toEqual([
      ...['before fact_sales_order 0', 'after fact_sales_order 1', 'before dim_design 0', 'after dim_design 1'],
      ...['before dim_date 0', 'after dim_date 1', 'before prepare', 'before manifest', 'after manifest', 'after commit'],
    ]);
    for (const [round, at] of steps.entries()) {
      const before = runs();
      const [fact] = await chain.warehouse.query<{ n: number }>('select count(*) as n from bus.fact_sales_order');
      lake.write({
        sales_order: [[order(1, String(round + 2), `2026-03-02 10:00:00.${round}`), order(round + 3, '1')]],
        design: [[design(`round ${round}`)]],
      });
      await takeIn();
      await expect(chain.writeProcessed(bucket, dying(at))).rejects.toBe(died);
      const isThere = at === 'after manifest' || at === 'after commit';
      const again = await chain.writeProcessed(bucket);
      expect([at, again.run]).toEqual([at, isThere ? null : before + 1]);
      expect([at, runs()]).toEqual([at, before + 1]);
      const { tables, ingest } = (await processedRuns.readManifest(bucket, before + 1))!.manifest;
      expect([at, tables.map(({ name, rows }) => [name, rows])]).toEqual([
        at,
        [
          ['fact_sales_order', 2],
          ['dim_design', 1],
          ['dim_date', 4],
        ],
      ]);
      expect(ingest).toEqual({ first: round + 2, last: round + 2 });
      expect(await verified()).toEqual({ behind: [], other: [] });
      const [now] = await chain.warehouse.query<{ n: number }>('select count(*) as n from bus.fact_sales_order');
      expect([at, Number(now?.n) - Number(fact?.n)]).toEqual([at, 2]);
    }
  });

  it('goes on from the run of another attempt that was faster', async () => {
    lake.write({ design: [[design('both')]] });
    await takeIn();
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    const late = chain.writeProcessed(bucket, { step: (name) => (name === 'before manifest' ? held : Promise.resolve()) });
    const before = runs();
    expect((await chain.writeProcessed(bucket)).run).toBe(before + 1);
    release();
    await expect(late).rejects.toMatchObject({ type: 'contention' });
    expect(await chain.writeProcessed(bucket)).toEqual({ run: null, tables: [] });
    expect(await verified()).toEqual({ behind: [], other: [] });
  });

  it('has a version that comes again as the newest one again, in the order of runs', async () => {
    const newest = async () =>
      (await chain.warehouse.query("select units_sold from bus.current_sales_order where sales_order_id = '1'")).map((row) =>
        Number(row['units_sold']),
      );
    for (const units of ['70', '71', '70']) {
      lake.write({ sales_order: [[order(1, units, `2026-01-0${units === '70' ? 5 : 4} 10:00:00`)]] });
      await takeIn();
      expect(await newest()).toEqual([Number(units)]);
      expect((await chain.writeProcessed(bucket)).tables).toContainEqual(expect.objectContaining({ name: 'fact_sales_order', rows: 1 }));
      expect(await verified()).toEqual({ behind: [], other: [] });
    }
  });

  it('has every order in its view while bulk has a version whose fact is still to come', async () => {
    const of = (target: string) => pipeline.martRefreshes.find((mart) => mart.target === target)!;
    const units = async () =>
      (await chain.warehouse.query('select sales_order_id, units_sold from bus.current_sales_order where sales_order_id > 700')).map(
        (row) => Object.values(row).map(Number),
      );
    const deliver = async (day: number, ...orders: readonly Row[]) => {
      lake.write({ sales_order: [orders.map((each) => ({ ...each, last_updated: `2026-04-0${day} 10:00:00` }))] });
      await chain.pickup('sales_order');
      while ((await chain.process('sales_order')).more);
    };
    await deliver(1, order(701, '1'));
    await chain.refresh();
    await deliver(2, order(701, '2'));
    await refreshMart(chain.warehouse, of('bus.fact_sales_order'));
    expect(await units()).toEqual([[701, 1]]);
    await deliver(3, order(701, '3'), order(702, '1'));
    await refreshMart(chain.warehouse, of('bus.newest_sales_order'));
    expect(await units()).toEqual([[701, 2]]);
    await chain.writeProcessed(bucket);
    expect(await verified()).toEqual({ behind: [], other: [] });
    await chain.refresh();
    expect(await units()).toEqual([
      [701, 3],
      [702, 1],
    ]);
    await chain.writeProcessed(bucket);
    expect(await verified()).toEqual({ behind: [], other: [] });
  });

  it('is verified again when the warehouse or the bucket went on in the meantime, and says so where they never rest', async () => {
    let added = 900;
    const goesOn = async (times: number) => {
      let left = times;
      let isFirst = false;
      // While the first table is compared, the warehouse and the bucket get another row of a later one.
      async function* streamLate(...args: Parameters<Warehouse['stream']>): AsyncGenerator<readonly (string | null)[]> {
        if (isFirst && left > 0) {
          isFirst = false;
          left -= 1;
          added += 1;
          lake.write({ sales_order: [[order(added, '1')]] });
          await takeIn();
          await chain.writeProcessed(bucket);
        }
        yield* chain.warehouse.stream(...args);
      }
      const warehouse = Object.create(chain.warehouse, { stream: { value: streamLate } }) as Warehouse;
      let compared = 0;
      const onTable = (name: string) => {
        isFirst = name === pipeline.processed[0]!.mart;
        compared += 1;
      };
      const { moved, tables, behind } = await verifyBucket({
        ...{ warehouse, bucket, pipeline: 'totesys', tables: pipeline.processed, signal, onTable },
      });
      const isSame = tables.every(({ missing, extra, different }) => missing + extra + different === 0);
      return { moved, isSame, behind, rounds: compared / pipeline.processed.length };
    };
    expect(await goesOn(1)).toEqual({ moved: false, isSame: true, behind: [], rounds: 2 });
    expect(await goesOn(9)).toEqual({ moved: true, isSame: false, behind: [], rounds: 3 });
    expect(await goesOn(0)).toEqual({ moved: false, isSame: true, behind: [], rounds: 1 });
  });

  it('gets corrected rows, which are a run of the lake from then on', async () => {
    lake.write({ sales_order: [[order(50, '1'), { ...order(51, '5'), agreed_payment_date: '2026-02-30' }]] });
    await takeIn();
    const [entry] = await chain.warehouse.query<{ load_id: number; object_key: string; raw: Buffer; header: string }>(
      'select l.load_id, l.object_key, l.header, q.raw from gear.quarantine q join gear.loads l on l.load_id = q.load_id',
    );
    const columns = (JSON.parse(entry!.header) as string[]).map((name) => (name === 'source_created_at' ? 'created_at' : name));
    const file = join(folder, '..', `strata-corrected-${process.pid}.csv`);
    writeFileSync(file, `strata_row,${columns.join(',')}\n7@12,${entry!.raw.toString().replace('2026-02-30', '2026-02-28')}\n`);
    const store = chain.stores.sourceOf('totesys');
    const of = { warehouse: chain.warehouse, lake: store, pipeline: 'totesys', extract: 'totesys', objectKey: entry!.object_key };
    const loadId = Number(entry!.load_id);
    const troubles = () => quarantinedRows(chain.warehouse, { pipeline: 'totesys', feed: 'sales_order' });
    expect(await troubles()).toMatchObject({ rows: 1 });
    const before = await lastRunOf(store);
    const transaction: Warehouse['transaction'] = async (...args) => {
      if ((await lastRunOf(store)) > before) throw died;
      return chain.warehouse.transaction(...args);
    };
    const dying = Object.create(chain.warehouse, { transaction: { value: transaction } }) as Warehouse;
    // It dies when the run is in the lake, and nobody knows of it.
    await expect(writeCorrected({ ...of, warehouse: dying, loadId, rows: await readCorrected(file) })).rejects.toBe(died);
    const run = await lastRunOf(store);
    expect(run).toBe(before + 1);
    for (const again of ['after a death', 'once more'])
      expect([again, await writeCorrected({ ...of, loadId, rows: await readCorrected(file) })]).toEqual([again, run]);
    expect(await lastRunOf(store)).toBe(run);
    const [manifest] = await manifestsOf(store, run, run);
    expect(manifest).toMatchObject({ run, kind: 'corrected', tables: [{ name: 'sales_order', rows: 1 }] });
    expect(manifest?.tables[0]?.columns.map(({ name }) => name)).toEqual(columns);

    await takeIn();
    expect(await troubles()).toBeUndefined();
    await chain.writeProcessed(bucket);
    const inBus = 'select units_sold, agreed_payment_date from bus.current_sales_order where sales_order_id = 51';
    expect(await chain.warehouse.query(inBus)).toEqual([{ units_sold: 5, agreed_payment_date: '2026-02-28' }]);
    expect(await verified()).toEqual({ behind: [], other: [] });
    const ids = 'select sales_record_id, sales_order_id, last_updated_time from bus.fact_sales_order order by sales_record_id';
    const facts = await chain.warehouse.query(ids);

    await chain.reset();
    await takeIn();
    expect(await chain.warehouse.query(inBus)).toHaveLength(1);
    expect(await chain.warehouse.query(ids)).toEqual(facts);

    await chain.reset();
    const { processed: tables, martRefreshes: refreshes } = pipeline;
    await restoreBucket({ warehouse: chain.warehouse, bucket, pipeline: 'totesys', tables, refreshes, signal });
    expect(await chain.warehouse.query(inBus)).toHaveLength(1);
    expect(await chain.warehouse.query(ids)).toEqual(facts);
    await expect(
      restoreBucket({ warehouse: chain.warehouse, bucket, pipeline: 'totesys', tables, refreshes, signal }),
    ).rejects.toMatchObject({
      type: 'misconfigured',
    });

    writeFileSync(file, 'strata_row,sales_order_id\n7@12,1\n');
    await expect(writeCorrected({ ...of, loadId, rows: await readCorrected(file) })).rejects.toMatchObject({ type: 'definition' });
    rmSync(file);
  });

  it('refuses an address where another bucket is', async () => {
    const other = mkdtempSync(join(tmpdir(), 'strata-processed-'));
    await expect(chain.writeProcessed(new FileStore(other, 0))).rejects.toMatchObject({ type: 'misconfigured' });
    rmSync(other, { recursive: true });
  });
});
