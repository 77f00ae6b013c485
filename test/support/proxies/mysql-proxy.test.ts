import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createConnection, type Connection } from 'mysql2/promise';
import { startMysqlProxy, type MysqlProxy } from './mysql-proxy.js';
import { freshPrefix, warehouses } from '../servers/servers.js';

describe.each(warehouses)('a proxy in front of $name', ({ url }) => {
  const schema = `${freshPrefix()}proxy`;
  let proxy: MysqlProxy;
  let direct: Connection;
  let connection: Connection;
  const count = async () => ((await direct.query(`select count(*) as n from ${schema}.t`))[0] as { n: number }[])[0]!.n;
  const ofTable = ({ sql, transaction }: { sql: string; transaction: readonly string[] }) =>
    sql === 'commit' && transaction.some((earlier) => earlier.includes(schema));

  beforeEach(async () => {
    proxy = await startMysqlProxy(url);
    direct = await createConnection(url);
    await direct.query(`create database if not exists ${schema}`);
    await direct.query(`drop table if exists ${schema}.t`);
    await direct.query(`create table ${schema}.t (a varchar(100))`);
    connection = await createConnection({ uri: proxy.url, flags: ['LOCAL_FILES'] });
    connection.on('error', () => undefined);
  });
  afterEach(async () => {
    connection.destroy();
    await direct.end();
    await proxy.close();
  });

  const insert = async () => {
    await connection.query('start transaction');
    await connection.query(`insert into ${schema}.t values ('x')`);
    await connection.query('commit');
  };

  it('lets a commit that it cuts before never happen', async () => {
    proxy.at('before', ofTable, () => Promise.resolve('cut'));
    await expect(insert()).rejects.toThrow();
    expect(await count()).toBe(0);
  });

  it('lets a commit that it cuts afterwards have happened', async () => {
    proxy.at('after', ofTable, () => Promise.resolve('cut'));
    await expect(insert()).rejects.toThrow();
    expect(await count()).toBe(1);
  });

  it('holds a commit as long as the test wants, once', async () => {
    let seen = -1;
    proxy.at('before', ofTable, async () => {
      seen = await count();
      return 'go on';
    });
    await insert();
    await insert();
    expect([seen, await count()]).toEqual([0, 2]);
  });

  const load = (rows: Readable) =>
    connection.query({ sql: `load data local infile 'x' into table ${schema}.t`, infileStreamFactory: () => rows });
  const block = Buffer.from(`${'y'.repeat(99)}\n`.repeat(600));

  it('passes a large file on as it is', async () => {
    await load(Readable.from(Array.from({ length: 300 }, () => block)));
    expect(await count()).toBe(180_000);
    await insert();
    expect(await count()).toBe(180_001);
  });

  it('drops the connection in the middle of a file', async () => {
    const cut = proxy.cutLoadData((sql) => sql.includes(schema), 1 << 20);
    await connection.query('start transaction');
    await expect(load(Readable.from(Array.from({ length: 300 }, () => block)))).rejects.toThrow();
    await cut;
    expect(await count()).toBe(0);
  });
});
