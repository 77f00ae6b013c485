import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createConnection, type Connection } from 'mysql2/promise';
import { describeTables } from '../../../src/gear/migrate/describe-tables.js';
import { openWarehouse } from '../../../src/connectors/mysql/warehouse.js';
import { FolderChain } from '../../support/folder-chain.js';
import { oddValues } from '../../support/servers/odd-server.js';
import { ownWarehouse } from '../../support/servers/own-warehouse.js';
import { warehouse } from '../../support/servers/servers.js';

const headers = {
  users: 'UserID,UserName,SignUpDate,Country',
  games: 'GameID,UserID,GameType,PlayDate,Duration',
  payments: 'TransactionID,UserID,Amount,TransactionDate,Type',
} as const;
type Feed = keyof typeof headers;
const feeds = Object.keys(headers) as Feed[];
/** Two deliveries of two files each; the second one changes rows of the first. */
const deliveries: readonly Readonly<Record<Feed, readonly (readonly string[])[]>>[] = [
  {
    users: [
      ['1,Zoë ß,1/2/2024,Peru', '2,Ann||B,1/3/2024,Chile'],
      ['3,"C\\d ""e""",29/2/2024,Perú', '4,,1/1/2024,Chile'],
    ],
    games: [
      ['1,1,Slots,1/2/2024,10', '2,2,Poker,1/2/2024,11', '3,3,Slots,3/2/2024,7'],
      ['4,1,Bingo,2/2/2024,9', '5,9,Slots,31/02/2024,1'],
    ],
    payments: [
      ['1,1,5.00,1/2/2024,Deposit', '2,2,7.55,1/2/2024,Deposit'],
      ['3,1,1.25,2/2/2024,Withdrawal', '4,3,10.10,3/2/2024,Deposit'],
    ],
  },
  {
    users: [['1,Zoé,1/2/2024,Chile'], ['5,new,2/3/2024,Peru']],
    games: [['2,2,Poker,1/2/2024,12', '6,5,Poker,4/3/2024,3'], ['1,1,Slots,1/2/2024,10']],
    payments: [['2,2,8.00,1/2/2024,Deposit'], ['5,5,0.01,4/3/2024,Deposit', '1,1,5.00,1/2/2024,Deposit']],
  },
];

/** Every row of bulk, bus and vault after both deliveries, without what depends on the time. */
async function outcome(chain: FolderChain): Promise<Record<string, string[]>> {
  for (const delivery of deliveries) {
    for (const feed of feeds) {
      for (const [number, rows] of delivery[feed].entries())
        await writeFile(join(chain.folder, `${feed}_${number}.csv`), `${headers[feed]}\n${rows.join('\n')}\n`);
      await chain.pickup(feed);
      await chain.process(feed);
    }
    await chain.refresh();
    await chain.loadVault();
  }
  const tables: Record<string, string[]> = {};
  const names = [...(await chain.warehouse.session((statements) => describeTables(statements, chain.prefix))).keys()];
  for (const name of names.filter((table) => /^(bulk|bus|vault)\./.test(table)).sort()) {
    const rows = await chain.warehouse.query(`select * from ${name}`);
    tables[name] = rows
      .map((row) => JSON.stringify(Object.entries(row).filter(([column]) => !/datetime|load_id|_at$/.test(column))))
      .sort();
  }
  return tables;
}

describe('a server that gives its sessions odd variables', () => {
  let server: Awaited<ReturnType<typeof ownWarehouse>>;
  let administrator: Connection;
  let expected: Record<string, string[]>;
  const opened: FolderChain[] = [];
  const open = async (url: string) => {
    const chain = await FolderChain.open(url);
    opened.push(chain);
    return chain;
  };
  /** Of an account for which the server runs init_connect. */
  let plainUrl: string;
  const changed = new Set<string>();

  beforeAll(async () => {
    server = await ownWarehouse();
    administrator = await createConnection({ uri: server.url });
    await administrator.query("create user plain identified by 'p'");
    await administrator.query(
      'grant select, insert, update, delete, create, drop, alter, index, create view, show view, create temporary tables on *.* to plain',
    );
    const url = new URL(server.url);
    url.username = 'plain';
    url.password = 'p';
    plainUrl = url.href;
    expected = await outcome(await open(warehouse.url));
    expect(Object.keys(expected).length).toBeGreaterThan(10);
    expect(expected['bulk.users']).toHaveLength(5);
  });
  afterAll(async () => {
    for (const chain of opened) await chain.close();
    await administrator?.end();
    await server?.close();
  });

  /** False where the server has no such variable, or not this value of it. */
  const setGlobal = async (name: string, value: string): Promise<boolean> => {
    try {
      await administrator.query(`set global ${name} = ${value}`);
      changed.add(name);
      return true;
    } catch {
      return false;
    }
  };
  const restore = async () => {
    for (const name of changed) await administrator.query(`set global ${name} = default`);
    changed.clear();
  };

  it('gives the same tables with all of them at once', async () => {
    const set: string[] = [];
    for (const [name, value] of oddValues) if (await setGlobal(name, value)) set.push(name);
    expect(set.length).toBeGreaterThan(40);
    try {
      expect(await outcome(await open(server.url))).toEqual(expected);
    } finally {
      await restore();
    }
  });

  it.each(oddValues)('reads back what must be where %s is %s', async (name, value) => {
    if (!(await setGlobal(name, value))) return;
    const pool = openWarehouse({ url: server.url, prefix: '', connections: 1 });
    try {
      expect(await pool.query('select n.n from (select 1 as n union all select 2 union all select 3) n')).toHaveLength(3);
      await pool.transaction((transaction) => transaction.query('select 1'));
    } finally {
      await pool.close();
      await restore();
    }
  });

  it('gives the same tables where init_connect sets them, begins a transaction and uses a database', async () => {
    const plain = await createConnection({ uri: plainUrl });
    const statements: string[] = [];
    for (const [name, value] of [...oddValues, ['timestamp', '86400']] as const) {
      const statement = `set session ${name} = ${value}`;
      if (
        await plain.query(statement).then(
          () => true,
          () => false,
        )
      )
        statements.push(statement);
    }
    await plain.end();
    expect(statements.length).toBeGreaterThan(30);
    // Longest last: a statement time would end the others.
    const last = [
      'set transaction isolation level serializable, read only',
      'use information_schema',
      'set autocommit = 0',
      'start transaction read only',
    ];
    const sets = statements.filter((statement) => !/time = |select_limit|autocommit/.test(statement));
    const times = statements.filter((statement) => /time = |select_limit/.test(statement));
    await administrator.query('set global init_connect = ?', [[...sets, ...times, ...last].join('; ')]);
    try {
      expect(await outcome(await open(plainUrl))).toEqual(expected);
    } finally {
      await administrator.query("set global init_connect = ''");
    }
  });
});
