import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { publishAppendLoad } from '../../../src/activities/additive/publish-load.js';
import type { Area } from '../../../src/engine/areas/area.js';
import type { Box } from '../../../src/engine/areas/box.js';
import { cellOf, rowCount } from '../../../src/engine/areas/cells.js';
import type { Warehouse } from '../../../src/engine/warehouse.js';
import { areaDensity, type DensityRequest } from '../../../src/status/areas/area-density.js';
import { describeArea } from '../../../src/status/areas/describe-area.js';
import { warehouses } from '../../support/servers/servers.js';
import { addRun, randomPlace, randomTrips, regions, seeded, type Trip } from '../../support/trips/trip-rows.js';
import { tripWarehouse } from '../../support/trips/trip-warehouse.js';

const world: Box = { west: -1_800_000_000, south: -900_000_000, east: 1_800_000_000, north: 900_000_000 };
/** Columns and rows of hundredths of a degree, from the antimeridian and the south pole. */
const cellAt = ([lon, lat]: readonly [number, number]) => {
  const cell = cellOf(lon, lat);
  return { column: Math.floor(cell / rowCount), row: cell % rowCount };
};

function bruteForce(trips: readonly Trip[], { box, of, from, to }: DensityRequest, grid: { size: number; west: number; south: number }) {
  const [first, last] = [cellAt([box.west, box.south]), cellAt([box.east, box.north])];
  const counts = new Map<string, number>();
  for (const { origin, region, datetime } of trips) {
    const { column, row } = cellAt(origin);
    const day = datetime.slice(0, 10);
    if (column < grid.west + 18_000 || column > last.column || row < grid.south + 9_000 || row > last.row) continue;
    if ((of !== undefined && regions[region - 1] !== of) || (from !== undefined && day < from) || (to !== undefined && day > to)) continue;
    const x = Math.floor((column - grid.west - 18_000) / grid.size);
    const y = Math.floor((row - grid.south - 9_000) / grid.size);
    counts.set(`${x},${y}`, (counts.get(`${x},${y}`) ?? 0) + 1);
  }
  expect(grid.west + 18_000).toBeLessThanOrEqual(first.column);
  expect(grid.west + 18_000 + grid.size).toBeGreaterThan(first.column);
  return counts;
}

describe.each(warehouses)('the density of an area on $name', ({ url }) => {
  const trips = randomTrips(3_000, 1);
  let warehouse: Warehouse;
  let weekly: Area;

  beforeAll(async () => {
    const made = await tripWarehouse(url);
    warehouse = made.warehouse;
    weekly = made.pipeline.areas[0]!;
    expect(await describeArea(warehouse, weekly)).toMatchObject({ values: [], bounds: null, days: null });
    await addRun(warehouse, 1, trips);
    await publishAppendLoad(
      warehouse,
      made.pipeline.additiveMerges,
      { pipeline: 'trips', entity: 'trips', loadId: '1' },
      { rowsAtOnce: 500 },
    );
    // Of a load that is not visible yet.
    await addRun(warehouse, 9, randomTrips(500, 9));
  });
  afterAll(() => warehouse.close());

  it('is that of all rows, in squares that are not too many, for 100 random questions', async () => {
    const random = seeded(7);
    let found = 0;
    for (let asked = 0; asked < 100; asked++) {
      const [[lon1, lat1], [lon2, lat2]] = [randomPlace(random), randomPlace(random)];
      const box = { west: Math.min(lon1, lon2), east: Math.max(lon1, lon2), south: Math.min(lat1, lat2), north: Math.max(lat1, lat2) };
      const request: DensityRequest = {
        box: random() < 0.1 ? world : box,
        ...(random() < 0.3 && { of: regions[Math.floor(random() * 3)]! }),
        ...(random() < 0.3 && { from: `2018-0${1 + Math.floor(random() * 9)}-1${Math.floor(random() * 10)}` }),
      };
      const { squares, ...grid } = await areaDensity(warehouse, weekly, request);
      expect(Object.fromEntries(squares.map(([x, y, n]) => [`${x},${y}`, n]))).toEqual(
        Object.fromEntries(bruteForce(trips, request, grid)),
      );
      for (const [x, y] of squares) expect(Math.max(x, y)).toBeLessThanOrEqual(160);
      found += squares.length;
    }
    expect(found).toBeGreaterThan(500);
  });

  it('of a region that is not known is empty', async () => {
    expect((await areaDensity(warehouse, weekly, { box: world, of: 'Atlantis' })).squares).toEqual([]);
  });

  it('comes with what a page has to know: the values that rows have, where they lie, and when', async () => {
    const { values, bounds, days, ...rest } = await describeArea(warehouse, weekly);
    expect(rest).toMatchObject({
      pipeline: 'trips',
      area: 'weekly',
      of: 'region',
      by: ['origin', 'destination', 'both'],
      hasMoreValues: false,
    });
    expect(values).toEqual([...new Set(trips.map(({ region }) => regions[region - 1]))].sort());
    const [columns, rows] = [trips.map(({ origin }) => cellAt(origin).column), trips.map(({ origin }) => cellAt(origin).row)];
    expect(bounds).toEqual(
      [
        Math.min(...columns) / 100 - 180,
        Math.min(...rows) / 100 - 90,
        Math.min(36_000, Math.max(...columns) + 1) / 100 - 180,
        Math.min(18_000, Math.max(...rows) + 1) / 100 - 90,
      ].map((degrees) => Number(degrees.toFixed(2))),
    );
    const all = trips.map(({ datetime }) => datetime.slice(0, 10)).sort();
    expect(days![0] <= all[0]! && days![1] >= all.at(-1)!).toBe(true);
    expect(((Date.parse(days![1]) - Date.parse(days![0])) / 86_400_000) % 7).toBe(6);
  });
});
