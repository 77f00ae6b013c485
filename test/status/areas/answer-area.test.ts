import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { publishAppendLoad } from '../../../src/activities/additive/publish-load.js';
import type { Area } from '../../../src/engine/areas/area.js';
import { areaAnswer } from '../../../src/engine/areas/area-answer.js';
import type { AreaRequest } from '../../../src/engine/areas/area-request.js';
import { piecesOf, type Box } from '../../../src/engine/areas/box.js';
import { weekOfDate } from '../../../src/engine/areas/weeks.js';
import type { Warehouse } from '../../../src/engine/warehouse.js';
import { answerArea } from '../../../src/status/areas/answer-area.js';
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
    by: random() < 0.7 ? ['origin'] : random() < 0.5 ? ['destination'] : ['origin', 'destination'],
    ...(random() < 0.25 && { from: day(2017) }),
    ...(random() < 0.25 && { to: day(random() < 0.5 ? 2018 : 2019) }),
  };
}

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

  it('is answered as by reading every row, for 1,000 random ones', async () => {
    const random = seeded(42);
    let asked = 0;
    let found = 0;
    for (; asked < 1_000; asked++) {
      const request = randomRequest(random);
      const expected = bruteForce(trips, request);
      const answer = await answerArea(warehouse, weekly, request);
      if (JSON.stringify(answer) !== JSON.stringify(expected)) expect({ request, answer }).toEqual({ request, answer: expected });
      if (expected.trips > 0) found++;
    }
    expect(found).toBeGreaterThan(700);
  });

  it('of a region that is not known has no rows', async () => {
    expect(await answerArea(warehouse, weekly, { by: ['origin'], of: 'Atlantis' })).toEqual(bruteForce([], { by: ['origin'] }));
  });
});
