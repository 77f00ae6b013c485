import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Connection } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Client } from 'pg';
import { openWarehouse } from '../../../src/connectors/mysql/warehouse.js';
import type { Warehouse } from '../../../src/engine/warehouse.js';
import { connectPostgres, freshDatabase, ownPostgres } from '../../support/servers/own-postgres.js';
import { freshPrefix, temporal, warehouse as server } from '../../support/servers/servers.js';
import { StrataProcess, type Settings } from '../../support/strata-process.js';
import { until } from '../../support/until.js';
import { documentAt, fencedBlocks, tables } from '../documents.js';

const page = documentAt('docs/how-to/databases/postgresql.md');
const blocks = fencedBlocks(page);
/** The tables that print the mart: after the first run, and after the second. */
const [first, second] = tables(page).filter(([row]) => /^\d+$/.test(row?.[0] ?? ''));

function block(name: string): string {
  const found = blocks.find((each) => each.name === name);
  if (!found) throw new Error(`the page has no block ${name}`);
  return found.text;
}

describe('the pipeline of docs/how-to/databases/postgresql.md works as written', () => {
  const prefix = freshPrefix();
  let folder: string;
  let env: Settings;
  let source: Client;
  let warehouse: Warehouse;
  let worker: StrataProcess;

  /** What the commands of a block wrote, each below the one before. */
  const run = async (name: string): Promise<string> => {
    let written = '';
    for (const line of block(name).trim().split('\n')) {
      const { code, stdout, stderr } = await StrataProcess.run(line.replace(/^npx strata /, '').split(' '), env, folder);
      if (code !== 0) throw new Error(`${line} ended with ${code}:\n${stdout}${stderr}`);
      written += stdout;
    }
    return written;
  };
  const mart = async () =>
    (await warehouse.query('select book_id, title, loans, still_out from bus.books_out order by book_id')).map((row) =>
      Object.values(row).map(String),
    );

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'strata-library-'));
    for (const { name, text } of blocks.filter((each) => each.name.startsWith('library/'))) {
      await mkdir(dirname(join(folder, name)), { recursive: true });
      await writeFile(join(folder, name), text);
    }
    await mkdir(join(folder, 'library', 'lake'));
    const postgres = await ownPostgres();
    const url = new URL(await freshDatabase(postgres));
    source = await connectPostgres(url.href);
    await source.query(block('library/tables.sql'));
    // The account of the page, which only reads.
    await source.query(block('library/account.sql'));
    url.username = 'strata_reader';
    url.password = 'choose%20one';
    const printed = [...block('settings').matchAll(/^export (\w+)=(.*)$/gm)].map(([, name = '', value = '']) => [
      name,
      value.replace('$PWD', folder),
    ]);
    const namespace = `library-${randomBytes(4).toString('hex')}`;
    const connection = await Connection.connect({ address: temporal.address });
    await connection.workflowService.registerNamespace({ namespace, workflowExecutionRetentionPeriod: { seconds: 24 * 3600 } as never });
    await connection.close();
    await writeFile(join(folder, 'address'), url.href);
    env = {
      ...(Object.fromEntries(printed.filter(([name]) => name !== 'LIBRARY_DATABASE_URL')) as Record<string, string>),
      LIBRARY_DATABASE_URL_FILE: join(folder, 'address'),
      ...{ STRATA_MYSQL_URL: server.url, STRATA_SCHEMA_PREFIX: prefix },
      ...{ TEMPORAL_ADDRESS: temporal.address, TEMPORAL_NAMESPACE: namespace },
    };
    warehouse = openWarehouse({ url: server.url, prefix, connections: 2 });
    await until(async () => (await StrataProcess.run(['migrate'], env, folder)).code === 0);
    worker = await StrataProcess.startWorker(env, folder);
  });
  afterAll(async () => {
    await worker?.stop();
    await warehouse?.close();
    await source?.end();
    await rm(folder, { recursive: true });
  });

  it('brings the tables to the rows that are printed, by the account that only reads', async () => {
    expect(await run('extract')).toContain('run 1, as of');
    expect(await mart()).toEqual(first);
  });

  it('has checks that know the database, and find its tables readable', async () => {
    const { stdout } = await StrataProcess.run(
      block('doctor')
        .trim()
        .replace(/^npx strata /, '')
        .split(' '),
      env,
      folder,
    );
    expect(stdout).toMatch(/database of library[^\n]*PostgreSQL/);
    expect(stdout).toMatch(/tables in the database of library[^\n]*2 can be read/);
    expect(stdout).not.toContain('choose');
  });

  it('brings what changed', async () => {
    await source.query(block('library/changes.sql'));
    expect(await run('extract-again')).toMatch(/loan +changed rows +2/);
    expect(await mart()).toEqual(second);
    const star = block('star').replaceAll('bus.', `${prefix}bus.`);
    expect((await warehouse.query(star)).map((row) => Object.values(row))).toEqual([
      ['Emma', '2026-03-03'],
      ['Emma', '2026-03-02'],
      ['Middlemarch, "vol. 1"', null],
    ]);
    const looked = await run('look');
    expect(looked).toMatch(/2 +incremental/);
    expect(looked).toMatch(/loan +returned_at +timestamp without time zone +yes/);
  });

  it('says what to do where a column is gone, and goes on with the other table', async () => {
    await source.query("alter table loan drop column returned_at; insert into book values (3, 'Persuasion', null)");
    const { code, stdout, stderr } = await StrataProcess.run(['extract', 'library'], env, folder);
    expect([code, `${stdout}${stderr}`]).toEqual([1, expect.stringContaining('loan was left out: the column returned_at is gone')]);
    expect(await mart()).toHaveLength(3);
  });
});
