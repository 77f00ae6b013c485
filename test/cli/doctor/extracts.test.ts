import { chown, writeFile } from 'node:fs/promises';
import { createServer, connect, type Server } from 'node:net';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Client } from 'pg';
import { checkDatabase } from '../../../src/cli/doctor/extracts/check-database.js';
import { checkHttpServer } from '../../../src/cli/doctor/extracts/check-http-server.js';
import type { Finding } from '../../../src/cli/doctor/finding.js';
import type { Project } from '../../../src/config/load-project.js';
import { refuseOldServer } from '../../../src/connectors/postgres/server-version.js';
import { addDays, dateOf } from '../../../src/contracts/dates/dates.js';
import type { ExtractDefinition } from '../../../src/engine/extract/drift.js';
import type { HttpExtract } from '../../../src/engine/extract/requests.js';
import type { Postgres } from '../../../tools/servers/postgres.js';
import { AnsweringServer, json, ratesOf, status } from '../../support/servers/answering-server.js';
import { connectPostgres, freshDatabase, ownPostgres } from '../../support/servers/own-postgres.js';

const projectOf = (environment: Readonly<Record<string, string>>) => ({ settings: { environment } }) as unknown as Project;
const secret = /hidden/;

describe('strata doctor of a database', () => {
  let server: Postgres;
  let client: Client;
  let url: URL;
  const table = (name: string, key = ['id']) => ({ name, key, mark: 'changed' });
  const extract = (...tables: ExtractDefinition['tables']): ExtractDefinition => ({
    ...{ name: 'shop', kind: 'postgres', setting: 'SHOP_URL', into: 'LAKE_URL', schedule: '*/5 * * * *', tables },
  });
  const findings = async (
    definition: ExtractDefinition,
    { address = url.href, measured, schema }: { address?: string; measured?: number; schema?: string } = {},
  ): Promise<readonly Finding[]> => {
    const found: Finding[] = [];
    const project = projectOf({ SHOP_URL: address, ...(schema !== undefined && { SHOP_SCHEMA: schema }) });
    const of = schema === undefined ? definition : { ...definition, schemaSetting: 'SHOP_SCHEMA' };
    for await (const each of checkDatabase(project, 'shop', of, measured)) found.push(each);
    for (const { message } of found) expect(message).not.toMatch(secret);
    return found;
  };
  beforeAll(async () => {
    server = await ownPostgres();
    const address = await freshDatabase(server);
    client = await connectPostgres(address);
    await client.query(`create role doctor_reader login password 'hidden'; create schema closed;
      create table item (id int primary key, name text, changed timestamp); create table part (id int, more text, changed timestamp);
      create table denied (id int primary key, changed timestamp); create table half (id int primary key, a text, b text, changed timestamp);
      create table policed (id int primary key, changed timestamp); alter table policed enable row level security;
      create table divided (id int primary key, changed timestamp) partition by range (id); create view seen as select * from item;
      create table divided_1 partition of divided for values from (0) to (20000); insert into divided select n, now() from generate_series(1, 15000) n; analyze divided_1;
      create table mixed (id int, changed timestamp); create extension postgres_fdw; create server far foreign data wrapper postgres_fdw;
      create foreign table seen_far () inherits (mixed) server far;
      create access method columns type table handler heap_tableam_handler; create table columnar (id int primary key, changed timestamp) using columns;
      grant select on item, part, policed, divided, mixed, columnar, seen to doctor_reader; grant select (id, a, changed) on half to doctor_reader;
      insert into item select n, repeat('x', 100), now() from generate_series(1, 20000) n; analyze item`);
    url = new URL(address);
    url.username = 'doctor_reader';
    url.password = 'hidden';
  });
  afterAll(() => client.end());

  test('finds nothing wrong where everything is as it should be, and says what it is', async () => {
    expect(await findings(extract(table('item')))).toEqual([
      { check: 'database of shop', state: 'good', message: expect.stringMatching(/^PostgreSQL \d+.* \(SHOP_URL\), the primary$/) },
      { check: 'tables in the database of shop', state: 'good', message: '1 can be read' },
    ]);
  });

  test('names each table that can not be read, and what to run', async () => {
    const names = ['denied', 'half', 'policed', 'mixed', 'columnar', 'seen', 'gone', 'item'];
    const [, tables] = await findings(extract(...names.map((name) => table(name)), { ...table('item'), mark: 'updated' }));
    expect(tables?.state).toBe('wrong');
    expect(tables?.message.split('\n')).toEqual([
      'denied may not be read (no column). Run: grant select on public.denied to doctor_reader',
      'half may not be read (not b). Run: grant select on public.half to doctor_reader',
      'policed has a policy of row-level security, which hides rows from the account. Let the account read all rows: alter role doctor_reader bypassrls',
      'mixed has rows of seen_far, which is not an ordinary table and has no row versions',
      "columnar is stored in another way than PostgreSQL's own, which keeps no row versions: columnar (columns). Extract a copy of it",
      'seen is not an ordinary table, so it has no row versions. Name the tables that it is made of',
      'gone is not in the schema public. Create it, or take it out of the definition',
      'item lacks the columns updated of the definition. Correct one of the two',
    ]);
    const columns = { ...table('half'), columns: ['id', 'a', 'changed'] };
    expect((await findings(extract(columns)))[1]).toMatchObject({ state: 'good' });
  });

  test('says where no index keeps keys apart', async () => {
    const [, tables] = await findings(extract(table('part'), table('item', ['id', 'name'])));
    expect(tables).toMatchObject({ state: 'warning', message: expect.stringMatching(/^part has no unique index on id\. [^\n]*$/) });
  });

  test('measures how long a run reads a large table, and says when that is too long', async () => {
    const [, , scans] = await findings(extract(table('item'), table('part')), { measured: 10_000 });
    expect(scans).toMatchObject({
      check: 'scans in the database of shop',
      state: 'good',
      message: expect.stringMatching(/^item: about 20,000 rows, [\d.]+ MB\. A run reads all of it, in about \d+ s by a sample$/),
    });
    expect(await findings(extract(table('item')))).toHaveLength(2);
    const [, tables, divided] = await findings(extract(table('divided')), { measured: 10_000 });
    expect([tables?.message, divided?.message]).toEqual([
      '1 can be read',
      expect.stringMatching(/^divided: about 15,000 rows, [\d.]+ kB/i),
    ]);
  });

  test('says what is wrong with the login, the schema and the account', async () => {
    const wrong = new URL(url);
    wrong.password = 'hidden-too';
    expect(await findings(extract(table('item')), { address: wrong.href })).toEqual([
      { check: 'database of shop', state: 'wrong', message: expect.stringContaining('the password is wrong. Correct SHOP_URL') },
    ]);
    expect((await findings(extract(table('item')), { address: '' }))[0]?.message).toContain('SHOP_URL is not set');
    expect(await findings(extract(table('item')), { schema: 'closed' })).toEqual([
      { check: 'database of shop', state: 'wrong', message: expect.stringContaining('Run: grant usage on schema closed to doctor_reader') },
    ]);
    expect((await findings(extract(table('item')), { schema: 'nowhere' }))[0]?.message).toContain('has no schema nowhere');
    const [reached] = await findings(extract(table('item')), { address: new URL(url.pathname, server.url).href });
    expect(reached).toMatchObject({
      state: 'warning',
      message: expect.stringContaining('the account may do everything. Give extracts one that only reads'),
    });
  });

  test('sees a pooler by the number of the session, which is not the one that was told', async () => {
    const pooler = await fakePooler(server.port);
    const pooled = new URL(url);
    pooled.port = String((pooler.address() as AddressInfo).port);
    pooled.searchParams.set('sslmode', 'disable');
    expect((await findings(extract(table('item')), { address: pooled.href }))[0]).toMatchObject({
      state: 'warning',
      message: expect.stringMatching(/a connection pooler stands before it\. .* Let SHOP_URL name the server itself/),
    });
    pooler.close();
  });

  test('says what a standby means', async () => {
    const standby = await ownPostgres();
    const file = join(standby.data, 'standby.signal');
    await writeFile(file, '');
    if (process.getuid?.() === 0) await chown(file, 65_534, 65_534);
    await standby.restart();
    const [reached] = await findings(extract(table('item')), { address: standby.url });
    expect(reached).toMatchObject({ state: 'warning', message: expect.stringContaining(', a standby\n') });
    expect(reached?.message).toContain('extracts see what the standby has taken in');
    expect(reached?.message).toContain('cancels a query that holds up what it has to take in after 30s');
    expect(reached?.message).toContain('set hot_standby_feedback = on, or a longer max_standby_streaming_delay');
  });

  test('refuses a server that is too old', () => {
    expect(() => refuseOldServer(120_019, '12.19', 'SHOP_URL')).toThrow(
      'the server in SHOP_URL is PostgreSQL 12.19. Extracts need 13 or later',
    );
    expect(() => refuseOldServer(130_000, '13.0', 'SHOP_URL')).not.toThrow();
  });
});

