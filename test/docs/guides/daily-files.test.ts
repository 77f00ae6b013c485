import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { Connection } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openWarehouse } from '../../../src/connectors/mysql/warehouse.js';
import type { Warehouse } from '../../../src/engine/warehouse.js';
import { freshPrefix, temporal, warehouse as server } from '../../support/servers/servers.js';
import { StrataProcess, type Settings } from '../../support/strata-process.js';
import { until } from '../../support/until.js';
import { documentAt, fencedBlocks, tables } from '../documents.js';

const page = documentAt('docs/how-to/pipelines/daily-files.md');
const blocks = fencedBlocks(page);
/** The tables that print the mart: after the first day, after the period, after the correction. */
const [afterFirst, afterPeriod, afterCorrection] = tables(page).filter(([row]) => /^\d{4}-\d\d-\d\d$/.test(row?.[0] ?? ''));

function block(name: string): string {
  const found = blocks.find((each) => each.name === name);
  if (!found) throw new Error(`the page has no block ${name}`);
  return found.text;
}

describe('the pipeline of docs/how-to/pipelines/daily-files.md works as written', () => {
  const prefix = freshPrefix();
  let folder: string;
  let env: Settings;
  let warehouse: Warehouse;
  let worker: StrataProcess;

  /** What the commands of a block wrote, each below the one before. */
  const run = async (name: string): Promise<string> => {
    let written = '';
    for (const line of block(name).trim().split('\n')) {
      const args = line.replace(/^npx strata /, '').split(' ');
      const { code, stdout, stderr } = await StrataProcess.run(args, env, folder);
      if (code !== 0) throw new Error(`strata ${args.join(' ')} ended with ${code}:\n${stdout}${stderr}`);
      written += stdout;
    }
    return written;
  };
  const shell = (name: string) => promisify(execFile)('bash', ['-euo', 'pipefail', '-c', block(name)], { cwd: folder });
  const mart = async () =>
    (await warehouse.query('select date, product, sales, pieces, amount from bus.daily_products order by date, product')).map((row) =>
      Object.values(row).map(String),
    );

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'strata-daily-'));
    for (const { name, text } of blocks.filter((each) => each.name.startsWith('cafe/'))) {
      await mkdir(dirname(join(folder, name)), { recursive: true });
      await writeFile(join(folder, name), text);
    }
    const printed = [...block('settings').matchAll(/^export (\w+)=(.*)$/gm)].map(([, name = '', value = '']) => [
      name,
      value.replace('$PWD', folder),
    ]);
    const namespace = `daily-${randomBytes(4).toString('hex')}`;
    const connection = await Connection.connect({ address: temporal.address });
    await connection.workflowService.registerNamespace({ namespace, workflowExecutionRetentionPeriod: { seconds: 24 * 3600 } as never });
    await connection.close();
    env = {
      ...(Object.fromEntries(printed) as Record<string, string>),
      STRATA_MYSQL_URL: server.url,
      STRATA_SCHEMA_PREFIX: prefix,
      TEMPORAL_ADDRESS: temporal.address,
      TEMPORAL_NAMESPACE: namespace,
    };
    warehouse = openWarehouse({ url: server.url, prefix, connections: 2 });
  });
  afterAll(async () => {
    await StrataProcess.run(['schedules', 'remove', 'cafe'], env, folder);
    await worker?.stop();
    await warehouse.close();
    await rm(folder, { recursive: true });
  });

  it('brings the file of the first day to the rows that are printed', async () => {
    await shell('files');
    // Servers learn of a namespace within seconds.
    await until(async () => {
      const { code, stdout } = await StrataProcess.run(['migrate'], env, folder);
      return code === 0 && stdout.includes('bus.daily_products');
    });
    worker = await StrataProcess.startWorker(env, folder);
    const written = await run('first-day');
    expect(written).toMatch(/2024-03-01 +sales +1 /);
    expect(written).toContain('cafe/run/2024-03-01 is done');
    expect(await mart()).toEqual(afterFirst);
    expect(await run('quarantine')).toContain('bad_time');
  });

  it('runs a period, and takes nothing twice', async () => {
    expect(await run('period')).toContain('no file of any feed: 1 date: 2024-03-03');
    expect(await mart()).toEqual(afterPeriod);
    expect(await warehouse.query('select count(*) as n from gear.loads')).toEqual([{ n: 2 }]);
  });

  it('lets a corrected older day change no newer one', async () => {
    await shell('correct');
    await run('late');
    expect(await mart()).toEqual(afterCorrection);
  });

  it('applies its schedule and shows its status', async () => {
    const written = await run('schedules');
    expect(written).toContain('cafe/daily');
    expect(written).toMatch(/sales +0 /);
  });
});
