import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openWarehouse } from '../../src/connectors/mysql/warehouse.js';
import type { Warehouse } from '../../src/engine/warehouse.js';
import { freshPrefix, temporal, warehouse as server } from '../support/servers/servers.js';
import { visibleFiles } from '../support/visible-files.js';
import { documentAt, fencedBlocks, root, tables } from './documents.js';
import { Terminal } from './terminal.js';

const page = documentAt('docs/tutorial/first-pipeline.md');
const blocks = fencedBlocks(page);
const [sales, salesFixed, , visits] = tables(page);
/** Blocks of commands in the order of the page; the demo has a test of its own. */
const commands = blocks.filter(({ language, name }) => language === 'sh' && name !== 'demo').map(({ name }) => name);

function block(name: string): string {
  const found = blocks.find((each) => each.name === name);
  if (!found) throw new Error(`the page has no block ${name}`);
  return found.text;
}

describe('the tutorial works as written', () => {
  const prefix = freshPrefix();
  const typed: string[] = [];
  let folder: string;
  let terminal: Terminal;
  let warehouse: Warehouse;

  const type = (name: string) => {
    typed.push(name);
    return terminal.type(block(name));
  };
  const save = (name: string, text = block(name)) => writeFile(join(folder, 'first', name), text);
  const rows = async (name: string) => (await warehouse.query(block(name))).map((row) => Object.values(row).map(String));

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'strata-tutorial-'));
    const namespace = `tutorial-${randomBytes(4).toString('hex')}`;
    const connection = await Connection.connect({ address: temporal.address });
    await connection.workflowService.registerNamespace({ namespace, workflowExecutionRetentionPeriod: { seconds: 24 * 3600 } as never });
    await connection.close();
    const { PATH = '', HOME = '' } = process.env;
    terminal = new Terminal(folder, {
      PATH,
      HOME,
      STRATA_MYSQL_URL: server.url,
      STRATA_SCHEMA_PREFIX: prefix,
      TEMPORAL_ADDRESS: temporal.address,
      TEMPORAL_NAMESPACE: namespace,
      TEMPORAL_CONFIG_FILE: '/nowhere/temporal.toml',
    });
    // As the demo's file of settings has it.
    await terminal.type(`strata() { '${process.execPath}' '${join(root, 'bin', 'strata.js')}' "$@"; }`);
    warehouse = openWarehouse({ url: server.url, prefix, connections: 2 });
    // Servers learn of a namespace within seconds.
    for (let tries = 1; ; tries += 1) {
      const found = await terminal.type('strata migrate > /dev/null 2>&1').catch(() => undefined);
      if (found !== undefined) break;
      if (tries === 20) throw new Error('the namespace is not there yet');
      await sleep(1_000);
    }
  });
  afterAll(async () => {
    await terminal.close();
    await warehouse.close();
    await rm(folder, { recursive: true });
  });

  it('makes a mart of a file', async () => {
    await type('folder');
    for (const name of ['sales.csv', 'first.mjs', 'sql/bus/daily_sales.sql']) await save(name);
    await type('settings');
    expect(await type('start')).toContain('bus.daily_sales created');
    await type('run');
    expect(await rows('mart')).toEqual(sales);
    expect(await visibleFiles(join(folder, 'first', 'inbox'))).toEqual([]);
  });

  it('fixes the bad row', async () => {
    expect(await type('quarantine')).toMatch(/sales\.csv\s+5\s+bad_day/);
    await type('fix');
    expect(await rows('mart')).toEqual(salesFixed);
  });

  it("makes a mart of the reader's own file", async () => {
    const definition = await readFile(join(folder, 'first', 'first.mjs'), 'utf8');
    const wider = definition
      .replace('export default', () => `${block('visits')}\nexport default`)
      .replace(/^ {2}feeds: \[sales\],\n {2}entities: .*\n/m, () => block('feeds'));
    await save('first.mjs', wider);
    for (const name of ['visits.csv', 'sql/bus/daily_visits.sql']) await save(name);
    await type('own');
    expect(await rows('own-mart')).toEqual(visits);
  });

  it('applies schedules, and leaves nothing that runs', async () => {
    expect(await type('schedules')).toContain('bulk');
    await type('end');
    expect(typed).toEqual(commands);
  });
});
