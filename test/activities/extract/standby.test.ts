import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Client } from 'pg';
import { checkDatabase } from '../../../src/cli/doctor/extracts/check-database.js';
import type { Project } from '../../../src/config/load-project.js';
import type { Warehouse } from '../../../src/engine/warehouse.js';
import type { Postgres } from '../../../tools/servers/postgres.js';
import { freePort } from '../../../tools/servers/ports.js';
import { ExtractLab, gearWarehouse } from '../../support/pipelines/extract-lab.js';
import { Random } from '../../support/random.js';
import { connectPostgres, ownPostgres } from '../../support/servers/own-postgres.js';
import { warehouse as server } from '../../support/servers/servers.js';
import { until } from '../../support/until.js';

const table = { name: 'item', key: ['id'], mark: 'last_updated' };
const rows = 40;

let primary: Postgres;
let warehouse: Warehouse;
let lab: ExtractLab;
let replica: string;
let standby: Client;
/** Its folder goes with that of the primary, before other hooks run. */
const stop = () => primary.run('pg_ctl', ['-D', replica, '-m', 'immediate', 'stop']);
let source: { readonly url: string; readonly setting: string; readonly schema: string };
beforeAll(async () => {
  primary = await ownPostgres();
  warehouse = await gearWarehouse(server.url);
  lab = await ExtractLab.open(primary, warehouse, [table]);
  await lab.client.query(`create table item (id int primary key, note text, last_updated timestamp);
    insert into item select n, 'first', '2026-01-01' from generate_series(1, ${rows}) n`);
  // Where the primary's own user may write.
  replica = join(dirname(primary.data), 'replica');
  const port = await freePort();
  const done = async (name: string, ...args: readonly string[]) => {
    const { code, output } = await primary.run(name, args);
    if (code !== 0) throw new Error(output);
  };
  await done('pg_basebackup', '-D', replica, '-R', '-c', 'fast', '-d', primary.url);
  const settings = ['listen_addresses=127.0.0.1', `port=${port}`, 'unix_socket_directories=', 'fsync=off', 'max_connections=100'];
  const options = settings.map((setting) => `-c ${setting.replace(/=$/, "=''")}`).join(' ');
  await done('pg_ctl', '-D', replica, '-o', options, '-l', join(dirname(replica), 'replica.log'), '-w', 'start');
  const url = new URL(lab.url);
  url.port = String(port);
  source = { url: url.href, setting: 'SHOP_DATABASE_URL', schema: 'public' };
  standby = await connectPostgres(url.href);
}, 120_000);
afterAll(async () => {
  await standby?.end();
  await lab?.close();
  await warehouse?.close();
});

/** Waits until the standby has taken in all that the primary has written. */
async function follow(): Promise<void> {
  const written = await lab.client.query<{ at: string }>('select pg_current_wal_lsn() as at');
  await until(async () => {
    const {
      rows: [replayed],
    } = await standby.query<{ done: string }>('select pg_last_wal_replay_lsn() >= $1 as done', [written.rows[0]!.at]);
    return replayed?.done === 't';
  });
}

async function onStandby(): Promise<Map<string, unknown>> {
  const { rows: found } = await standby.query<{ id: string }>('select * from item');
  return new Map(found.map((row) => [row.id, row]));
}

test('a standby gives every committed row, whatever is under way on its primary, and its promotion is compared', async () => {
  await replicate().finally(stop);
}, 240_000);

async function replicate(): Promise<void> {
  const random = new Random(17);
  await follow();
  expect(await lab.extract({}, { source })).toMatchObject({ run: 1, tables: [{ rows }] });
  const writers = await Promise.all([1, 2, 3].map(() => connectPostgres(lab.url)));
  const open = new Set<number>();
  for (let round = 0; round < 8; round += 1) {
    for (const [index, writer] of writers.entries()) {
      // Each has rows of its own.
      const id = 1 + index + writers.length * random.below(10);
      const update = `update item set note = '${round} of ${index}', last_updated = '2026-01-01' where id = ${id}`;
      if (!open.has(index)) {
        await writer.query(`begin; ${update}; savepoint s; update item set note = note || ', below' where id = ${id}`);
        open.add(index);
      } else if (random.chance(60)) {
        await writer.query(random.pick(['rollback to s; commit', 'commit', 'rollback']));
        open.delete(index);
      }
    }
    await lab.client.query(`update item set note = 'quick ${round}' where id = ${rows - random.below(5)}`);
    await follow();
    await lab.extract({}, { source });
    expect([round, await lab.latest('item')]).toEqual([round, await onStandby()]);
  }
  for (const writer of writers) await writer.query('commit');
  for (const writer of writers) await writer.end();
  await follow();
  await lab.extract({}, { source });
  expect(await lab.latest('item')).toEqual(await lab.source('item'));
  expect((await lab.extract({}, { source })).tables).toMatchObject([{ way: 'changed', rows: 0 }]);

  const project = { settings: { environment: { SHOP_DATABASE_URL: source.url } } } as unknown as Project;
  const found = [];
  for await (const finding of checkDatabase(project, 'shop', lab.definition)) found.push(finding);
  expect(found[0]).toMatchObject({ state: 'warning', message: expect.stringContaining(', a standby\n') });
  expect(found[0]!.message).toContain('extracts see what the standby has taken in');

  expect((await primary.run('pg_ctl', ['-D', replica, '-w', 'promote'])).code).toBe(0);
  await standby.query("update item set note = 'promoted' where id = 1");
  // A promoted server says its new timeline once its first checkpoint is done.
  await standby.query('checkpoint');
  expect((await lab.extract({}, { source })).tables).toMatchObject([
    { way: 'compared', rows: 1, because: expect.stringContaining('timeline') },
  ]);
  expect(await lab.latest('item')).toEqual(await onStandby());
}
