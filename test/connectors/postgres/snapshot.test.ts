import { beforeAll, describe, expect, test } from '@jest/globals';
import type { Client } from 'pg';
import { sourceFailure } from '../../../src/connectors/postgres/failures.js';
import { openSnapshot, snapshotOpener } from '../../../src/connectors/postgres/snapshot.js';
import { UnreadableTableError, type SourceSnapshot } from '../../../src/engine/extract/source-snapshot.js';
import type { Postgres } from '../../../tools/servers/postgres.js';
import { connectPostgres, freshDatabase, ownPostgres } from '../../support/servers/own-postgres.js';

let server: Postgres;
let url: string;
let writer: Client;
const signal = new AbortController().signal;

beforeAll(async () => {
  server = await ownPostgres();
  url = await freshDatabase(server);
  writer = await connectPostgres(url);
  await writer.query('create table item (id int primary key, name text, price numeric(20,9), changed timestamp(6))');
  await writer.query(`insert into item values (1, 'a, "b"\nc', 12345678901.123456789, '2026-01-02 03:04:05.678901'), (2, '', null, 'infinity'),
    (3, null, 'NaN', null)`);
});

const open = (address = url, schema = 'public') => openSnapshot({ url: address, setting: 'SHOP_DATABASE_URL', schema }, signal);

async function text(snapshot: SourceSnapshot, select: string): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of snapshot.copy(select, 'item')) pieces.push(piece);
  return Buffer.concat(pieces).toString();
}

test('rows come exactly, as PostgreSQL writes them in CSV, whatever the account sets for itself', async () => {
  await writer.query("alter role strata set datestyle = 'German, DMY'; alter role strata set timezone = 'Asia/Tokyo'");
  const snapshot = await open();
  try {
    expect(await text(snapshot, `select * from ${snapshot.quotedTable('item')} order by id`)).toBe(
      '1,"a, ""b""\nc",12345678901.123456789,2026-01-02 03:04:05.678901\n2,"",,infinity\n3,,NaN,\n',
    );
  } finally {
    await snapshot.close();
    await writer.query('alter role strata reset all');
  }
});

