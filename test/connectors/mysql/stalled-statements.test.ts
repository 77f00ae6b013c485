import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openWarehouse } from '../../../src/connectors/mysql/warehouse.js';
import type { ObjectVersion } from '../../../src/engine/object-store.js';
import type { Warehouse } from '../../../src/engine/warehouse.js';
import { watchWork, workWatch } from '../../../src/connectors/work-watch.js';
import { startHttpProxy } from '../../support/proxies/http-proxy.js';
import { startMysqlProxy, type MysqlProxy, type ProxiedStatement } from '../../support/proxies/mysql-proxy.js';
import { freshPrefix, objectStore, warehouses } from '../../support/servers/servers.js';
import { createTestBucket, testClient } from '../s3/test-bucket.js';

/** Milliseconds. */
const stallTime = 2_000;
const load = "load data local infile 'strata' into table bulk.t fields terminated by ',' (id, name)";
const never = new Promise<never>(() => undefined);

describe.each(warehouses)('a statement that takes long on $name', ({ url }) => {
  let prefix: string;
  let proxy: MysqlProxy;
  let behind: Warehouse;
  let direct: Warehouse;

  beforeEach(async () => {
    prefix = freshPrefix();
    proxy = await startMysqlProxy(url);
    behind = openWarehouse({ url: proxy.url, prefix, connections: 3, stallTime });
    direct = openWarehouse({ url, prefix, connections: 3, stallTime });
    await direct.execute(`create database \`${prefix}bulk\``);
    await direct.execute('create table bulk.t (id int primary key, name varchar(20) not null)');
  });
  afterEach(async () => {
    await direct.execute(`drop database \`${prefix}bulk\``);
    await direct.close();
    await proxy.close();
    await behind.close();
  });

  const insert = (warehouse: Warehouse, id: number) =>
    warehouse.transaction((transaction) => transaction.execute('insert into bulk.t values (?, ?)', [id, 'a']));
  const isInsert = ({ sql }: ProxiedStatement) => sql.startsWith('insert into');
  const ids = async () => (await direct.query('select id from bulk.t order by id')).map(({ id }) => id);

  it('is given up when its answer is lost, its locks are let go, and it says why', async () => {
    proxy.at('after', isInsert, () => never);
    await expect(insert(behind, 1)).rejects.toMatchObject({
      type: 'unavailable',
      message: expect.stringMatching(
        /^insert into \S*bulk\.t: it has stood still for .* its answer was lost on the way\. It was stopped/,
      ) as unknown,
    });
    await insert(direct, 1);
    await insert(behind, 2);
    expect(await ids()).toEqual([1, 2]);
  });

  it('is given up when it never reaches the server', async () => {
    proxy.at('before', isInsert, () => never);
    await expect(insert(behind, 1)).rejects.toMatchObject({
      type: 'unavailable',
      message: expect.stringContaining('stood still') as unknown,
    });
    await insert(behind, 1);
    expect(await ids()).toEqual([1]);
  });

  it('is given up when it was to be stopped and no answer comes to that', async () => {
    proxy.at('after', isInsert, () => never);
    const patient = openWarehouse({ url: proxy.url, prefix, connections: 3 });
    const stop = new AbortController();
    const work = patient.transaction((transaction) => transaction.execute('insert into bulk.t values (1, ?)', ['a']), {
      signal: stop.signal,
    });
    setTimeout(() => stop.abort(new Error('cancelled')), 500);
    await expect(work).rejects.toThrow('cancelled');
    await insert(patient, 1);
    await patient.close();
  });

  it('is healthy while the server works on it, or waits for a lock, and heartbeats say so', async () => {
    const steps = new Set<string | undefined>();
    let isSilent = false;
    await direct.execute('insert into bulk.t values (1, ?)', ['a']);
    const holder = direct.transaction(async (transaction) => {
      await transaction.execute("update bulk.t set name = 'b' where id = 1");
      await sleep(3 * stallTime);
    });
    await watchWork(stallTime, async () => {
      const work = workWatch()!;
      const timer = setInterval(() => {
        steps.add(work.step);
        isSilent ||= work.isSilent;
      }, 100);
      await behind.transaction((transaction) => transaction.execute("update bulk.t set name = 'c' where id = 1"));
      await behind.execute(
        `insert into bulk.t select 2, count(*) from (with recursive n as (select 1 as i union all select i + 1 from n where i < 4000) select i from n) a
         join (with recursive m as (select 1 as j union all select j + 1 from m where j < 4000) select j from m) b on sin(i * j) > 2`,
      );
      clearInterval(timer);
    });
    await holder;
    expect([...steps]).toContainEqual(expect.stringMatching(/^update \S*bulk\.t, at work for /));
    expect(isSilent).toBe(false);
    expect(await direct.query('select * from bulk.t order by id')).toEqual([
      { id: 1, name: 'c' },
      { id: 2, name: '0' },
    ]);
  });

  it('is given up when the object that it loads gives no more bytes', async () => {
    const bucket = await createTestBucket();
    const http = await startHttpProxy(objectStore.endpoint);
    try {
      const rows = Array.from({ length: 200_000 }, (_, index) => `${index},name\n`).join('');
      await bucket.put('rows.csv', rows);
      const store = bucket.store('', testClient(http.endpoint));
      const page = await store.list({ recursive: true }).next();
      const version = (page.value as readonly ObjectVersion[])[0]!;
      http.midBody(
        ({ method }) => method === 'GET',
        1 << 20,
        () => never,
      );
      const stream = await store.read(version, { start: 0 });
      await expect(behind.transaction((transaction) => transaction.loadData(load, stream), { attempts: 1 })).rejects.toMatchObject({
        type: 'unavailable',
        message: expect.stringContaining('its source gives no more bytes') as unknown,
      });
      expect(stream.destroyed).toBe(true);
      const again = await store.read(version, { start: 0 });
      await direct.transaction((transaction) => transaction.loadData(load, again), { attempts: 1 });
      expect(await direct.query('select count(*) as n from bulk.t')).toEqual([{ n: 200_000 }]);
    } finally {
      await http.close();
      await bucket.drop();
    }
  });

  it('may take rows as slowly as they come', async () => {
    async function* slow() {
      for (let id = 1; id <= 8; id += 1) {
        await sleep(stallTime / 3);
        yield Buffer.from(`${id},a\n`);
      }
    }
    await behind.transaction((transaction) => transaction.loadData(load, Readable.from(slow(), { objectMode: false })), { attempts: 1 });
    expect(await ids()).toHaveLength(8);
  });
});
