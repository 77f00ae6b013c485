import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openWarehouse } from '../../src/connectors/mysql/warehouse.js';
import type { Warehouse } from '../../src/engine/warehouse.js';
import { freshPrefix, temporal, warehouse as server } from '../support/servers/servers.js';
import { StrataProcess } from '../support/strata-process.js';
import { documentAt, fencedBlocks, tables } from './documents.js';
import { visibleFiles } from '../support/visible-files.js';

const guide = documentAt('docs/how-to/pipelines/define-a-pipeline.md');
const blocks = fencedBlocks(guide);
/** The tables of the guide that print the mart, after the first run and after the second. */
const [afterFirst, afterSecond] = tables(guide).filter(([row]) => /^\d{4}-\d\d-\d\d$/.test(row?.[0] ?? ''));
/** A file of a folder counts when it was left alone for 2 s. */
const quietTime = 2_100;

function block(name: string): string {
  const found = blocks.find((each) => each.name === name);
  if (!found) throw new Error(`the guide has no block ${name}`);
  return found.text;
}

/** The words after `npx strata` of each line of a block. */
function commands(name: string): string[][] {
  return block(name)
    .trim()
    .split('\n')
    .map((line) => line.replace(/^npx strata /, '').split(' '));
}

describe('the pipeline of docs/how-to/pipelines/define-a-pipeline.md works as written', () => {
  const { url } = server;
  const prefix = freshPrefix();
  let folder: string;
  let env: Record<string, string>;
  let warehouse: Warehouse;
  let worker: StrataProcess;

  /** What the commands of a block wrote to stdout, the last one's. */
  const run = async (name: string): Promise<string> => {
    let written = '';
    for (const args of commands(name)) {
      const { code, stdout, stderr } = await StrataProcess.run(args, env, folder);
      if (code !== 0) throw new Error(`strata ${args.join(' ')} ended with ${code}:\n${stdout}${stderr}`);
      written = stdout;
    }
    return written;
  };
  const put = async (path: string) => {
    const file = join(folder, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, block(path));
  };
  const mart = async () =>
    (await warehouse.query('select date, city, orders, amount from bus.daily_cities order by date, city')).map((row) =>
      Object.values(row).map(String),
    );

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'strata-guide-'));
    const namespace = `guide-${randomBytes(4).toString('hex')}`;
    const connection = await Connection.connect({ address: temporal.address });
    await connection.workflowService.registerNamespace({ namespace, workflowExecutionRetentionPeriod: { seconds: 24 * 3600 } as never });
    await connection.close();
    const printed = [...block('settings').matchAll(/^export (\w+)=(.*)$/gm)].map(([, name = '', value = '']) => [
      name,
      value.replace('$PWD', folder),
    ]);
    env = {
      ...(Object.fromEntries(printed) as Record<string, string>),
      STRATA_MYSQL_URL: url,
      STRATA_SCHEMA_PREFIX: prefix,
      TEMPORAL_ADDRESS: temporal.address,
      TEMPORAL_NAMESPACE: namespace,
    };
    warehouse = openWarehouse({ url, prefix, connections: 2 });
  });
  afterAll(async () => {
    await worker?.stop();
    await warehouse.close();
    await rm(folder, { recursive: true });
  });

  it('migrates', async () => {
    for (const { name } of blocks) if (name.startsWith('shop/') && !name.endsWith('customers_2.csv')) await put(name);
    // Servers learn of a namespace within seconds.
    for (let tries = 1; ; tries += 1) {
      try {
        expect(await run('migrate')).toContain('bus.daily_cities created');
        return;
      } catch (error) {
        if (tries === 10) throw error;
        await sleep(1_000);
      }
    }
  });

  it('brings the files to the rows that are printed', async () => {
    const [args = []] = commands('worker');
    worker = StrataProcess.start(args, env, folder);
    await worker.says('the worker is ready');
    await run('run');
    expect(await mart()).toEqual(afterFirst);
    expect(await visibleFiles(join(folder, 'shop', 'files'))).toEqual([]);
  });

  it('has the bad row in quarantine', async () => {
    expect(await run('quarantine')).toMatch(/orders\.csv\s+5\s+bad_date/);
  });

  it('moves history with its customer', async () => {
    await put('shop/files/customers_2.csv');
    await sleep(quietTime);
    await run('run-again');
    expect(await mart()).toEqual(afterSecond);
    expect(
      await warehouse.query(
        'select city from vault.sat_customer s join vault.hub_customer h on h.customer_hk = s.customer_hk where h.customer_id = 10 order by s.load_datetime',
      ),
    ).toEqual([{ city: 'Riga' }, { city: 'Tallinn' }]);
  });

  it('rebuilds a day of its mart, and nothing else', async () => {
    await warehouse.execute('delete from bus.daily_cities');
    const rebuild = (...options: string[]) => StrataProcess.run(['marts', 'rebuild', 'shop', ...options], env, folder);
    expect(await rebuild('--from', '2024-03-02', '--to', '2024-03-02')).toMatchObject({ code: 0 });
    expect(await mart()).toEqual(afterSecond!.filter(([date]) => date === '2024-03-02'));
    expect(await rebuild('--from', '2024-03-02')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--from and --to go together'),
    });
    expect(await rebuild('--from', '2024-02-30', '--to', '2024-03-02')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('2024-02-30 is not a date'),
    });
    expect(await rebuild('--from', '2024-03-03', '--to', '2024-03-02')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('is later than'),
    });
    expect(await rebuild()).toMatchObject({ code: 0 });
    expect(await mart()).toEqual(afterSecond);
  });

  it('applies its schedules and shows its status', async () => {
    expect(await run('schedules')).toContain('bulk');
    await StrataProcess.run(['schedules', 'remove', 'shop'], env, folder);
  });
});
