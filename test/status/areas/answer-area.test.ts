import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { publishAppendLoad } from '../../../src/activities/additive/publish-load.js';
import type { Area } from '../../../src/engine/areas/area.js';
import { areaAnswer } from '../../../src/engine/areas/area-answer.js';
import type { AreaRequest } from '../../../src/engine/areas/area-request.js';
import { piecesOf, type Box } from '../../../src/engine/areas/box.js';
import { weekOfDate } from '../../../src/engine/areas/weeks.js';
import type { Warehouse } from '../../../src/engine/warehouse.js';
import { entityOf } from '../../../src/engine/entities/entity.js';
import { fillCopies } from '../../../src/gear/append/run-copies.js';
import { refreshAdditive } from '../../../src/activities/marts/refresh-additive.js';
import { answerArea } from '../../../src/status/areas/answer-area.js';
import { areaState } from '../../../src/status/areas/area-state.js';
import { planBoth } from '../../../src/status/areas/plan-both.js';
import { warehouses } from '../../support/servers/servers.js';
import { addRun, randomPlace, randomTrips, regions, seeded, type Trip } from '../../support/trips/trip-rows.js';
import { tripWarehouse } from '../../support/trips/trip-warehouse.js';

const isIn = ([lon, lat]: Trip['origin'], { west, east, south, north }: Box) => lon >= west && lon <= east && lat >= south && lat <= north;

/** The answer from every row that there is. */
function bruteForce(trips: readonly Trip[], request: AreaRequest) {
  const counts = new Map<number, number>();
  for (const trip of trips) {
    const day = trip.datetime.slice(0, 10);
    if (request.of !== undefined && regions[trip.region - 1] !== request.of) continue;
    if ((request.from !== undefined && day < request.from) || (request.to !== undefined && day > request.to)) continue;
    if (request.box) {
      const pieces = piecesOf(request.box);
      if (!request.by.every((point) => pieces.some((piece) => isIn(trip[point as 'origin'], piece)))) continue;
    }
    counts.set(weekOfDate(day), (counts.get(weekOfDate(day)) ?? 0) + 1);
  }
  return areaAnswer(request, counts);
}

const world: Box = { west: -1_800_000_000, south: -900_000_000, east: 1_800_000_000, north: 900_000_000 };

function randomRequest(random: () => number): AreaRequest {
  const [lon1, lat1] = randomPlace(random);
  const [lon2, lat2] = random() < 0.1 ? [lon1, lat1] : randomPlace(random);
  const isAcross = random() < 0.1;
  const [west, east] = isAcross ? [Math.max(lon1, lon2), Math.min(lon1, lon2)] : [Math.min(lon1, lon2), Math.max(lon1, lon2)];
  const box = { west, east, south: Math.min(lat1, lat2), north: Math.max(lat1, lat2) };
  const kind = random();
  const day = (year: number) => `${year}-0${1 + Math.floor(random() * 9)}-1${Math.floor(random() * 10)}`;
  return {
    ...(kind < 0.03 ? { box: world } : kind < 0.06 ? {} : { box }),
    ...(random() < 0.3 && { of: regions[Math.floor(random() * 3)]! }),
    by: [['origin'], ['destination'], ['origin', 'destination']][Math.floor(random() * 3)]!,
    ...(random() < 0.25 && { from: day(2017) }),
    ...(random() < 0.25 && { to: day(random() < 0.5 ? 2018 : 2019) }),
  };
}

const asked: readonly AreaRequest[] = [
  { by: ['destination'], box: { west: 144_950_000, south: -350_000, east: 145_250_000, north: 250_000 } },
  { by: ['origin', 'destination'], box: { west: 145_050_000, south: -250_000, east: 145_350_000, north: 150_000 }, to: '2018-07-04' },
];

