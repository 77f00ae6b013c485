import { createHash } from 'node:crypto';
import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { claimObjects } from '../../src/activities/pickup/claim-objects.js';
import { processBatch } from '../../src/activities/processing/process-batch.js';
import { StrataError } from '../../src/engine/strata-error.js';
import type { Warehouse } from '../../src/engine/warehouse.js';
import { FolderChain } from '../support/folder-chain.js';
import { land, settle } from '../support/land.js';
import { compileFile } from '../support/mart-warehouse.js';
import { Random } from '../support/random.js';
import { warehouses } from '../support/servers/servers.js';
import { sortedTrips, tripsHeader, tripsOf } from '../support/trips/file-trips.js';
import { quietScope } from '../support/warehouse-chain.js';

/** The worker died there. */
class Death extends Error {}

/** A warehouse whose user may die before a transaction, before its commit, or after it. */
function mortal(warehouse: Warehouse, dies: () => boolean): Warehouse {
  const die = () => {
    if (dies()) throw new Death('the worker died');
  };
  return {
    query: (sql, values) => warehouse.query(sql, values),
    execute: (sql, values) => warehouse.execute(sql, values),
    session: (work, options) => warehouse.session(work, options),
    stream: (sql, values, options) => warehouse.stream(sql, values, options),
    close: () => warehouse.close(),
    transaction: async (work, options) => {
      die();
      const result = await warehouse.transaction(async (transaction) => {
        const done = await work(transaction);
        die();
        return done;
      }, options);
      die();
      return result;
    },
  };
}

const city = fc.constantFrom('Prague', 'Turin', 'Praha 東', '', 'x'.repeat(101));
const coordinate = fc.constantFrom('14.4', '-0.00000005', '180', '-90', '1e1', '91', '200', 'NaN');
const point = fc.oneof(
  { weight: 5, arbitrary: fc.tuple(coordinate, coordinate).map(([x, y]) => `POINT (${x} ${y})`) },
  { weight: 1, arbitrary: fc.constantFrom('', 'POINT EMPTY', 'POINT Z (1 2 3)') },
);
const time = fc.constantFrom('2018-05-28 09:03:40', '2018-05-28T09:03:41', '2018-02-30 00:00:00', '1000-01-01 00:00:00', '');
const row = fc.tuple(city, point, point, time, fc.constantFrom('car', 'bus', '')).map((fields) => `${fields.join(',')}\n`);
const file = fc.record({
  rows: fc.array(row, { maxLength: 60 }),
  packed: fc.boolean(),
  /** The same bytes as an earlier file. */
  again: fc.nat(5),
});

describe.each(warehouses)('files of an append entity whose workers die on $name', ({ url }) => {
  let chain: FolderChain;
  beforeAll(async () => {
    chain = await FolderChain.open(url, { pipeline: await compileFile('trips'), runBytes: 1_500 });
  });
  afterAll(() => chain.close());

  const reset = async () => {
    for (const name of await readdir(chain.folder))
      if (name.startsWith('trips') || name === 'quarantine') await rm(join(chain.folder, name), { recursive: true });
    await chain.reset();
  };

  /** As two workers do it, each of which is followed by another when it dies. */
  const loadAll = async (seed: number) => {
    const chances = new Random(seed);
    const warehouse = mortal(chain.warehouse, () => chances.chance(15));
    const deps = { ...chain.deps, warehouse };
    const again = async (work: () => Promise<unknown>) => {
      for (let attempt = 0; ; attempt += 1) {
        try {
          return await work();
        } catch (error) {
          const isWaiting = error instanceof StrataError && error.type === 'contention';
          if (attempt > 500 || (!isWaiting && !(error instanceof Death))) throw error;
          if (isWaiting) await new Promise((resolve) => setTimeout(resolve, 10));
        }
      }
    };
    await again(() => claimObjects(deps, { pipeline: 'trips', feed: 'trips', source: { kind: 'feed' } }, quietScope));
    const loads = await chain.warehouse.query<{ load_id: number }>('select load_id from gear.loads order by load_id');
    const ofAll = loads.map(({ load_id: id }) => Number(id));
    const worker = async (ids: readonly number[]) => {
      for (const id of ids) {
        await again(() => land(deps, id, quietScope));
        await again(() => settle(deps, id, quietScope));
      }
    };
    await Promise.all([worker(ofAll), worker([...ofAll].reverse())]);
    await again(() => processBatch(deps, { pipeline: 'trips', feed: 'trips' }, quietScope));
  };

  it('give each good row of each file once, whatever dies', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(file, { minLength: 1, maxLength: 4 }), fc.nat(), async (files, seed) => {
        await reset();
        const contents: Buffer[] = [];
        const texts = new Map<string, string>();
        for (const [index, { rows, packed, again }] of files.entries()) {
          const text = tripsHeader + rows.join('');
          const bytes = contents[again] ?? (packed ? gzipSync(text) : Buffer.from(text));
          contents.push(bytes);
          const isPacked = bytes[0] === 0x1f;
          if (contents[again] !== bytes || again >= index) texts.set(createHash('sha256').update(bytes).digest('hex'), text);
          await writeFile(join(chain.folder, `trips-${index}.csv${isPacked ? '.gz' : ''}`), bytes);
        }
        await loadAll(seed);
        const expected = [...texts.values()].flatMap((text) => tripsOf(text).trips);
        expect(sortedTrips(await chain.warehouse.query('select * from bus.trips'))).toEqual(sortedTrips(expected));
        const states = await chain.warehouse.query<{ state: string; n: number }>(
          'select state, count(*) as n from gear.loads group by state',
        );
        expect(Object.fromEntries(states.map(({ state, n }) => [state, Number(n)]))).toEqual({
          processed: texts.size,
          ...(files.length > texts.size && { refused: files.length - texts.size }),
        });
        expect(await chain.warehouse.query('select count(*) as n from bulk.trips')).toEqual([{ n: expected.length }]);
        const stored = 'select run, region, origin_lon, origin_lat, destination_lon, destination_lat, datetime from bulk';
        const [rows, copies] = [
          await chain.warehouse.query(`${stored}.trips`),
          await chain.warehouse.query(`${stored}.trips_by_destination`),
        ];
        expect(sortedTrips(copies)).toEqual(sortedTrips(rows));
      }),
      { numRuns: 15 },
    );
  });
});