describe('strata doctor of a server that answers by HTTP', () => {
  let server: AnsweringServer;
  const yesterday = addDays(dateOf(new Date()), -1);
  const rates: HttpExtract = {
    ...{ name: 'rates', kind: 'http', setting: 'RATES_URL', into: 'LAKE_URL', since: '2026-01-01', path: '/{date}?base={base}' },
    ...{ values: { base: ['GBP'] }, answer: { entries: 'rates', date: 'date' } },
  };
  const check = async (environment: Readonly<Record<string, string>> = { RATES_URL: `${server.url}/?key=hidden` }, definition = rates) => {
    const found = await checkHttpServer(projectOf(environment), 'shop', definition);
    expect(found.message).not.toMatch(secret);
    return found;
  };
  beforeAll(async () => {
    server = await AnsweringServer.open();
  });
  afterAll(() => server.close());

  test('asks it once, for yesterday, and says that the answer is good', async () => {
    expect(await check()).toEqual({
      check: 'server of shop, for rates',
      state: 'good',
      message: `it has a good answer for GBP of ${yesterday} (RATES_URL)`,
    });
    expect(server.asked).toEqual([`/${yesterday}?base=GBP&key=hidden`]);
  });

  test('says what is wrong, and what to set', async () => {
    server.plan(
      `/${yesterday}`,
      status(403),
      status(404),
      json('{"date":"2026-01-01"}'),
      status(301, { location: 'https://moved.example/hidden' }),
      status(500),
    );
    expect(await check()).toMatchObject({
      state: 'wrong',
      message: expect.stringContaining('403: it does not accept the account or key. Correct RATES_URL'),
    });
    expect(await check()).toMatchObject({
      state: 'warning',
      message: expect.stringContaining(`it answers, and has nothing for GBP of ${yesterday}`),
    });
    expect(await check()).toMatchObject({
      state: 'wrong',
      message: expect.stringContaining('the answer has no object rates. Check the path'),
    });
    expect(await check()).toMatchObject({ state: 'wrong', message: expect.stringContaining('sends on to moved.example. Set RATES_URL') });
    expect(await check()).toMatchObject({ state: 'wrong', message: expect.stringContaining('the server answered 500') });
    expect(await check({})).toMatchObject({ state: 'wrong', message: 'RATES_URL is not set. Set it to https://host/path' });
    expect(await check({}, { ...rates, optional: true })).toMatchObject({
      state: 'good',
      message: 'RATES_URL is not set, so nothing is asked for',
    });
    expect(await check({ RATES_URL: server.url }, { ...rates, tokenSetting: 'RATES_TOKEN' })).toMatchObject({
      message: expect.stringContaining('RATES_TOKEN is not set'),
    });
  });

  test('notices a clock that is wrong', async () => {
    // The header has whole seconds.
    server.plan(`/${yesterday}`, json(ratesOf(yesterday), { date: new Date(Date.now() - 600_000).toUTCString() }));
    expect(await check()).toMatchObject({
      state: 'warning',
      message: expect.stringMatching(/its clock is 10 min( \d s)? behind the clock of this machine/),
    });
  });
});

/** Passes everything on, and tells each session a number of its own, as poolers do. */
async function fakePooler(port: number): Promise<Server> {
  const pooler = createServer((socket) => {
    const upstream = connect(port, '127.0.0.1');
    socket.on('error', () => upstream.destroy());
    upstream.on('error', () => socket.destroy());
    socket.pipe(upstream);
    upstream.on('data', (bytes: Buffer) => {
      // BackendKeyData: K, its length 12, the number of the process, a key.
      const at = bytes.indexOf(Buffer.from([0x4b, 0, 0, 0, 12]));
      if (at >= 0) bytes.writeInt32BE(4_711_000, at + 5);
      socket.write(bytes);
    });
    upstream.on('end', () => socket.end());
  });
  pooler.listen(0, '127.0.0.1');
  await once(pooler, 'listening');
  return pooler;
}
