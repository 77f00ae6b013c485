import { partOf } from '../../../src/engine/areas/cell-parts.js';
import { cellOf } from '../../../src/engine/areas/cells.js';
import { entityOf } from '../../../src/engine/entities/entity.js';
import type { Warehouse } from '../../../src/engine/warehouse.js';
import { fillCopies } from '../../../src/gear/append/run-copies.js';
import { trips as pipeline } from '../../../src/pipelines/trips.js';

/** A row of bulk.trips; coordinates in units of 1e-7 degrees, names by their ids. */
export interface Trip {
  readonly region: number;
  readonly datasource: number;
  readonly origin: readonly [lon: number, lat: number];
  readonly destination: readonly [lon: number, lat: number];
  /** 2018-05-28 09:03:40 */
  readonly datetime: string;
}

export const regions = ['Hamburg', 'Prague', 'Turin'];
export const datasources = ['baba_car', 'cheap_mobile', 'funny_car'];

/** Numbers from 0 to 1 that are the same for the same seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** Where rounding, floors and comparisons go wrong: edges of cells, one unit beside them, poles, the antimeridian, zero. */
const oddPlaces: readonly (readonly [number, number])[] = [
  [1_800_000_000, 0],
  [-1_800_000_000, 0],
  [1_800_000_000, 900_000_000],
  [-1_800_000_000, -900_000_000],
  [0, 0],
  [-1, -1],
  [-100_000, 100_000],
  [99_999, -100_001],
  [1_799_999_999, 5],
  [-1_799_999_999, -5],
];

/** A place of a small town of 6 x 6 cells where many lie on edges of cells, and now and then an odd one anywhere. */
export function randomPlace(random: () => number): readonly [number, number] {
  const odd = Math.floor(random() * 100);
  if (odd < oddPlaces.length) return oddPlaces[odd]!;
  const along = (from: number) => {
    const cell = from + Math.floor(random() * 6) * 100_000;
    const way = random();
    return way < 0.15 ? cell : way < 0.3 ? cell + 99_999 : cell + Math.floor(random() * 100_000);
  };
  return [along(145_000_000), along(-300_000)];
}

export function randomTrips(count: number, seed: number): Trip[] {
  const random = seeded(seed);
  const pick = (most: number) => Math.floor(random() * most);
  const two = (number: number) => String(number).padStart(2, '0');
  return Array.from({ length: count }, () => ({
    region: pick(regions.length) + 1,
    datasource: pick(datasources.length) + 1,
    origin: randomPlace(random),
    destination: randomPlace(random),
    datetime: `${2017 + pick(3)}-${two(1 + pick(12))}-${two(1 + pick(28))} ${two(pick(24))}:${two(pick(60))}:${two(pick(60))}`,
  }));
}

/**
 * Commits the trips as one run of a load, which does not show before it is published. `isCopied`: they are in the copies too, as those are
 * that a worker brings.
 */
export async function addRun(warehouse: Warehouse, loadId: number, trips: readonly Trip[], isCopied = true): Promise<void> {
  await warehouse.transaction(async (transaction) => {
    await transaction.execute(
      `insert into gear.append_loads (load_id, pipeline, feed, entity, sha256) select d.load_id, 'trips', 'trips', 'trips', d.sha256
       from (select ? as load_id, unhex(sha2(?, 256)) as sha256) d on duplicate key update state = state`,
      [loadId, String(loadId)],
    );
    const [known] = await transaction.query<{ n: number }>('select count(*) as n from gear.append_runs where load_id = ?', [loadId]);
    await transaction.execute(
      "insert into gear.append_runs (pipeline, entity, load_id, chunk_number, row_count, landed_at) values ('trips', 'trips', ?, ?, ?, utc_timestamp(6))",
      [loadId, known!.n, trips.length],
    );
    const [{ run } = { run: 0 }] = await transaction.query<{ run: number }>('select last_insert_id() as run');
    const rows = trips
      .map((trip) => ({ ...trip, cell: cellOf(...trip.origin), part: partOf(...trip.origin) }))
      .sort((a, b) => a.cell - b.cell || a.part - b.part || (a.datetime < b.datetime ? -1 : 1))
      .map(({ cell, part, region, datasource, origin, destination, datetime }, n) => [
        run,
        cell,
        part,
        n,
        region,
        datasource,
        ...origin,
        ...destination,
        datetime,
      ]);
    for (let first = 0; first < rows.length; first += 1_000) {
      const part = rows.slice(first, first + 1_000);
      await transaction.execute(
        `insert into bulk.trips (run, cell, part, n, region, datasource, origin_lon, origin_lat, destination_lon, destination_lat, \`datetime\`) values ${part.map(() => '(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)').join(', ')}`,
        part.flat(),
      );
    }
  });
  if (isCopied) await fillCopies(warehouse, 'trips', entityOf(pipeline, 'trips'), { loadId });
}
