import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openWarehouse } from '../../../src/connectors/mysql/warehouse.js';
import type { Statements, Warehouse } from '../../../src/engine/warehouse.js';
import { startMysqlProxy, type MysqlProxy, type Verdict } from '../../support/proxies/mysql-proxy.js';
import { warehouses } from '../../support/servers/servers.js';

describe.each(warehouses)('a session behind a proxy on $name', ({ url }) => {
  let proxy: MysqlProxy;
  let behind: Warehouse;
  beforeEach(async () => {
    proxy = await startMysqlProxy(url);
    behind = openWarehouse({ url: proxy.url, prefix: '', connections: 1 });
  });
  afterEach(async () => {
    await behind.close();
    await proxy.close();
  });

  const zone = async (statements: Statements) => (await statements.query('select @@session.time_zone as zone'))[0]?.zone;
  const each = (verdict: Verdict, pattern: RegExp) => {
    const again = (): void =>
      proxy.at(
        'before',
        ({ sql }) => pattern.test(sql),
        async () => {
          again();
          return verdict;
        },
      );
    again();
  };

  it('is refused where SET statements are dropped, with the variables named', async () => {
    each('swallow', /^set /);
    await expect(behind.query('select 1')).rejects.toMatchObject({
      type: 'misconfigured',
      message: expect.stringMatching(/does not keep what Strata sets: .*sql_mode is '.*', must be '.*A proxy between/s),
    });
  });

  it('gets its variables again where it was given another session for a transaction', async () => {
    await behind.query('select 1');
    for (const moment of [/^start transaction/, /^start transaction/]) {
      proxy.at(
        'before',
        ({ sql }) => moment.test(sql),
        async () => 'reset',
      );
      expect(await behind.transaction(zone)).toBe('+00:00');
    }
  });

  it('gets its variables again where it was given another session between two statements', async () => {
    await behind.query('select 1');
    proxy.at(
      'before',
      () => true,
      async () => 'reset',
    );
    expect(await behind.session(zone)).toBe('+00:00');
  });

  it('is refused where each transaction has another session', async () => {
    await behind.query('select 1');
    each('reset', /^start transaction/);
    await expect(behind.transaction(zone)).rejects.toMatchObject({
      type: 'misconfigured',
      message: expect.stringMatching(/pool by session/),
    });
  });
});
