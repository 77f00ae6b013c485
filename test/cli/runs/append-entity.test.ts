import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, it } from '@jest/globals';
import type { PipelineDefinition } from '../../../src/index.js';
import { openWarehouse } from '../../../src/connectors/mysql/warehouse.js';
import { freshPrefix, temporal, warehouse } from '../../support/servers/servers.js';
import { StrataProcess } from '../../support/strata-process.js';
import { Summary } from '../../../tools/demo/summary.js';

const source = mkdtempSync(join(tmpdir(), 'strata-append-'));
const project = mkdtempSync(join(tmpdir(), 'strata-append-project-'));
const prefix = freshPrefix();
const name = `append_${prefix.slice(1, 7)}`;
const env = {
  STRATA_MYSQL_URL: warehouse.url,
  STRATA_SCHEMA_PREFIX: prefix,
  STRATA_TASK_QUEUE: name,
  STRATA_PIPELINES: join(project, 'pipeline.json'),
  TEMPORAL_ADDRESS: temporal.address,
  RIDES_SOURCE_URL: pathToFileURL(source).href,
};
/** The definition of docs/how-to/pipelines/append-rows.md, whose file has a column of another type beside. */
const definition = {
  name,
  sourceSetting: 'RIDES_SOURCE_URL',
  schedules: { pickup: '0 0 1 1 *', process: '0 0 2 1 *', aggregate: '0 0 2 1 *' },
  feeds: [
    {
      name: 'rides',
      match: '^rides.*\\.csv$',
      reasons: ['bad_city', 'no_city', 'too_many_cities', 'bad_place', 'bad_time', 'bad_price'],
      columns: [
        {
          name: 'city',
          header: 'city',
          type: { kind: 'text', maxLength: 20, dictionary: true },
          reason: { bad: 'bad_city', empty: 'no_city', full: 'too_many_cities' },
        },
        { name: 'place', header: 'place', type: { kind: 'point' }, reason: 'bad_place' },
        { name: 'began', header: 'began', type: { kind: 'timestamp', zone: 'none', precision: 0 }, reason: 'bad_time' },
        { name: 'price', header: 'price', type: { kind: 'decimal', precision: 8, scale: 2 }, nullable: true, reason: 'bad_price' },
      ],
    },
  ],
  entities: [
    {
      name: 'rides',
      append: true,
      cell: 'place',
      order: ['began'],
      values: ['city', 'place', 'began', 'price'],
      from: [{ feed: 'rides' }],
    },
  ],
  surrogates: [],
  vault: { hubs: [], links: [], satellites: [] },
  sqlFolder: 'sql',
};
const view = `-- view: bus.rides
-- Rides of files that are loaded as a whole.

select c.value as city, r.place_lon, r.place_lat, r.began, r.price
from gear.visible_runs v
join bulk.rides r on r.run = v.run
join bulk.rides_city c on c.id = r.city
where v.entity = 'rides'
`;

describe('a pipeline with an append entity', () => {
  let worker: StrataProcess | undefined;
  afterAll(async () => {
    await worker?.stop();
    rmSync(source, { recursive: true });
    rmSync(project, { recursive: true });
  });

  const run = async (...args: readonly string[]) => {
    const ran = await StrataProcess.run(args, env);
    return { ...ran, report: ran.stdout.startsWith('{') ? (JSON.parse(ran.stdout) as Record<string, unknown>) : {} };
  };

  it('loads files, refuses the same bytes, and loads them all the same when that is accepted', async () => {
    writeFileSync(join(project, 'pipeline.json'), JSON.stringify(definition));
    mkdirSync(join(project, 'sql', 'bus'), { recursive: true });
    writeFileSync(join(project, 'sql', 'bus', 'rides.sql'), view);
    expect(await run('migrate')).toMatchObject({ code: 0, stderr: '' });
    worker = await StrataProcess.startWorker(env);
    const file = 'city,place,began,price\nPrague,POINT (14.4 50.1),2018-05-28 09:03:40,00012.50\nTurin,POINT (7.6 45),2018-05-28T09:03,\n';
    for (const key of ['rides-1.csv', 'rides-2.csv']) writeFileSync(join(source, key), file);
    await sleep(2_500);
    const first = await run('run', name, '--json');
    expect(first.report).toMatchObject({
      ok: true,
      pickups: { rides: { staged: 1, refused: 1 } },
      feeds: { rides: { inserted: 2 } },
    });
    const loads = JSON.parse((await run('loads', '--json')).stdout) as { loadId: number; state: string }[];
    const refused = loads.find(({ state }) => state === 'refused')!.loadId;
    expect((await run('quarantine', 'replay', String(refused))).stderr).toContain('add --accept-duplicate');
    expect((await run('quarantine', 'replay', String(refused === 1 ? 2 : 1), '--accept-duplicate')).stderr).toContain(
      'was not refused as a duplicate',
    );
    const again = await run('quarantine', 'replay', String(refused), '--accept-duplicate', '--json');
    expect(again.report).toMatchObject({ ok: true, feeds: { rides: { inserted: 2 } } });
    expect((await run('status', '--json')).code).toBe(0);
    const opened = openWarehouse({ url: warehouse.url, prefix });
    const rides = [
      { city: 'Prague', place_lon: 144_000_000, place_lat: 501_000_000, began: '2018-05-28 09:03:40', price: '12.50' },
      { city: 'Turin', place_lon: 76_000_000, place_lat: 450_000_000, began: '2018-05-28 09:03:00', price: null },
    ];
    expect(await opened.query('select * from bus.rides order by city')).toEqual(rides.flatMap((ride) => [ride, ride]));
    await opened.close();
    const summary = await Summary.connect(warehouse.url, prefix);
    const layers = await summary.layers('2000-01-01', [definition as PipelineDefinition]);
    await summary.end();
    expect(layers).toEqual([
      ['landed', 4, 'straight into bulk from 3 files, all processed'],
      ['quarantine', 0, 'duplicate_file 1'],
      ['bulk', 6, 'rides 4, rides_city 2'],
      ['vault', 0, 'in 0 tables'],
      ['bus', null, 'in 1 view'],
    ]);
  });
});
