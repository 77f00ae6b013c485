import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { publishAppendLoad } from '../../../src/activities/additive/publish-load.js';
import { refreshAdditive } from '../../../src/activities/marts/refresh-additive.js';
import { cellOf, cellSize } from '../../../src/engine/areas/cells.js';
import { isoWeek, weekOfDate } from '../../../src/engine/areas/weeks.js';
import type { Transaction, Warehouse } from '../../../src/engine/warehouse.js';
import { readTable } from '../../support/mart-warehouse.js';
import { warehouses } from '../../support/servers/servers.js';
import { addRun, datasources, randomTrips, regions, type Trip } from '../../support/trips/trip-rows.js';
import { tripWarehouse, type TripWarehouse } from '../../support/trips/trip-warehouse.js';

const load = { pipeline: 'trips', entity: 'trips' };

/** Groups of trips, each with its number and its first and last time, as text in a fixed order. */
function grouped(trips: readonly Trip[], keyOf: (trip: Trip) => readonly (string | number)[], withTimes: boolean): string[] {
  const groups = new Map<string, string[]>();
  for (const trip of trips) {
    const key = keyOf(trip).join();
    groups.set(key, [...(groups.get(key) ?? []), trip.datetime]);
  }
  return [...groups]
    .map(([key, times]) => [key, times.length, ...(withTimes ? [times.reduce(least), times.reduce(most)] : [])].join())
    .sort();
}
const least = (a: string, b: string) => (a < b ? a : b);
const most = (a: string, b: string) => (a > b ? a : b);

function expected(trips: readonly Trip[]) {
  const region = (trip: Trip) => regions[trip.region - 1]!;
  const cells = ([lon, lat]: Trip['origin']) => [Math.floor(lon / cellSize), Math.floor(lat / cellSize)];
  const week = (trip: Trip) => {
    const { year, week: number } = isoWeek(weekOfDate(trip.datetime.slice(0, 10)));
    return [year, number];
  };
  return {
    trip_groups: grouped(
      trips,
      (trip) => [region(trip), ...cells(trip.origin), ...cells(trip.destination), Number(trip.datetime.slice(11, 13))],
      true,
    ),
    trip_weeks: grouped(trips, (trip) => [region(trip), ...week(trip)], false),
    trip_sources: grouped(trips, (trip) => [region(trip), datasources[trip.datasource - 1]!], true),
    trips_weekly_destination_cells: grouped(
      trips,
      (trip) => [cellOf(...trip.destination), week(trip)[0]! * 100 + week(trip)[1]!, trip.region],
      false,
    ),
    trips_weekly_destination_cell_days: grouped(
      trips,
      (trip) => [cellOf(...trip.destination), trip.datetime.slice(0, 10), trip.region],
      false,
    ),
    trip_cells: grouped(
      trips,
      (trip) => [cellOf(...trip.origin), ...week(trip), week(trip)[0]! * 100 + week(trip)[1]!, region(trip)],
      false,
    ),
  };
}

async function actual(warehouse: Warehouse) {
  const rows = async (view: string, schema = 'bus') =>
    (await readTable(warehouse, `${schema}.${view}`))
      .map((row) =>
        Object.values(row)
          .map((value) => String(value).replace(/\.0+$/, ''))
          .join(),
      )
      .sort();
  return {
    trip_groups: await rows('trip_groups'),
    trip_weeks: await rows('trip_weeks'),
    trip_sources: await rows('trip_sources'),
    trips_weekly_destination_cells: await rows('trips_weekly_destination_cells', 'gear'),
    trips_weekly_destination_cell_days: await rows('trips_weekly_destination_cell_days', 'gear'),
    trip_cells: await rows('trip_cells'),
  };
}

class Death extends Error {}

/** A worker that dies before the statement of that number, or once the commit of a transaction has been done. */
function dying(warehouse: Warehouse, { statement = Infinity, commit = Infinity }: { statement?: number; commit?: number }): Warehouse {
  let statements = 0;
  let commits = 0;
  const counting = (transaction: Transaction): Transaction =>
    new Proxy(transaction, {
      get:
        (target, name: keyof Transaction) =>
        (...args: [string]) => {
          if (++statements === statement) throw new Death();
          return (target[name] as (sql: string) => unknown).apply(target, args);
        },
    });
  return new Proxy(warehouse, {
    get: (target, name) => {
      if (name !== 'transaction') return Reflect.get(target, name, target) as unknown;
      return async (work: (transaction: Transaction) => Promise<unknown>, options?: object) => {
        const result = await target.transaction((transaction) => work(counting(transaction)), options);
        if (++commits === commit) throw new Death();
        return result;
      };
    },
  });
}

