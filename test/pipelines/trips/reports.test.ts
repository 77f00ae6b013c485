import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { publishAppendLoad } from '../../../src/activities/additive/publish-load.js';
import { openWarehouse } from '../../../src/connectors/mysql/warehouse.js';
import type { Area } from '../../../src/engine/areas/area.js';
import { parseAreaRequest } from '../../../src/engine/areas/area-request.js';
import type { Warehouse } from '../../../src/engine/warehouse.js';
import { answerArea } from '../../../src/status/areas/answer-area.js';
import { root } from '../../support/mart-warehouse.js';
import { warehouses } from '../../support/servers/servers.js';
import { addRun, datasources, randomPlace, randomTrips, regions, seeded, type Trip } from '../../support/trips/trip-rows.js';
import { tripWarehouse, type TripWarehouse } from '../../support/trips/trip-warehouse.js';

type Filters = Readonly<Record<string, string | number | undefined>>;

interface Question {
  readonly by: string;
  readonly region?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly place?: ReturnType<typeof randomBox> | undefined;
}

function randomBox(random: () => number) {
  const [lon1, lat1] = randomPlace(random);
  const [lon2, lat2] = randomPlace(random);
  return { lon1: lon1 / 1e7, lat1: lat1 / 1e7, lon2: lon2 / 1e7, lat2: lat2 / 1e7 };
}

/** What Metabase sends: optional parts whose filter has a value, with the value bound; the others are left out. */
function ask(name: string, filters: Filters): { sql: string; values: (string | number)[] } {
  const values: (string | number)[] = [];
  const text = readFileSync(`${root}sql/trips/reports/${name}.sql`, 'utf8').replace(/^--.*\n/gm, '');
  const sql = text.replace(/\[\[(.*?)\]\]/gs, (_all, part: string) => {
    const [, filter = ''] = /\{\{(\w+)\}\}/.exec(part) ?? [];
    const value = filters[filter];
    if (value === undefined) return '';
    values.push(value);
    return part.replace(`{{${filter}}}`, '?');
  });
  return { sql, values };
}

