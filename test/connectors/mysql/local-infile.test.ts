import { Readable } from 'node:stream';
import { expect, it } from '@jest/globals';
import { openWarehouse } from '../../../src/connectors/mysql/warehouse.js';
import { ownWarehouse } from '../../support/servers/own-warehouse.js';

it('names the setting when the server takes no local files', async () => {
  const server = await ownWarehouse();
  const warehouse = openWarehouse({ url: server.url, prefix: '' });
  try {
    await warehouse.execute('set global local_infile = 0');
    await warehouse.execute('create database bulk');
    await warehouse.execute('create table bulk.t (id int primary key)');
    const load = "load data local infile 'strata' into table bulk.t (id)";
    const loading = warehouse.transaction((transaction) => transaction.loadData(load, Readable.from([Buffer.from('1\n')])), {
      attempts: 1,
    });
    await expect(loading).rejects.toMatchObject({ type: 'misconfigured', message: expect.stringMatching(/local_infile = 1/) });
  } finally {
    await warehouse.close();
    await server.close();
  }
});
