import { chown, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Warehouse } from '../../../src/engine/warehouse.js';
import type { Postgres } from '../../../tools/servers/postgres.js';
import { ExtractLab, gearWarehouse } from '../../support/pipelines/extract-lab.js';
import { connectPostgres, ownPostgres } from '../../support/servers/own-postgres.js';
import { warehouse as server } from '../../support/servers/servers.js';

/*
 * Transaction ids have 64 bits, of which rows hold the lower 32. A cluster of its own is brought close to the end of the first round, and
 * then over it.
 */
let postgres: Postgres;
let warehouse: Warehouse;
beforeAll(async () => {
  postgres = await ownPostgres(['autovacuum=off']);
  warehouse = await gearWarehouse(server.url);
});
afterAll(() => warehouse.close());

const last = 2n ** 32n;

/** What says which transactions committed has a file for each million of ids, which the server would have made on its way there. */
async function makeStatusFile(data: string, xid: bigint): Promise<void> {
  const folder = join(data, 'pg_xact');
  const [like] = await readdir(folder);
  const { uid, gid } = await stat(join(folder, like!));
  const file = join(folder, (xid / 1_048_576n).toString(16).toUpperCase().padStart(4, '0'));
  await writeFile(file, Buffer.alloc(262_144), { mode: 0o600 });
  await chown(file, uid, gid);
}

async function resetIds(args: readonly string[]): Promise<void> {
  await postgres.stop();
  const { code, output } = await postgres.run('pg_resetwal', ['-f', ...args, '-D', postgres.data]);
  if (code !== 0) throw new Error(`${output}\nThis test needs a PostgreSQL with pg_resetwal: apt-get install postgresql`);
  await postgres.restart();
}

const table = { name: 'item', key: ['id'], mark: 'last_updated' };
const burn = `do $$ begin for step in 1..60 loop
  begin perform pg_current_xact_id(); perform 1 / 0; exception when others then null; end; end loop; end $$`;

async function freezeAll(url: string): Promise<void> {
  const client = await connectPostgres(url);
  const { rows } = await client.query<{ name: string }>('select datname as name from pg_database where datallowconn');
  await client.end();
  for (const { name } of rows) {
    const address = new URL(url);
    address.pathname = `/${name}`;
    const one = await connectPostgres(address.href);
    await one.query('vacuum freeze');
    await one.end();
  }
}

test('ids pass 2^32 between two runs and within one, and no change is missed or written twice', async () => {
  const lab = await ExtractLab.open(postgres, warehouse, [table]);
  await lab.client.query(`create table item (id int primary key, note text, last_updated timestamp);
    insert into item select n, 'old', '2026-01-01' from generate_series(1, 1000) n`);
  await lab.client.query('alter database template0 allow_connections true');
  await lab.client.end();
  const near = last - 200n;
  // In steps that are less than half a round, after each of which all rows are frozen, as in a cluster that came there by itself.
  for (const id of [1_500_000_000n, 3_000_000_000n, near]) {
    await freezeAll(postgres.url);
    await makeStatusFile(postgres.data, id);
    await resetIds(['-x', String(id)]);
  }
  const client = await connectPostgres(lab.url);
  const own = Object.assign(Object.create(Object.getPrototypeOf(lab)) as ExtractLab, lab, { client });
  const xid = async () => BigInt((await client.query<{ id: string }>('select pg_current_xact_id() as id')).rows[0]!.id);
  expect(await xid()).toBeGreaterThanOrEqual(near);

  expect(await own.extract()).toMatchObject({ run: 1, tables: [{ way: 'full', rows: 1000 }] });
  await client.query("update item set note = 'before' where id = 1");
  const open = await connectPostgres(lab.url);
  await open.query("begin; update item set note = 'over the end' where id = 2");
  expect(await own.extract()).toMatchObject({ tables: [{ way: 'changed', rows: 1 }] });

  while ((await xid()) < last + 100n) await client.query(burn);
  await client.query("update item set note = 'after' where id = 3");
  expect(await own.extract()).toMatchObject({ tables: [{ way: 'changed', rows: 1 }] });
  expect(await own.extract()).toMatchObject({ tables: [{ way: 'changed', rows: 0 }] });
  await open.query('commit');
  expect(await own.extract()).toMatchObject({ tables: [{ way: 'changed', rows: 1 }] });
  expect(await own.extract()).toMatchObject({ tables: [{ way: 'changed', rows: 0 }] });
  // Frozen rows keep the ids of the first round, and are not taken for new.
  await client.query('vacuum freeze item');
  await client.query("update item set note = 'later' where id = 4");
  expect(await own.extract()).toMatchObject({ tables: [{ way: 'changed', rows: 1 }] });
  expect(await own.latest('item')).toEqual(await own.source('item'));
  const xmins = (await own.manifests()).map(({ source }) => BigInt(source.xmin));
  expect([xmins[0]! < last, xmins.at(-1)! > last]).toEqual([true, true]);

  // More than a round between two runs: everything is read, and only what differs is written.
  await client.query("update item set note = 'much later' where id = 5");
  await open.end();
  await client.end();
  await resetIds(['-e', '5']);
  const later = await connectPostgres(lab.url);
  const after = Object.assign(Object.create(Object.getPrototypeOf(lab)) as ExtractLab, lab, { client: later });
  expect(await after.extract()).toMatchObject({ tables: [{ way: 'compared', rows: 1, because: expect.stringContaining('gone round') }] });
  await later.query("update item set note = 'last' where id = 6");
  expect(await after.extract()).toMatchObject({ tables: [{ way: 'changed', rows: 1 }] });
  expect(await after.latest('item')).toEqual(await after.source('item'));
  await after.close();
});
