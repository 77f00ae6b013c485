import { expect, it } from '@jest/globals';
import { openWarehouse } from '../../../src/connectors/mysql/warehouse.js';
import { ownWarehouse } from '../../support/servers/own-warehouse.js';

it('commits by itself and may write, whatever the server gives new sessions', async () => {
  const server = await ownWarehouse();
  const administrator = openWarehouse({ url: server.url, prefix: '' });
  const warehouse = openWarehouse({ url: server.url, prefix: '' });
  try {
    await administrator.execute('create database bulk');
    await administrator.execute('create table bulk.t (id int primary key)');
    await administrator.execute("set global autocommit = 0, global completion_type = 'CHAIN'");
    await administrator.execute('set global transaction read only');
    await warehouse.execute('insert into bulk.t values (1)');
    await warehouse.transaction((transaction) => transaction.execute('insert into bulk.t values (2)'));
    await warehouse.execute('insert into bulk.t values (3)');
    expect(await administrator.query('select id from bulk.t order by id')).toEqual([{ id: 1 }, { id: 2 }, { id: 3 }]);
  } finally {
    await warehouse.close();
    await administrator.close();
    await server.close();
  }
});
