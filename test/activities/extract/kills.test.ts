import { readdir } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { StoreError, type ObjectStore } from '../../../src/engine/object-store.js';
import type { Warehouse } from '../../../src/engine/warehouse.js';
import type { Postgres } from '../../../tools/servers/postgres.js';
import { ExtractLab, gearWarehouse } from '../../support/pipelines/extract-lab.js';
import { connectPostgres, ownPostgres } from '../../support/servers/own-postgres.js';
import { warehouse as server } from '../../support/servers/servers.js';

let postgres: Postgres;
let warehouse: Warehouse;
beforeAll(async () => {
  postgres = await ownPostgres();
  warehouse = await gearWarehouse(server.url);
});
afterAll(() => warehouse.close());

const tables = [
  { name: 'a', key: ['id'], mark: 'last_updated' },
  { name: 'b', key: ['id'], mark: 'last_updated' },
];

async function lab(wrap?: (lake: ObjectStore) => ObjectStore): Promise<ExtractLab> {
  const own = await ExtractLab.open(postgres, warehouse, tables, wrap);
  for (const { name } of tables)
    await own.client.query(`create table ${name} (id int primary key, note text, last_updated timestamp);
      insert into ${name} select n, repeat('x', 1000), now() from generate_series(1, 100) n`);
  await own.extract();
  return own;
}

/** The lake, with another way to put new objects into it. */
const writingBy = (lake: ObjectStore, writeNew: ObjectStore['writeNew']) =>
  Object.create(lake, { writeNew: { value: writeNew } }) as ObjectStore;

const died = new Error('the worker died');

test('a worker that dies between any two steps costs an attempt: no row is missed, and none is in the lake twice', async () => {
  const own = await lab();
  const open = await connectPostgres(own.url);
  const steps: string[] = [];
  await own.client.query("update a set note = 'first'; update b set note = 'first' where id = 1");
  await own.extract({}, { step: (name) => Promise.resolve(void steps.push(name)) });
  expect(steps).toEqual([
    ...['before a 0', 'after a 1', 'before b 0', 'after b 1'],
    ...['before prepare', 'before manifest', 'after manifest', 'after commit'],
  ]);

  for (const [index, at] of steps.entries()) {
    // Open over both attempts, so that what was written has to be remembered.
    await open.query(`begin; update a set note = 'open ${index}' where id = 100`);
    await own.client.query(
      `update a set note = 'round ${index}' where id < 100; update b set note = 'round ${index}' where id <= ${index + 1}`,
    );
    const before = (await own.manifests()).length;
    const stop = (name: string) => (name === at ? Promise.reject(died) : Promise.resolve());
    await expect(own.extract({}, { step: stop })).rejects.toBe(died);
    const after = await own.extract();
    const isThere = ['after manifest', 'after commit'].includes(at);
    expect([at, after.run, after.takenOver]).toEqual([at, before + (isThere ? 2 : 1), at === 'after manifest' ? [before + 1] : []]);
    const written = (await own.rows('a', before + 1)).concat(await own.rows('b', before + 1));
    expect([at, written.length]).toEqual([at, 99 + index + 1]);
    await open.query('commit');
    await own.extract();
    for (const { name } of tables) expect(await own.latest(name)).toEqual(await own.source(name));
  }
  expect((await own.manifests()).map(({ run }) => run)).toEqual((await own.manifests()).map((_, index) => index + 1));
  await open.end();
  await own.close();
});

test('what a worker that died had not brought in whole is taken away', async () => {
  let isDying = false;
  const own = await lab((lake) =>
    writingBy(lake, async (...of) => {
      if (!isDying) return lake.writeNew(...of);
      await lake.stage(...of);
      throw died;
    }),
  );
  const hidden = async () => (await readdir(new URL(own.lake.url), { recursive: true })).filter((name) => name.endsWith('.part'));
  await own.client.query("update a set note = 'dying'");
  isDying = true;
  await expect(own.extract()).rejects.toBe(died);
  expect(await hidden()).toHaveLength(1);
  isDying = false;
  expect(await own.extract()).toMatchObject({ run: 2, tables: [{ rows: 100 }, { rows: 0 }] });
  expect(await hidden()).toEqual([]);
  await own.close();
});

test('two attempts at the same time make one run of each, and the one that was later goes on from the other', async () => {
  const own = await lab();
  await own.client.query("update a set note = 'both' where id <= 10");
  let release: () => void = () => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  const late = own.extract({}, { step: (name) => (name === 'before manifest' ? held : Promise.resolve()) });
  expect(await own.extract()).toMatchObject({ run: 2 });
  release();
  await expect(late).rejects.toMatchObject({ type: 'contention' });
  expect(await own.extract()).toMatchObject({ run: 3, tables: [{ rows: 0 }, { rows: 0 }] });
  expect(await own.rows('a', 2)).toHaveLength(10);
  await own.close();
});

test('a store whose answer is lost is asked what is there', async () => {
  const lost = new StoreError('unavailable', 'no answer');
  let losing: 'after' | 'before' | undefined;
  const own = await lab((lake) =>
    writingBy(lake, async (...of) => {
      const mode = of[0].startsWith('_runs/') ? losing : undefined;
      if (mode === 'before') throw lost;
      const done = await lake.writeNew(...of);
      if (mode === 'after') throw lost;
      return done;
    }),
  );
  await own.client.query("update a set note = 'lost' where id <= 10");
  losing = 'before';
  await expect(own.extract()).rejects.toBe(lost);
  losing = 'after';
  expect(await own.extract()).toMatchObject({ run: 2, tables: [{ rows: 10 }, { rows: 0 }] });
  losing = undefined;
  expect(await own.extract()).toMatchObject({ run: 3, tables: [{ rows: 0 }, { rows: 0 }] });
  await own.close();
});

test('a source that goes away midway leaves nothing that counts', async () => {
  const own = await lab();
  await own.client.query("update a set note = 'gone'; update b set note = 'gone'");
  const cut = async (name: string) => {
    if (name !== 'after a 1') return;
    await own.client.query("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'strata extract'");
  };
  await expect(own.extract({}, { step: cut })).rejects.toMatchObject({ type: 'unavailable' });
  expect(await own.extract()).toMatchObject({ run: 2, tables: [{ rows: 100 }, { rows: 100 }] });
  await own.close();
});
