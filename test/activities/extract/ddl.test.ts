import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openSnapshot } from '../../../src/connectors/postgres/snapshot.js';
import type { OpenSnapshot, SourceSnapshot } from '../../../src/engine/extract/source-snapshot.js';
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

const names = ['one', 'two', 'three'];

async function open(): Promise<ExtractLab> {
  const lab = await ExtractLab.open(
    postgres,
    warehouse,
    names.map((name) => ({ name, key: ['id'], mark: 'changed' })),
  );
  for (const name of names)
    await lab.client.query(`create table ${name} (id int primary key, note text, changed timestamp);
      insert into ${name} select n, 'first', '2026-01-01' from generate_series(1, 10) n`);
  return lab;
}

/** Snapshots in which something else happens once, before the table is looked at, or between that and its COPY. */
function meanwhile(when: 'look' | 'copy', table: string, act: () => Promise<unknown>): OpenSnapshot {
  let todo: (() => Promise<unknown>) | undefined = act;
  const once = async (name: string) => {
    if (name !== table || todo === undefined) return;
    const doing = todo();
    todo = undefined;
    await doing;
  };
  return async (source, signal) => {
    const snapshot = await openSnapshot(source, signal);
    const look = snapshot.table.bind(snapshot);
    const copy = snapshot.copy.bind(snapshot);
    const changed: Partial<SourceSnapshot> =
      when === 'look'
        ? { table: (name) => once(name).then(() => look(name)) }
        : {
            copy: async function* (select, of) {
              await once(of);
              yield* copy(select, of);
            },
          };
    return Object.assign(snapshot, changed);
  };
}

test('who changes a table that is read already does not wait for the tables after it', async () => {
  const lab = await open();
  const other = await connectPostgres(lab.url);
  await other.query("set lock_timeout = '5s'");
  const step = async (name: string) => {
    if (name === 'before two 0') await other.query('alter table one add column more int; alter table two drop column note');
  };
  expect((await lab.extract({}, { step })).tables).toMatchObject(names.map(() => ({ rows: 10 })));
  expect((await lab.rows('two'))[0]?.row).toMatchObject({ note: 'first' });
  expect((await lab.extract()).tables).toMatchObject([
    { rows: 0, added: ['more'] },
    { leftOut: expect.stringContaining('the column note is gone') },
    { rows: 0 },
  ]);
  await other.end();
  await lab.close();
});

test('a column that is dropped between the look at its table and its COPY leaves that table out, and the others go on', async () => {
  const lab = await open();
  await lab.extract();
  for (const name of names) await lab.client.query(`update ${name} set note = 'second' where id < 3`);
  const drop = meanwhile('copy', 'two', () => lab.client.query('alter table two drop column note'));
  expect((await lab.extract({}, { openSnapshot: drop })).tables).toMatchObject([
    { way: 'changed', rows: 2 },
    {
      way: null,
      leftOut: expect.stringContaining('a column was dropped while it was to be read. The next run sees what is there (42703)'),
    },
    { way: 'changed', rows: 2 },
  ]);
  expect((await lab.extract()).tables[1]).toMatchObject({ leftOut: expect.stringContaining('the column note is gone') });
  // No row has another version for it, and all but two have another value.
  await lab.client.query("alter table two add column note text; update two set note = 'third' where id < 3");
  expect((await lab.extract()).tables[1]).toMatchObject({ way: 'compared', rows: 10, because: 'another column is named note now' });
  expect((await lab.extract()).tables[1]).toMatchObject({ way: 'changed', rows: 0 });
  expect(await lab.latest('two')).toEqual(await lab.source('two'));
  await lab.close();
});

test('no value is missed of columns that are dropped and added again, or swap their names, between two runs', async () => {
  const lab = await open();
  await lab.client.query("alter table three add column other text default 'other'");
  await lab.extract();
  await lab.client.query("alter table two drop column note; alter table two add column note text default 'new'");
  await lab.client.query(`alter table three rename column note to away; alter table three rename column other to note;
    alter table three rename column away to other`);
  expect((await lab.extract()).tables).toMatchObject([
    { way: 'changed', rows: 0 },
    { way: 'compared', rows: 10, because: 'another column is named note now' },
    { way: 'compared', rows: 10, because: 'other columns are named other, note now' },
  ]);
  for (const name of names) expect(await lab.latest(name)).toEqual(await lab.source(name));
  expect((await lab.extract()).tables).toMatchObject(names.map(() => ({ way: 'changed', rows: 0 })));
  await lab.close();
});

// A snapshot from before such a statement sees the table as empty afterwards, or in the form that it has now.
const rewrites = [
  ['is written anew', "alter table two alter column note type text using note || '', alter column id type int using id + 0"],
  ['is emptied and filled', "truncate two; insert into two select n, 'again', null from generate_series(1, 10) n"],
  ['is packed', 'vacuum full two'],
  [
    'is dropped and made again',
    "drop table two; create table two (id int primary key, note text, changed timestamp); insert into two values (7, 'other', null)",
  ],
] as const;

test.each(rewrites)('no row is missed of a table that %s while a run is under way', async (_what, sql) => {
  for (const when of ['look', 'copy'] as const) {
    const lab = await open();
    await lab.extract();
    await lab.client.query("update two set note = 'second' where id < 3");
    const act = async () => {
      for (const statement of sql.split('; ')) await lab.client.query(statement);
    };
    const { tables } = await lab.extract({}, { openSnapshot: meanwhile(when, 'two', act) });
    expect([tables[0], tables[2]]).toMatchObject([{ way: 'changed' }, { way: 'changed' }]);
    await lab.extract();
    const latest = await lab.latest('two');
    for (const [key, row] of await lab.source('two')) expect([when, latest.get(key)]).toEqual([when, row]);
    expect((await lab.extract()).tables[1]).toMatchObject({ way: 'changed', rows: 0 });
    await lab.close();
  }
});