describe.each(warehouses)('the reports of trips on $name', ({ url }) => {
  const trips = randomTrips(4_000, 7);
  let made: TripWarehouse;
  let admin: Warehouse;
  let analyst: Warehouse;
  let area: Area;
  let user: string;
  const run = (name: string, filters: Filters = {}) => {
    const { sql, values } = ask(name, filters);
    return analyst.query(sql, values);
  };

  const publish = async (loadId: number, rows: readonly Trip[]) => {
    await addRun(admin, loadId, rows);
    await publishAppendLoad(admin, made.pipeline.additiveMerges, { pipeline: 'trips', entity: 'trips', loadId: String(loadId) });
  };
  /** That a report says of an area what `strata trips weekly` says. */
  const compare = async (report: string, { by, region, from, to, place }: Question) => {
    const box = place && [place.lon1, place.lat1, place.lon2, place.lat2].map((each) => each.toFixed(7)).join();
    const texts = { by, of: region, from, to, box };
    const { trips: count, weeks, average, first_week, last_week } = await answerArea(admin, area, parseAreaRequest(area, texts));
    const [row] = await run(report, { ...place, region, from, to });
    const said = {
      trips: Number(row!['trips']),
      weeks: Number(row!['weeks']),
      average: row!['average'],
      first_week: row!['first_week'],
      last_week: row!['last_week'],
    };
    expect({ texts, ...said }).toEqual({ texts, trips: count, weeks, average, first_week, last_week });
  };

  beforeAll(async () => {
    made = await tripWarehouse(url);
    admin = made.warehouse;
    area = made.pipeline.areas[0]!;
    for (const [index, part] of [trips.slice(0, 2_500), trips.slice(2_500)].entries()) await publish(index + 1, part);
    user = `${made.prefix}reader`;
    await admin.execute(`create user '${user}'@'%' identified by 'only-reads'`);
    await admin.execute(`grant select on \`${made.prefix}bus\`.* to '${user}'@'%'`);
    const address = new URL(url);
    address.username = user;
    address.password = 'only-reads';
    analyst = openWarehouse({ url: address.href, prefix: made.prefix });
  });
  afterAll(async () => {
    await analyst?.close();
    await admin.execute(`drop user '${user}'@'%'`);
    await admin.close();
  });

  it('know the latest datasource of the two most common regions', async () => {
    const count = (region: number) => trips.filter((trip) => trip.region === region).length;
    const common = [1, 2, 3].sort((a, b) => count(b) - count(a) || (regions[a - 1]! < regions[b - 1]! ? -1 : 1)).slice(0, 2);
    const [latest] = trips
      .filter(({ region }) => common.includes(region))
      .sort((a, b) => (a.datetime === b.datetime ? b.datasource - a.datasource : a.datetime < b.datetime ? 1 : -1));
    expect(await run('latest_datasource')).toMatchObject([
      { datasource: datasources[latest!.datasource - 1], region: regions[latest!.region - 1] },
    ]);
  });

  it('know the regions of a datasource', async () => {
    const regionsOf = async (filters: Filters) => (await run('regions_of_datasource', filters)).map(({ region }) => region);
    expect(await regionsOf({})).toEqual(regions);
    expect(await regionsOf({ datasource: 'nobody' })).toEqual([]);
  });

  it.each(['latest_datasource', 'regions_of_datasource'])('never read a trip for %s', async (name) => {
    const { sql, values } = ask(name, {});
    const plan = JSON.stringify(await admin.query(`explain format = json ${sql}`, values));
    expect(plan).toContain('table_name');
    expect(plan).not.toMatch(/table_name[^,]*"t\\"|bulk[`.]+trips\b(?!_)/);
  });

  it.each([
    ['weekly_average', 'origin'],
    ['weekly_average_by_destination', 'destination'],
  ])('find what `strata trips weekly` finds in an area: %s', async (report, by) => {
    const random = seeded(11);
    for (let asked = 0; asked < 60; asked++) {
      const region = random() < 0.3 ? 'Prague' : undefined;
      const from = random() < 0.3 ? '2017-08-10' : undefined;
      const to = random() < 0.3 ? '2019-02-12' : undefined;
      await compare(report, { by, region, from, to, place: random() < 0.9 ? randomBox(random) : undefined });
    }
  });

  it.each(['weekly_average', 'weekly_average_by_destination'])(
    'read each trip along the edges of a box once, in however many weeks: %s',
    async (report) => {
      // A box that cuts every cell of the town at its edges, and leaves those in the middle whole.
      const { sql, values } = ask(report, { lon1: 14.505, lat1: -0.025, lon2: 14.555, lat2: 0.025 });
      const read = await analyst.session(async (statements) => {
        const counted = async () => {
          const rows = await statements.query<{ Value: string }>("show session status like 'handler_read%'");
          return rows.reduce((sum, { Value: value }) => sum + Number(value), 0);
        };
        const before = await counted();
        await statements.query(sql, values);
        return (await counted()) - before;
      });
      // Sums of cells are read twice, trips once, and what lies between them some times more.
      expect(read).toBeLessThan(10 * trips.length);
    },
  );

  it('count to the last day that a date can be', async () => {
    const days = ['24', '25', '26', '27', '28', '31'].map((day) => `9999-12-${day}`);
    await publish(
      3,
      days.flatMap((day) => randomTrips(150, 17).map((trip) => ({ ...trip, datetime: `${day} 23:59:59` }))),
    );
    const random = seeded(13);
    for (const from of days)
      for (const to of days.filter((day) => day >= from))
        for (const [report, by] of [
          ['weekly_average', 'origin'],
          ['weekly_average_by_destination', 'destination'],
        ] as const)
          await compare(report, { by, from, to, place: random() < 0.8 ? randomBox(random) : undefined });
  });
});
