import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createConnection, type Connection } from 'mysql2/promise';
import { checkServer, requireServer } from '../../../../src/connectors/mysql/checks/check-server.js';
import { openWarehouse } from '../../../../src/connectors/mysql/warehouse.js';
import { ownWarehouse } from '../../../support/servers/own-warehouse.js';
import { warehouses } from '../../../support/servers/servers.js';

it.each(warehouses)('finds nothing that stops work on the $name of the tests', async ({ url }) => {
  const warehouse = openWarehouse({ url, prefix: '' });
  expect((await checkServer(warehouse)).filter(({ weight }) => weight !== 'note')).toEqual([]);
  await warehouse.close();
});

describe('variables that no session of a plain login can set', () => {
  let server: Awaited<ReturnType<typeof ownWarehouse>>;
  let administrator: Connection;
  let url: string;
  beforeAll(async () => {
    server = await ownWarehouse(['--log-bin=binlog']);
    administrator = await createConnection({ uri: server.url });
    await administrator.query("create user plain identified by 'p'");
    const address = new URL(server.url);
    address.username = 'plain';
    address.password = 'p';
    url = address.href;
  });
  afterAll(async () => {
    await administrator?.end();
    await server?.close();
  });

  const rows: readonly (readonly [name: string, value: string, weight: string, fix: string])[] = [
    ['local_infile', '0', 'refuse', '1'],
    ['binlog_format', "'STATEMENT'", 'refuse', "'ROW'"],
    ['innodb_default_row_format', "'compact'", 'refuse', "'dynamic'"],
    ['innodb_default_row_format', "'redundant'", 'refuse', "'dynamic'"],
    ['max_allowed_packet', '1048576', 'refuse', '67108864'],
    ['enforce_storage_engine', "'MyISAM'", 'refuse', 'default'],
    ['read_only', '1', 'wrong', '0'],
    ['innodb_flush_log_at_trx_commit', '2', 'note', '1'],
    ['innodb_flush_log_at_trx_commit', '0', 'note', '1'],
    ['sync_binlog', '0', 'note', '1'],
    ['sync_binlog', '100', 'note', '1'],
    ['max_binlog_cache_size', '1048576', 'note', '4294967296'],
  ];
  it.each(rows)('says of %s = %s what follows and how to fix it', async (name, value, weight, fix) => {
    const known = await administrator.query(`set global ${name} = ${value}`).then(
      () => true,
      () => false,
    );
    if (!known) return;
    const warehouse = openWarehouse({ url, prefix: '' });
    try {
      const finding = { weight, message: expect.stringContaining(`On the server run: set global ${name} = ${fix} `) };
      expect(await checkServer(warehouse)).toContainEqual(finding);
      const notes: string[] = [];
      const start = requireServer(warehouse, (note) => notes.push(note));
      if (weight === 'refuse') await expect(start).rejects.toMatchObject({ type: 'misconfigured', message: expect.stringContaining(name) });
      else {
        await start;
        expect(notes.join()).toContain(name);
      }
    } finally {
      await warehouse.close();
      await administrator.query(`set global ${name} = ${fix}`);
    }
  });

  it('asks for nothing more once all were fixed', async () => {
    const warehouse = openWarehouse({ url, prefix: '' });
    expect(await checkServer(warehouse)).toEqual([]);
    await warehouse.close();
  });
});
