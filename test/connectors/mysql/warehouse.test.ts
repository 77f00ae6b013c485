import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createConnection } from 'mysql2/promise';
import { openWarehouse } from '../../../src/connectors/mysql/warehouse.js';
import type { Warehouse } from '../../../src/engine/warehouse.js';
import { startMysqlProxy } from '../../support/proxies/mysql-proxy.js';
import { freshPrefix, warehouses } from '../../support/servers/servers.js';

const load = "load data local infile 'strata' into table bulk.t fields terminated by ',' escaped by '\\\\' (id, name)";

describe.each(warehouses)('a warehouse on $name', ({ url }) => {
  const prefix = freshPrefix();
  let warehouse: Warehouse;

  beforeAll(async () => {
    warehouse = openWarehouse({ url, prefix, connections: 3 });
    await warehouse.execute('create database ' + `\`${prefix}bulk\``);
    await warehouse.execute('create table bulk.t (id int primary key, name varchar(20) not null)');
  });
  afterAll(() => warehouse.close());

  const ids = async () => (await warehouse.query('select id from bulk.t order by id')).map(({ id }) => id);

  it('gives every session UTC, a strict mode, READ COMMITTED and a minute without work', async () => {
    const [row] = await warehouse.query(
      `select @@session.time_zone as zone, @@session.sql_mode as mode, '31' = 31 as equal, timestampdiff(second, utc_timestamp(), now()) as apart,
         @@session.wait_timeout as seconds, @@session.net_read_timeout as seconds_in_statement`,
    );
    expect(row).toMatchObject({ zone: '+00:00', equal: 1, apart: 0, seconds: 60, seconds_in_statement: 75 });
    expect(String(row?.mode)).toMatch(/STRICT_ALL_TABLES.*NO_ZERO_DATE/);
    await expect(warehouse.execute("insert into bulk.t values (1, 'much longer than twenty characters')")).rejects.toMatchObject({
      type: 'statement',
    });
  });

  it('commits what a transaction did, and nothing of one that failed', async () => {
    await warehouse.transaction((transaction) => transaction.execute("insert into bulk.t values (1, 'a')"));
    const failing = warehouse.transaction(async (transaction) => {
      await transaction.execute("insert into bulk.t values (2, 'b')");
      throw new Error('on purpose');
    });
    await expect(failing).rejects.toThrow('on purpose');
    expect(await ids()).toEqual([1]);
  });

  it('keeps no row of a stream that fails in the middle', async () => {
    async function* broken() {
      yield Buffer.from('10,a\n11,b\n');
      await new Promise((resolve) => setTimeout(resolve, 50));
      throw new Error('the source broke');
    }
    const failing = warehouse.transaction((transaction) => transaction.loadData(load, Readable.from(broken(), { objectMode: false })), {
      attempts: 1,
    });
    await expect(failing).rejects.toThrow('the source broke');
    expect(await ids()).toEqual([1]);
  });

  it('retries a deadlock until both transactions are through', async () => {
    await warehouse.execute("insert into bulk.t values (20, 'x'), (21, 'y')");
    const cross = (first: number, second: number) =>
      warehouse.transaction(async (transaction) => {
        await transaction.execute("update bulk.t set name = concat(left(name, 10), '+') where id = ?", [first]);
        await new Promise((resolve) => setTimeout(resolve, 200));
        await transaction.execute("update bulk.t set name = concat(left(name, 10), '+') where id = ?", [second]);
      });
    await Promise.all([cross(20, 21), cross(21, 20)]);
    expect(await warehouse.query('select name from bulk.t where id in (20, 21) order by id')).toEqual([{ name: 'x++' }, { name: 'y++' }]);
  });

  it('stops the statement that runs when it is aborted, and goes on working', async () => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(new Error('cancelled')), 300);
    const started = Date.now();
    const sleeping = warehouse.transaction((transaction) => transaction.query('select sleep(20)'), { signal: controller.signal });
    await expect(sleeping).rejects.toThrow('cancelled');
    expect(Date.now() - started).toBeLessThan(10_000);
    expect(await warehouse.query('select 1 as one')).toEqual([{ one: 1 }]);
  });

  it('does not stop the next statement when the work that was to be stopped had just ended', async () => {
    const proxy = await startMysqlProxy(url);
    const behind = openWarehouse({ url: proxy.url, prefix: '', connections: 1 });
    try {
      const controller = new AbortController();
      proxy.at(
        'after',
        ({ sql }) => sql === 'commit',
        async () => {
          controller.abort(new Error('cancelled'));
          return 'go on';
        },
      );
      await behind.transaction((transaction) => transaction.query('select 1'), { signal: controller.signal });
      // A statement that is killed ends early, with 1 or with an error.
      expect(await behind.query('select sleep(1) as was_stopped')).toEqual([{ was_stopped: 0 }]);
    } finally {
      await behind.close();
      await proxy.close();
    }
  });

  it('keeps no connection whose settings the server refuses', async () => {
    const user = `${prefix}quota`.slice(0, 30);
    await warehouse.execute(`create user '${user}'@'%' identified by 'p' with max_queries_per_hour 1`);
    const address = new URL(url);
    address.username = user;
    address.password = 'p';
    const limited = openWarehouse({ url: address.href, prefix: '', connections: 1 });
    try {
      for (let tries = 0; tries < 3; tries += 1)
        await expect(limited.query('select 1')).rejects.toMatchObject({
          type: 'unavailable',
          message: expect.stringMatching(/raise the user's limit/),
        });
    } finally {
      await limited.close();
      await warehouse.execute(`drop user '${user}'@'%'`);
    }
  });

  it('runs nothing of work that was stopped while it waited for a connection', async () => {
    const one = openWarehouse({ url, prefix, connections: 1 });
    try {
      const controller = new AbortController();
      const first = one.session((statements) => statements.query('select sleep(1)'));
      let began = false;
      const second = one.session(async () => void (began = true), { signal: controller.signal });
      second.catch(() => undefined);
      controller.abort(new Error('cancelled'));
      await first;
      await expect(second).rejects.toThrow('cancelled');
      expect(began).toBe(false);
      expect(await one.query('select 1 as one')).toEqual([{ one: 1 }]);
    } finally {
      await one.close();
    }
  });

  it('takes a connection that was killed for unavailable, and the next one works', async () => {
    const killed = warehouse.transaction(async (transaction) => {
      const [row] = await transaction.query<{ id: number }>('select connection_id() as id');
      const other = await createConnection({ uri: url });
      await other.query(`kill ${row!.id}`);
      await other.end();
      await transaction.query('select 1');
    });
    await expect(killed).rejects.toMatchObject({ type: 'unavailable' });
    expect(await warehouse.query('select 1 as one')).toEqual([{ one: 1 }]);
  });

  it('says what is wrong without values of rows', async () => {
    const duplicate = await warehouse.execute("insert into bulk.t values (1, 'secret name')").catch((error: unknown) => error);
    expect(String(duplicate)).toMatch(/ER_DUP_ENTRY/);
    expect(JSON.stringify(duplicate) + String(duplicate)).not.toMatch(/secret/);
    const wrong = new URL(url);
    wrong.password = 'not-it-9f3';
    wrong.username = 'nobody';
    const other = openWarehouse({ url: wrong.href, prefix });
    const denied = await other.query('select 1').catch((error: unknown) => error);
    expect(denied).toMatchObject({ type: 'denied' });
    expect(String(denied)).toMatch(/STRATA_MYSQL_URL/);
    expect(String(denied)).not.toMatch(/not-it-9f3/);
    await other.close();
    const nowhere = openWarehouse({ url: 'mysql://u:p@127.0.0.1:1', prefix });
    await expect(nowhere.query('select 1')).rejects.toMatchObject({
      type: 'unavailable',
      message: expect.stringMatching(/STRATA_MYSQL_URL/),
    });
    await nowhere.close();
  });
});