describe.each(warehouses)('the groups of append entities on $name', ({ url }) => {
  const publish = (made: TripWarehouse, loadId: number, warehouse = made.warehouse) =>
    publishAppendLoad(warehouse, made.pipeline.additiveMerges, { ...load, loadId: String(loadId) }, { rowsAtOnce: 40 });

  it('equal a recount after loads of any size, whatever dies', async () => {
    const made = await tripWarehouse(url);
    let loadId = 0;
    let all: Trip[] = [];
    const death = fc.oneof(
      fc.record({ statement: fc.integer({ min: 1, max: 60 }) }),
      fc.record({ commit: fc.integer({ min: 1, max: 6 }) }),
    );
    const sizes = fc.array(fc.constantFrom(0, 1, 7, 60, 150), { maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(fc.integer(), sizes, fc.array(death, { maxLength: 3 }), async (seed, runs, deaths) => {
        loadId += 1;
        const trips = runs.map((size, index) => randomTrips(size, seed + index));
        for (const part of trips.length === 0 ? [[]] : trips) await addRun(made.warehouse, loadId, part);
        for (const each of deaths) {
          const died = await publish(made, loadId, dying(made.warehouse, each)).then(
            () => false,
            (error: unknown) => error instanceof Death,
          );
          const before = expected(all);
          const after = expected([...all, ...trips.flat()]);
          const shown = await actual(made.warehouse);
          // All of the load or nothing of it, even where it was the answer to the last commit that was lost.
          expect([JSON.stringify(before), JSON.stringify(after)]).toContain(JSON.stringify(shown));
          if (!died) expect(shown).toEqual(after);
        }
        await publish(made, loadId);
        all = [...all, ...trips.flat()];
        expect(await actual(made.warehouse)).toEqual(expected(all));
      }),
      { numRuns: 25 },
    );
    await made.warehouse.close();
  });

  it('of a load that stopped halfway are finished by the next one, and both show', async () => {
    const made = await tripWarehouse(url);
    const [first, second] = [randomTrips(300, 1), randomTrips(200, 2)];
    await addRun(made.warehouse, 1, first);
    await addRun(made.warehouse, 2, second);
    await expect(publish(made, 1, dying(made.warehouse, { commit: 3 }))).rejects.toThrow(Death);
    expect(await actual(made.warehouse)).toEqual(expected([]));
    await publish(made, 2);
    expect(await actual(made.warehouse)).toEqual(expected([...first, ...second]));
    await publish(made, 1);
    expect(await actual(made.warehouse)).toEqual(expected([...first, ...second]));
    await made.warehouse.close();
  });

  it('are computed again where their SQL has changed, also while a load is being added', async () => {
    const made = await tripWarehouse(url);
    const [first, second] = [randomTrips(300, 3), randomTrips(200, 4)];
    await addRun(made.warehouse, 1, first);
    await publish(made, 1);
    await addRun(made.warehouse, 2, second);
    await expect(publish(made, 2, dying(made.warehouse, { commit: 2 }))).rejects.toThrow(Death);
    await made.warehouse.execute(
      "update gear.marts set checksum = repeat('x', 32) where target in ('gear.trip_group_sums', 'gear.trips_weekly_totals')",
    );
    await made.warehouse.execute('delete from gear.trips_weekly_totals_sums');
    await publish(made, 2);
    expect(await actual(made.warehouse)).toEqual(expected([...first, ...second]));
    for (const merge of made.pipeline.additiveMerges) {
      const refresh = (options: object) => refreshAdditive(made.warehouse, made.pipeline.additiveMerges, merge.target, options);
      expect(await refresh({})).toMatchObject({ mode: 'current' });
      expect(await refresh({ rebuild: true })).toMatchObject({ mode: 'rebuilt' });
    }
    expect(await actual(made.warehouse)).toEqual(expected([...first, ...second]));
    await made.warehouse.close();
  });
});