test('everything is of one moment, and the facts say which', async () => {
  const snapshot = await open();
  await writer.query('insert into item (id) values (4)');
  try {
    expect(await text(snapshot, 'select count(*) from public.item')).toBe('3\n');
    expect(snapshot.facts).toMatchObject({ timeline: 1, systemIdentifier: expect.stringMatching(/^\d{15,20}$/) });
    expect(snapshot.facts.at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
    expect(snapshot.facts.xmin).toBeLessThanOrEqual(snapshot.facts.xmax);
  } finally {
    await snapshot.close();
    await writer.query('delete from item where id = 4');
  }
});

test('the catalogue has the types as PostgreSQL writes them, and no table is no error', async () => {
  const snapshot = await open();
  try {
    expect(await snapshot.table('nothing')).toBeUndefined();
    expect((await snapshot.table('item'))?.columns).toEqual([
      { name: 'id', number: 1, type: 'integer', baseType: 'integer', nullable: false, readable: true },
      { name: 'name', number: 2, type: 'text', baseType: 'text', nullable: true, readable: true },
      { name: 'price', number: 3, type: 'numeric(20,9)', baseType: 'numeric', nullable: true, readable: true },
      {
        name: 'changed',
        number: 4,
        type: 'timestamp(6) without time zone',
        baseType: 'timestamp without time zone',
        nullable: true,
        readable: true,
      },
    ]);
  } finally {
    await snapshot.close();
  }
});

test('a snapshot that is open for too long is given up, for vacuum waits for it, and nothing tries that again', async () => {
  const snapshot = await snapshotOpener(500)({ url, setting: 'SHOP_DATABASE_URL', schema: 'public' }, signal);
  // The backend writes, so it notices at once that nobody reads any more.
  await expect(text(snapshot, 'select generate_series(1, 1000000000)')).rejects.toMatchObject({
    type: 'misconfigured',
    message: expect.stringMatching(/^reading item: the snapshot was open for .*, and the server's vacuum waits for it\. Divide the tables/),
  });
  await snapshot.close();
  expect(snapshot.heldSeconds).toBeGreaterThanOrEqual(0.5);
  const held = snapshot.heldSeconds;
  await snapshot.close();
  expect(snapshot.heldSeconds).toBe(held);
});

test('a select that fails leaves the snapshot to the others', async () => {
  const snapshot = await open();
  try {
    await expect(text(snapshot, 'select nothing from public.item')).rejects.toMatchObject({ type: 'contention' });
    expect(await text(snapshot, 'select count(*) from public.item')).toBe('3\n');
  } finally {
    await snapshot.close();
  }
});

describe('failures have their class, and hold no secret', () => {
  const changed = (change: (address: URL) => void) => {
    const address = new URL(url);
    change(address);
    return address.href;
  };
  test.each([
    ['a wrong password', () => changed((address) => (address.password = 'hunter2')), 'denied'],
    ['no such database', () => changed((address) => (address.pathname = '/hunter2')), 'misconfigured'],
    ['nothing listens', () => changed((address) => (address.port = '1')), 'unavailable'],
    ['TLS is asked for and the server has none', () => changed((address) => (address.search = 'sslmode=require')), 'misconfigured'],
    ['an address of something else', () => 'mysql://root:hunter2@127.0.0.1/x', 'misconfigured'],
    ['a mode that there is not', () => changed((address) => (address.search = 'sslmode=hunter2')), 'misconfigured'],
  ])('%s', async (_what, address, type) => {
    const failure = await open(address()).catch((error: unknown) => error);
    expect(failure).toMatchObject({ name: 'StrataError', type });
    expect(String((failure as Error).message)).not.toMatch(/hunter2/);
    expect(String((failure as Error).message)).toContain('SHOP_DATABASE_URL');
  });

  test('a table that the account may not read is named', async () => {
    await writer.query("create role reader login password 'reader'");
    const snapshot = await open(changed((address) => ((address.username = 'reader'), (address.password = 'reader'))));
    try {
      expect((await snapshot.table('item'))?.columns[0]).toMatchObject({ readable: false });
      await expect(text(snapshot, 'select id from public.item')).rejects.toMatchObject({ type: 'denied' });
    } finally {
      await snapshot.close();
    }
  });

  test('a backend that is ended, and a query that is cancelled', async () => {
    const snapshot = await open();
    const query = text(snapshot, "select pg_sleep(100), application_name from pg_stat_activity where application_name = 'strata extract'");
    const cancelled = expect(query).rejects.toMatchObject({ type: 'contention' });
    const act = async (name: string) => {
      for (;;) {
        const { rowCount } = await writer.query(
          `select ${name}(pid) from pg_stat_activity where application_name = 'strata extract' and query like 'copy%' and state = 'active'`,
        );
        if ((rowCount ?? 0) > 0) return;
      }
    };
    await act('pg_cancel_backend');
    await cancelled;
    const second = expect(text(snapshot, 'select pg_sleep(100)')).rejects.toMatchObject({ type: 'unavailable' });
    await act('pg_terminate_backend');
    await second;
    await snapshot.close();
  });

  test('an aborted snapshot gives its backend free at once', async () => {
    const abort = new AbortController();
    const snapshot = await openSnapshot({ url, setting: 'SHOP_DATABASE_URL', schema: 'public' }, abort.signal);
    const reading = expect(text(snapshot, 'select generate_series(1, 100000000)')).rejects.toThrow('given up');
    abort.abort(new Error('given up'));
    await reading;
    await snapshot.close();
    for (;;) {
      const { rows } = await writer.query<{ n: string }>(
        "select count(*) as n from pg_stat_activity where application_name = 'strata extract'",
      );
      if (rows[0]?.n === '0') break;
    }
  });
});

test.each([
  ['40001', 'contention', false],
  ['57014', 'contention', false],
  ['25P04', 'contention', false],
  ['55P03', 'contention', true],
  ['53300', 'unavailable', false],
  ['57P01', 'unavailable', false],
  ['08006', 'unavailable', false],
  ['28P01', 'denied', false],
  ['42501', 'denied', true],
  ['22021', 'misconfigured', true],
  ['54000', 'misconfigured', true],
  ['0A000', 'misconfigured', true],
  ['XX001', 'unexpected', true],
])('%s is %s, and says if it is of one table: %s', (code, type, isOfOneTable) => {
  const failure = sourceFailure(Object.assign(new Error('secret'), { code }), 'reading item', 'SHOP_URL');
  expect([failure.type, failure instanceof UnreadableTableError]).toEqual([type, isOfOneTable]);
  expect(failure.message).toMatch(new RegExp(`^reading item: .* \\(${code}\\)$`));
  expect(failure.message).not.toContain('secret');
});

test('a pooler that gives out sessions by statement is named, for no later try can do better', () => {
  // As PgBouncer 1.18 answers to `begin`.
  const answer = Object.assign(new Error('transaction blocks not allowed in statement pooling mode'), { code: '08P01' });
  expect(sourceFailure(answer, 'beginning a snapshot', 'SHOP_URL')).toMatchObject({
    type: 'misconfigured',
    message: expect.stringMatching(/a connection pooler .* Let SHOP_URL name the server itself, or a pool by session \(08P01\)$/),
  });
  expect(sourceFailure(Object.assign(new Error('lost'), { code: '08P01' }), 'reading', 'SHOP_URL')).toMatchObject({ type: 'unavailable' });
});
