import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Client } from 'pg';
import { checkDatabase } from '../../../src/cli/doctor/extracts/check-database.js';
import type { Project } from '../../../src/config/load-project.js';
import type { Warehouse } from '../../../src/engine/warehouse.js';
import type { Postgres } from '../../../tools/servers/postgres.js';
import { ExtractLab, gearWarehouse } from '../../support/pipelines/extract-lab.js';
import { Random } from '../../support/random.js';
import { connectPostgres, ownPostgres } from '../../support/servers/own-postgres.js';
import { ownStandby, type Standby } from '../../support/servers/own-standby.js';
import { warehouse as server } from '../../support/servers/servers.js';

const table = { name: 'item', key: ['id'], mark: 'last_updated' };
const rows = 40;

let primary: Postgres;
let warehouse: Warehouse;
let lab: ExtractLab;
let replica: Standby;
let standby: Client;
let source: { readonly url: string; readonly setting: string; readonly schema: string };
beforeAll(async () => {
  primary = await ownPostgres();
  warehouse = await gearWarehouse(server.url);
  lab = await ExtractLab.open(primary, warehouse, [table]);
  await lab.client.query(`create table item (id int primary key, note text, last_updated timestamp);
    insert into item select n, 'first', '2026-01-01' from generate_series(1, ${rows}) n`);
  replica = await ownStandby(primary);
  const url = replica.urlOf(lab.url);
  source = { url, setting: 'SHOP_DATABASE_URL', schema: 'public' };
  standby = await connectPostgres(url);
}, 120_000);
afterAll(async () => {
  await standby?.end();
  await lab?.close();
  await warehouse?.close();
});

async function onStandby(): Promise<Map<string, unknown>> {
  const { rows: found } = await standby.query<{ id: string }>('select * from item');
  return new Map(found.map((row) => [row.id, row]));
}

test('a standby gives every committed row, whatever is under way on its primary, and its promotion is compared', async () => {
  await replicate().finally(() => replica.stop());
}, 240_000);

async function replicate(): Promise<void> {
  const random = new Random(17);
  await replica.follow();
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
    await replica.follow();
    await lab.extract({}, { source });
    expect([round, await lab.latest('item')]).toEqual([round, await onStandby()]);
  }
  for (const writer of writers) await writer.query('commit');
  for (const writer of writers) await writer.end();
  await replica.follow();
  await lab.extract({}, { source });
  expect(await lab.latest('item')).toEqual(await lab.source('item'));
  expect((await lab.extract({}, { source })).tables).toMatchObject([{ way: 'changed', rows: 0 }]);

  const project = { settings: { environment: { SHOP_DATABASE_URL: source.url } } } as unknown as Project;
  const found = [];
  for await (const finding of checkDatabase(project, 'shop', lab.definition)) found.push(finding);
  expect(found[0]).toMatchObject({ state: 'warning', message: expect.stringContaining(', a standby\n') });
  expect(found[0]!.message).toContain('extracts see what the standby has taken in');

  expect((await primary.run('pg_ctl', ['-D', replica.data, '-w', 'promote'])).code).toBe(0);
  await standby.query("update item set note = 'promoted' where id = 1");
  // A promoted server says its new timeline once its first checkpoint is done.
  await standby.query('checkpoint');
  expect((await lab.extract({}, { source })).tables).toMatchObject([
    { way: 'compared', rows: 1, because: expect.stringContaining('timeline') },
  ]);
  expect(await lab.latest('item')).toEqual(await onStandby());
}
