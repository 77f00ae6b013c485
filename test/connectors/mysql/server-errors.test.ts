import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openWarehouse } from '../../../src/connectors/mysql/warehouse.js';
import type { Warehouse } from '../../../src/engine/warehouse.js';
import { FolderChain } from '../../support/folder-chain.js';
import { startMysqlProxy, type ProxiedError } from '../../support/proxies/mysql-proxy.js';
import { freshPrefix, warehouses } from '../../support/servers/servers.js';

describe.each(warehouses)('errors of $name', ({ name, url }) => {
  const prefix = freshPrefix();
  const user = `${prefix}login`;
  let warehouse: Warehouse;
  beforeAll(async () => {
    warehouse = openWarehouse({ url, prefix });
    await warehouse.execute(`create database \`${prefix}bulk\``);
    await warehouse.execute('create table bulk.t (id int primary key, name varchar(5) not null, n int, check (n < 10))');
  });
  afterAll(async () => {
    await warehouse.execute(`drop user if exists '${user}'@'%'`);
    await warehouse.close();
  });

  const failureOf = (sql: string) =>
    warehouse.execute(sql).then(
      () => undefined,
      (error: unknown) => error,
    );

  it.each([
    ["insert into bulk.t values (1, 'secret', 1)", 'statement', /insert into .*bulk\.t: .*for column name\. .*strata doctor/],
    ["insert into bulk.t values (1, 'a', 'secret')", 'statement', /for column .*n\. .*bulk\.t/],
    ["insert into bulk.t values (1, 'a', 4711)", 'statement', /check constraint of .*bulk\.t/],
    [
      "insert into bulk.t (id, nam) values (1, 'secret')",
      'misconfigured',
      /Unknown column 'nam' in '.*'.*mart's own SQL: correct its file/,
    ],
    ['insert into bulk.t values (1, null, 4711)', 'statement', /Column 'name' cannot be null.*bulk\.t.*coalesce/],
    [
      'insert into bulk.t select 1, null, 4711 union all select 2, null, 4711',
      'statement',
      /Column 'name' cannot be null.*bulk\.t.*coalesce/,
    ],
    ['insert into bulk.t (id, n) values (1, 1)', 'misconfigured', /Field 'name' doesn't have a default value.*strata doctor/],
    ["selec 'secret'", 'statement', /does not take this SQL/],
    ['insert into bulk.u values (1)', 'misconfigured', /bulk\.u' doesn't exist.*strata migrate/],
  ])('says of %s what to do, without a value', async (sql, type, said) => {
    const failure = await failureOf(sql);
    expect(failure).toMatchObject({ type, message: expect.stringMatching(said) });
    expect(String(failure)).not.toMatch(/secret|4711|SIZE_OUT_OF_RANGE/);
  });

  it.each([
    ['45000', 1644],
    ['HY000', 1054],
    ['HY000', 1026],
    ['HY000', 1290],
    ['HY000', 5555],
    ['08S01', 9001],
    ['28000', 1045],
  ])('shows nothing that a trigger says under SQLSTATE %s, number %i', async (state, number) => {
    await warehouse.execute('drop trigger if exists bulk.forger');
    await warehouse.execute(
      `create trigger bulk.forger before insert on bulk.t for each row signal sqlstate '${state}' set mysql_errno = ${number}, message_text = 'card secret 4111'`,
    );
    try {
      const failure = await failureOf("insert into bulk.t values (9, 'a', 1)");
      expect(failure).toMatchObject({ name: 'StrataError' });
      expect(String(failure)).not.toMatch(/secret|4111/);
    } finally {
      await warehouse.execute('drop trigger bulk.forger');
    }
  });

  const login = async (change: string) => {
    await warehouse.execute(`drop user if exists '${user}'@'%'`);
    await warehouse.execute(`create user '${user}'@'%' identified by 'p'`);
    await warehouse.execute(change.replace('USER', `'${user}'@'%'`));
    const address = new URL(url);
    address.username = user;
    address.password = 'p';
    const other = openWarehouse({ url: address.href, prefix: '', connections: 1 });
    try {
      return await other.query('select 1');
    } catch (error) {
      return error;
    } finally {
      await other.close();
    }
  };

  it.each([
    ['alter user USER account lock', /account unlock/],
    ['alter user USER password expire', /password has expired|reset your password/],
    ['alter user USER require ssl', /ssl-mode=REQUIRED/],
  ])('says what to do after: %s', async (change, said) => {
    expect(await login(change)).toMatchObject({ type: 'denied', message: expect.stringMatching(said) });
  });

  it('waits for a server that is not ready: nothing fails for good, nothing is lost', async () => {
    const rules: readonly (readonly [RegExp, ProxiedError, RegExp])[] = [
      [
        /^load data/i,
        { number: 1047, state: '08S01', message: 'WSREP has not yet prepared node for application use' },
        /WSREP has not yet prepared node/,
      ],
      [
        /^insert into `\w*bulk/i,
        { number: 1026, state: 'HY000', message: "Error writing file 'binlog' (errno: 28)" },
        /Error writing file.*disk is full/,
      ],
      [/^load data/i, { number: 1030, state: 'HY000', message: 'Got error 28 from storage engine' }, /Got error 28.*disk is full/],
      [/^commit/i, { number: 1180, state: 'HY000', message: 'Got error 5 during COMMIT' }, /Got error 5 during COMMIT/],
      [
        /^start transaction/i,
        { number: 9001, state: 'HY000', message: 'Max connect timeout reached while reaching hostgroup 1 after 10000ms' },
        /proxy/,
      ],
    ];
    const proxy = await startMysqlProxy(url);
    const chain = await FolderChain.open(proxy.url);
    const once = async (work: () => Promise<unknown>, [pattern, error, said]: (typeof rules)[number]) => {
      proxy.at(
        'before',
        ({ sql }) => pattern.test(sql),
        async () => error,
      );
      await expect(work()).rejects.toMatchObject({ type: 'unavailable', message: expect.stringMatching(said) });
    };
    const work = async () => {
      await chain.pickup('users');
      await chain.process('users');
    };
    try {
      for (const [number, rule] of rules.entries()) {
        await writeFile(join(chain.folder, `users_${number}.csv`), `UserID,UserName,SignUpDate,Country\n${number + 1},a,1/2/2024,Peru\n`);
        await once(work, rule);
        await work();
      }
      expect(await chain.warehouse.query('select user_id from bulk.users order by user_id')).toEqual(
        rules.map((_, number) => ({ user_id: number + 1 })),
      );
    } finally {
      await chain.close();
      await proxy.close();
    }
  });

  it('has names of its own', async () => {
    const failure = await failureOf("insert into bulk.t values (1, 'a', 4711)");
    expect(String(failure)).toContain(name === 'mariadb' ? 'ER_CONSTRAINT_FAILED (4025)' : 'ER_CHECK_CONSTRAINT_VIOLATED (3819)');
  });
});
