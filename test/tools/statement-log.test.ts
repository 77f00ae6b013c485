import { describe, expect, it } from '@jest/globals';
import { createConnection } from 'mysql2/promise';
import { StatementLog } from '../../tools/bench/measure/statement-log.js';
import { freshPrefix, warehouses } from '../support/servers/servers.js';

describe.each(warehouses)('the statements of a bench on $name', ({ name, url }) => {
  it('are those of its schemas since the start, by what they do; the server is set back once its scenario ends', async () => {
    const prefix = freshPrefix();
    const sql = await createConnection({ uri: url, rowsAsArray: true });
    const settings = async () => (await sql.query('select @@global.log_output, @@global.long_query_time, @@global.slow_query_log'))[0];
    const before = await settings();
    const ending: StatementLog[] = [];
    const log = await StatementLog.open({ database: { url }, onEnd: (each) => ending.push(each) });
    try {
      expect(await settings()).not.toEqual(before);
      const session = await createConnection({ uri: url });
      await session.query(`create database ${prefix}bulk`);
      await session.query(`create table ${prefix}bulk.games (id int)`);
      const slow = (ids: string) =>
        session.query(`insert into \`${prefix}bulk\`.\`games\` select ids.id from (${ids}) ids where sleep(0.05) = 0`);
      await slow('select 1 as id');
      await log.start();
      await slow('select 2 as id union all select 3');
      await slow('select 4 as id');
      await session.query('select sleep(0.05)');
      const statements = await log.statements(prefix);
      // Commits name no schema: those of other tests may be slow too.
      expect([...statements.keys()].filter((each) => each !== 'commit')).toEqual(['insert bulk.games']);
      expect(statements.get('insert bulk.games')!.seconds).toBeGreaterThan(0.14);
      // MySQL's slow log does not say how many rows a statement writes.
      expect(statements.get('insert bulk.games')!.rows).toBe(name === 'mariadb' ? 3 : NaN);
      await session.query(`drop database ${prefix}bulk`);
      await session.end();
    } finally {
      for (const each of ending) await each.close();
    }
    expect(await settings()).toEqual(before);
    await log.close();
    await sql.end();
  });
});
