import { rm, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { claimObjects } from '../../../src/activities/pickup/claim-objects.js';
import { acceptDuplicate, isRefusedDuplicate } from '../../../src/gear/append/append-loads.js';
import { entityOf } from '../../../src/engine/entities/entity.js';
import { giveIds } from '../../../src/gear/append/dictionaries.js';
import { zstdMissing } from '../../../src/engine/read/decode/unzstd.js';
import { plainFrame } from '../../engine/read/decode/zstd-files.js';
import { fillCopies } from '../../../src/gear/append/run-copies.js';
import { trips } from '../../../src/pipelines/trips.js';
import { plan, range } from '../../support/land.js';
import { FolderChain } from '../../support/folder-chain.js';
import { compileFile } from '../../support/mart-warehouse.js';
import { warehouses } from '../../support/servers/servers.js';
import { until } from '../../support/until.js';
import { sortedTrips, tripsHeader, tripsOf } from '../../support/trips/file-trips.js';
import { quietScope } from '../../support/warehouse-chain.js';

const row = (n: number): string =>
  `${n % 3 === 0 ? 'Prague' : 'Turin'},POINT (${14 + (n % 7) / 100} ${50 - n / 1000}),POINT (${-n / 10} ${n % 90}),2018-05-${10 + (n % 20)} 09:03:${10 + (n % 50)},source ${n % 5}\n`;
const rows = (from: number, count: number) => Array.from({ length: count }, (_, i) => row(from + i)).join('');
const bad = [
  ',POINT (1 2),POINT (1 2),2018-05-28 09:03:40,car\n',
  'Prague,POINT (1 2),POINT (1 2),2018-05-28 09:03:40,\n',
  'Prague,POINT (181 2),POINT EMPTY,2018-05-28 09:03:40,car\n',
  'Prague,POINT (1 2),POINT (1 2),2018-02-30 09:03:40,car\n',
  'Prague,POINT (1 2),POINT (1 2),2018-05-28 09:03:40.5,car\n',
  `${'x'.repeat(101)},POINT (1 2),POINT (1 2),2018-05-28 09:03,car\n`,
].join('');

describe.each(warehouses)('files of an append entity on $name', ({ url }) => {
  let chain: FolderChain;
  beforeAll(async () => {
    chain = await FolderChain.open(url, { pipeline: await compileFile('trips'), runBytes: 4_000 });
  });
  beforeEach(async () => {
    for (const name of await readdir(chain.folder))
      if (!name.startsWith('_') && !name.startsWith('.')) await rm(join(chain.folder, name), { recursive: true });
    await chain.reset();
  });
  afterAll(() => chain.close());

  const put = (name: string, content: string | Buffer) => writeFile(join(chain.folder, name), content);
  const query = (sql: string) => chain.warehouse.query(sql);
  const shown = async () => sortedTrips(await query('select * from bus.trips'));
  const load = async () => {
    const landed = await chain.pickup('trips');
    await chain.process('trips');
    return landed;
  };
  const states = () => query('select load_id, state, source_state, rows_staged, rows_quarantined from gear.loads order by load_id');

  it('are trips as another parser finds them, and the bad rows are in quarantine with their reasons', async () => {
    const sample = await readFile(new URL('../../../tools/samples/trips/trips.csv', import.meta.url), 'utf8');
    await put('trips.csv', sample);
    expect(await load()).toMatchObject([{ outcome: 'staged', rowsStaged: 100, rowsQuarantined: 0 }]);
    expect(await shown()).toEqual(tripsOf(sample).trips);
    const mixed = `datasource,datetime,destination_coord,origin_coord,region\r\n" a ""b"" ",2019-01-01T00:00:00,"POINT (-1 -1)", Point( 1e1 .5 ) ,Praha 東\r\n`;
    await put('trips-b.csv', mixed);
    await put('trips-c.csv', tripsHeader + bad + row(1));
    expect(await load()).toMatchObject([
      { rowsStaged: 1, rowsQuarantined: 0 },
      { rowsStaged: 1, rowsQuarantined: 6 },
    ]);
    expect(await shown()).toEqual(sortedTrips([sample, mixed, tripsHeader + row(1)].flatMap((text) => tripsOf(text).trips)));
    expect(await query('select line_number, reasons from gear.quarantine order by row_offset')).toEqual(
      ['missing_region', 'missing_datasource', 'bad_point', 'bad_date', 'bad_date', 'bad_date,too_long'].map((reasons, index) => ({
        line_number: index + 2,
        reasons,
      })),
    );
    expect(await readdir(chain.folder)).not.toContain('trips.csv');
    expect(await query('select entity, sum(inserted) as n from gear.load_counts group by entity')).toEqual([{ entity: 'trips', n: '102' }]);
    expect(await query("select count(*) as n from gear.loads where state = 'processed'")).toEqual([{ n: 3 }]);
  });

  it('show nothing before all of a file is there, and are sorted by cell, part of the cell and time within each run', async () => {
    await put('trips.csv', tripsHeader + rows(1, 300));
    await chain.pickup('trips', false);
    const [{ runs } = { runs: 0 }] = await query('select count(*) as runs from gear.append_runs');
    expect(Number(runs)).toBeGreaterThan(6);
    expect(await query('select count(*) as n from bulk.trips')).toEqual([{ n: 300 }]);
    expect(await shown()).toEqual([]);
    await chain.process('trips');
    expect(await shown()).toEqual(tripsOf(tripsHeader + rows(1, 300)).trips);
    const wrong = `select count(*) as n from (
      select run, cell * 16 + part as place, datetime, lag(cell * 16 + part) over (partition by run order by n) as before_place,
        lag(datetime) over (partition by run order by n) as before_time from bulk.trips
    ) t where before_place > place or (before_place = place and before_time > datetime)`;
    expect(await query(wrong)).toEqual([{ n: 0 }]);
    expect(await query(wrong.replace('bulk.trips', 'bulk.trips_by_destination'))).toEqual([{ n: 0 }]);
    expect(
      await query(
        `select count(*) as n from bulk.trips_by_destination where cell <> (floor(destination_lon / 100000) + 18000) * 18001 + floor(destination_lat / 100000) + 9000
          or part <> floor(destination_lon / 25000) % 4 * 4 + floor(destination_lat / 25000) % 4`,
      ),
    ).toEqual([{ n: 0 }]);
    // A worker copies a run as it writes one.
    const copied = () => query('select * from bulk.trips_by_destination order by run, cell, n');
    const written = await copied();
    expect(written.length).toBe(300);
    await query('delete from gear.run_copies');
    await fillCopies(chain.warehouse, 'trips', entityOf(trips, 'trips'), {});
    expect(await copied()).toEqual(written);
    expect(
      await query(
        'select count(*) as n from bulk.trips where cell <> (floor(origin_lon / 100000) + 18000) * 18001 + floor(origin_lat / 100000) + 9000',
      ),
    ).toEqual([{ n: 0 }]);
  });

  it('are processed without those that are staged meanwhile, which the next batch has', async () => {
    await put('trips-a.csv', tripsHeader + rows(1, 50));
    await chain.pickup('trips', false);
    await put('trips-b.csv', tripsHeader + rows(60, 10));
    const processing = await chain.warehouse.transaction(async (transaction) => {
      // Processing waits for this lock once what was staged shows.
      await transaction.query("select 1 as one from gear.feeds where pipeline = 'trips' and feed = 'trips' for update");
      const begun = chain.process('trips');
      await until(async () => (await query("select 1 as one from gear.append_loads where state = 'visible'")).length > 0);
      await chain.pickup('trips', false);
      return { begun };
    });
    expect(await processing.begun).toMatchObject({ batch: 1, loads: 1, inserted: 50, more: true });
    expect(await chain.process('trips')).toMatchObject({ batch: 2, loads: 1, inserted: 10, more: false });
    expect((await shown()).length).toBe(60);
  });

  it('of the same bytes are loaded once; the other one is refused, and loaded all the same where that is accepted', async () => {
    const file = tripsHeader + rows(1, 50);
    await put('trips-a.csv', file);
    await put('trips-b.csv', file);
    expect(await load()).toMatchObject([{ outcome: 'staged' }, { outcome: 'refused' }]);
    expect((await shown()).length).toBe(50);
    expect(await query('select load_id, line_number, reasons from gear.quarantine')).toEqual([
      { load_id: 2, line_number: 1, reasons: 'duplicate_file' },
    ]);
    expect(await query('select problem from gear.refusals')).toEqual([
      { problem: expect.stringContaining('the same bytes were loaded before, as load 1 (trips-a.csv)') as unknown },
    ]);
    const folder = await chain.quarantineFolder(2);
    expect(await readdir(join(chain.folder, folder))).toEqual(['trips-b.csv']);
    const again = `${chain.stores.sourceOf('trips').url}${folder}`;
    expect(await chain.backfill('trips', again)).toMatchObject([{ outcome: 'refused' }]);
    expect([await isRefusedDuplicate(chain.warehouse, 1), await isRefusedDuplicate(chain.warehouse, 2)]).toEqual([false, true]);
    await acceptDuplicate(chain.warehouse, 2);
    await acceptDuplicate(chain.warehouse, 2);
    await put(join(folder, 'trips-c.csv'), file);
    await chain.backfill('trips', again);
    await chain.process('trips');
    expect((await shown()).length).toBe(150);
  });

  it('that are packed are one stream, and one that is damaged is refused as a whole', async () => {
    const [first, second] = [tripsHeader + rows(1, 100), rows(101, 100)];
    await put('trips.csv.gz', Buffer.concat([gzipSync(first), gzipSync(second)]));
    expect(await load()).toMatchObject([{ outcome: 'staged', rowsStaged: 200 }]);
    expect(await shown()).toEqual(tripsOf(first + second).trips);
    await put('trips-cut.csv.gz', gzipSync(tripsHeader + rows(500, 400)).subarray(0, -20));
    await put('trips-no.csv.gz', tripsHeader + row(1));
    expect(await load()).toMatchObject([{ outcome: 'refused' }, { outcome: 'refused' }]);
    expect(await query('select reasons, line_number from gear.quarantine where line_number = 0')).toEqual([
      { reasons: 'bad_gzip', line_number: 0 },
      { reasons: 'bad_gzip', line_number: 0 },
    ]);
    expect((await shown()).length).toBe(200);
    // They did not count as loaded.
    expect(await query('select count(*) as n from gear.append_loads')).toEqual([{ n: 1 }]);
  });

  it('that are packed by zstd are read where Node can, and fail and wait elsewhere', async () => {
    const [first, second] = [tripsHeader + rows(1, 100), rows(101, 100)];
    await put('trips.csv.zst', Buffer.concat([first, second].map((text) => plainFrame([Buffer.from(text)], [0, 10 << 3]))));
    if (zstdMissing() === undefined) expect(await load()).toMatchObject([{ outcome: 'staged', rowsStaged: 200 }]);
    else {
      await expect(load()).rejects.toMatchObject({ type: 'misconfigured', message: expect.stringMatching(/^zstd needs Node/) as unknown });
      expect(await states()).toMatchObject([{ rows_quarantined: 0, source_state: 'present' }]);
      expect(await readdir(chain.folder)).toContain('trips.csv.zst');
    }
    expect(await shown()).toEqual(zstdMissing() === undefined ? tripsOf(first + second).trips : []);
  });

  it('give names their ids, of which there are 65,535', async () => {
    const names = Array.from({ length: 65_534 }, (_, index) => `city ${index}`);
    await giveIds(chain.warehouse, 'bulk.trips_region', names, {});
    const of = (region: string) => row(1).replace('Turin', region);
    await put('trips.csv', tripsHeader + of('last') + of('one too many') + of('city 7') + of('last'));
    expect(await load()).toMatchObject([{ rowsStaged: 3, rowsQuarantined: 1 }]);
    expect(await query('select reasons from gear.quarantine')).toEqual([{ reasons: 'too_many_regions' }]);
    expect(await query('select region, count(*) as n from bus.trips group by region order by region')).toEqual([
      { region: 'city 7', n: 1 },
      { region: 'last', n: 2 },
    ]);
    await expect(giveIds(chain.warehouse, 'bulk.trips_region', ['no room'], {})).rejects.toMatchObject({ type: 'contention' });
  });

  it('that are replaced while they are read leave nothing', async () => {
    await put('trips.csv', tripsHeader + rows(1, 300));
    await chain.pickup('trips', false).catch(() => undefined);
    await chain.reset();
    await put('trips.csv', tripsHeader + rows(1, 300));
    const { loadId } = await claim();
    const { ranges } = await plan(chain.deps, loadId, quietScope);
    await range(chain.deps, loadId, ranges[0]!, quietScope);
    await put('trips.csv', tripsHeader + rows(1, 301));
    await range(chain.deps, loadId, ranges[1]!, quietScope);
    expect(await states()).toMatchObject([{ state: 'replaced', rows_staged: 0 }]);
    expect(await load()).toMatchObject([{ outcome: 'staged', rowsStaged: 301 }]);
    expect(await shown()).toEqual(tripsOf(tripsHeader + rows(1, 301)).trips);
    expect(
      await query('select count(*) as n from gear.run_copies c left join gear.append_runs r on r.run = c.run where r.run is null'),
    ).toEqual([{ n: 0 }]);
    await chain.prune('trips');
    for (const table of ['trips', 'trips_by_destination'])
      expect(await query(`select count(*) as n from bulk.${table}`)).toEqual([{ n: 301 }]);
  });

  const claim = async (): Promise<{ readonly loadId: number }> => {
    await claimObjects(chain.deps, { pipeline: 'trips', feed: 'trips', source: { kind: 'feed' } }, quietScope);
    const [row] = await query("select max(load_id) as load_id from gear.loads where state = 'claimed'");
    return { loadId: Number(row?.load_id) };
  };
});