describe.each(warehouses)('rows that came before their copy on $name', ({ url }) => {
  it('are read one by one until workers have copied them and counted the copies', async () => {
    const { warehouse, pipeline } = await tripWarehouse(url);
    const weekly = pipeline.areas[0]!;
    const merges = pipeline.additiveMerges;
    const earlier = merges.filter(({ target }) => !target.includes('destination_'));
    const loads = [randomTrips(300, 1), randomTrips(200, 2), randomTrips(100, 3)];
    const trips = loads.slice(0, 2).flat();
    for (const [index, load] of loads.slice(0, 2).entries()) {
      await addRun(warehouse, index + 1, load, false);
      await publishAppendLoad(warehouse, earlier, { pipeline: 'trips', entity: 'trips', loadId: String(index + 1) });
    }
    const right = async (expected: readonly Trip[]) => {
      for (const request of asked) expect(await answerArea(warehouse, weekly, request)).toEqual(bruteForce(expected, request));
    };
    const points = async () => (await areaState(warehouse, weekly)).points;
    expect(await points()).toEqual(['origin']);
    await right(trips);
    await fillCopies(warehouse, 'trips', entityOf(pipeline.definition, 'trips'), {});
    // The rows are there, but what was counted of them is not.
    expect(await points()).toEqual(['origin']);
    await right(trips);
    for (const { target } of merges) await refreshAdditive(warehouse, merges, target, {});
    expect(await points()).toEqual(['origin', 'destination']);
    await right(trips);
    const copied = 'select run, copy, hex(checksum) as checksum from gear.run_copies order by run';
    const [before, rows] = [
      await warehouse.query(copied),
      await warehouse.query('select * from bulk.trips_by_destination order by run, cell, n'),
    ];
    // Columns of before: they are copied once more.
    await warehouse.execute("update gear.run_copies set checksum = repeat('x', 32) where run = 1");
    expect(await points()).toEqual(['origin']);
    await addRun(warehouse, 3, loads[2]!);
    await publishAppendLoad(warehouse, merges, { pipeline: 'trips', entity: 'trips', loadId: '3' });
    expect(await points()).toEqual(['origin', 'destination']);
    expect((await warehouse.query(copied)).slice(0, 2)).toEqual(before);
    expect(await warehouse.query('select * from bulk.trips_by_destination where run < 3 order by run, cell, n')).toEqual(rows);
    await right(loads.flat());
    await warehouse.close();
  });
});

describe.each(warehouses)('a question about an area on $name', ({ url }) => {
  const loads = [randomTrips(3_000, 1), randomTrips(1, 2), randomTrips(2_000, 3)];
  const trips = loads.flat();
  let warehouse: Warehouse;
  let weekly: Area;

  beforeAll(async () => {
    const made = await tripWarehouse(url);
    warehouse = made.warehouse;
    weekly = made.pipeline.areas[0]!;
    for (const [index, load] of loads.entries()) {
      const loadId = index + 1;
      await addRun(warehouse, loadId, load.slice(0, 900));
      await addRun(warehouse, loadId, load.slice(900));
      await publishAppendLoad(
        warehouse,
        made.pipeline.additiveMerges,
        { pipeline: 'trips', entity: 'trips', loadId: String(loadId) },
        { rowsAtOnce: 500 },
      );
    }
    await addRun(warehouse, 9, randomTrips(500, 9));
  });
  afterAll(() => warehouse.close());

  it('is answered as by reading every row, for 1,000 random ones, half of them as where rows are many, and most as where cells are full', async () => {
    const random = seeded(42);
    let asked = 0;
    let found = 0;
    for (; asked < 1_000; asked++) {
      const request = randomRequest(random);
      const expected = bruteForce(trips, request);
      const answer = await answerArea(warehouse, weekly, request, {
        ...(asked % 2 === 0 && { manyRows: 0 }),
        ...(asked % 3 > 0 && { denseRows: 0 }),
      });
      if (JSON.stringify(answer) !== JSON.stringify(expected)) expect({ request, answer }).toEqual({ request, answer: expected });
      if (expected.trips > 0) found++;
    }
    expect(found).toBeGreaterThan(700);
  });

  it('by both points looks at the rows outside of a box in which nearly all lie, and only at regions with rows on both sides', async () => {
    const boxes = { town: [144_950_000, -350_000, 150_950_000, 250_000], corner: [145_000_000, -300_000, 145_100_000, -200_000] };
    const planned = async ([west, south, east, north]: readonly number[]) => {
      const box = { west: west!, south: south!, east: east!, north: north! };
      const request = { box, by: ['origin', 'destination'], ofIds: undefined };
      const parts = await planBoth(warehouse, weekly, request, [weekly.sides[0], weekly.sides[1]!], 0);
      return parts.map(({ side, without, ofIds }) => ({ side: side.point, without: without?.point, ofIds: [...ofIds!].sort() }));
    };
    expect((await planned(boxes.town)).every(({ without }) => without !== undefined)).toBe(true);
    expect((await planned(boxes.corner)).every(({ without }) => without === undefined)).toBe(true);
    expect((await planned(boxes.corner)).flatMap(({ ofIds }) => ofIds).sort()).toEqual([1, 2, 3]);
    expect(await planned([0, 500_000_000, 1, 500_000_001])).toEqual([]);
  });

  it('without a box is one statement, also where the days cut weeks', async () => {
    const statements: string[] = [];
    const counted = new Proxy(warehouse, {
      get: (target, name: keyof Warehouse) => {
        if (name !== 'query') throw new Error(`${name} is not needed`);
        return (sql: string, values: string[]) => {
          statements.push(sql);
          return target.query(sql, values);
        };
      },
    });
    const request = { by: ['origin'], of: 'Prague', from: '2017-05-16', to: '2018-06-14' };
    expect(await answerArea(counted, weekly, request)).toEqual(bruteForce(trips, request));
    expect(statements).toHaveLength(1);
  });

  it('of a region that is not known has no rows', async () => {
    expect(await answerArea(warehouse, weekly, { by: ['origin'], of: 'Atlantis' })).toEqual(bruteForce([], { by: ['origin'] }));
  });
});
