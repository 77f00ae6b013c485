import { createHash } from 'node:crypto';
import { cpSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import type { CompiledPipeline } from '../../../src/engine/compiled-pipeline.js';
import type { Warehouse } from '../../../src/engine/warehouse.js';
import { FolderChain } from '../../support/folder-chain.js';
import { compileFile, readTable } from '../../support/mart-warehouse.js';
import { startMysqlProxy, type Moment, type MysqlProxy, type ProxiedStatement } from '../../support/proxies/mysql-proxy.js';
import type { OracleRow } from '../../support/oracle.js';
import { warehouse as server } from '../../support/servers/servers.js';
import { LiveTotesys } from './live.js';

jest.setTimeout(900_000);

let pipeline: CompiledPipeline;
let proxy: MysqlProxy;
let live: LiveTotesys;
let chain: FolderChain;
beforeAll(async () => {
  pipeline = await compileFile('totesys');
  proxy = await startMysqlProxy(server.url);
  live = await LiveTotesys.open({ workerUrl: proxy.url });
  chain = await FolderChain.open(server.url, { pipeline });
  await live.extract();
});
afterAll(async () => {
  await live?.close();
  await chain?.close();
  await proxy?.close();
});

/** Every file of the lake with its digest, but for the note of whose it is. */
function filesOf(lake: string): Record<string, string> {
  const files = readdirSync(lake, { recursive: true, encoding: 'utf8' })
    .filter((name) => !name.startsWith('.strata') && statSync(join(lake, name)).isFile())
    .sort();
  return Object.fromEntries(
    files.map((name) => [
      name,
      createHash('sha256')
        .update(readFileSync(join(lake, name)))
        .digest('hex'),
    ]),
  );
}

const facts = [
  ['fact_sales_order', 'sales_record_id', 'sales_order_id'],
  ['fact_purchase_orders', 'purchase_record_id', 'purchase_order_id'],
  ['fact_payment', 'payment_record_id', 'payment_id'],
] as const;

async function busOf(warehouse: Warehouse): Promise<Record<string, readonly OracleRow[]>> {
  const tables: Record<string, readonly OracleRow[]> = {};
  for (const { name, mart } of pipeline.processed) tables[name] = await readTable(warehouse, mart);
  return tables;
}

/** What a warehouse has that takes in the same lake without any trouble. */
async function undisturbed(): Promise<Record<string, readonly OracleRow[]>> {
  await chain.reset();
  cpSync(live.lake, chain.folder, { recursive: true, filter: (from) => !from.includes('.strata') });
  for (const { name } of pipeline.definition.feeds) {
    await chain.pickup(name);
    while ((await chain.process(name)).more);
  }
  await chain.refresh();
  return busOf(chain.warehouse);
}

const claims = (earlier: readonly string[]) => earlier.some((sql) => /^insert into \S*gear\S*\.loads[^]*'sales_order'/.test(sql));
const stages = (earlier: readonly string[]) =>
  earlier.some((sql) => /^load data local infile \S+ into table \S*staging\S*sales_order/.test(sql));

const moments: readonly [string, Moment, (statement: ProxiedStatement) => boolean][] = [
  ['after the manifest is there and before its run counts', 'before', ({ sql }) => /^update \S*gear\S*\.extracts set run = /.test(sql)],
  ['when its run counts and before any pickup looks', 'before', ({ sql }) => /\S*gear\S*\.lake_feeds/.test(sql)],
  ['before the claim of the orders is committed', 'before', ({ sql, transaction }) => sql === 'commit' && claims(transaction)],
  ['after the claim and before staging has rows', 'after', ({ sql, transaction }) => sql === 'commit' && claims(transaction)],
  ['before the staging commit of the orders', 'before', ({ sql, transaction }) => sql === 'commit' && stages(transaction)],
];

test.each(moments)(
  'a worker that dies %s costs nothing: same lake, gapless runs, no doubled fact, ids that stay',
  async (_name, moment, matches) => {
    const before = await busOf(live.warehouse);
    const runs = () => Object.keys(filesOf(live.lake)).filter((name) => name.startsWith('_runs/'));
    const runsBefore = runs().length;
    await live.source.change(30);
    let atDeath: Record<string, string> = {};
    proxy.at(moment, matches, async () => {
      atDeath = filesOf(live.lake);
      await live.replaceWorker();
      return 'cut';
    });
    await live.extract();

    const files = filesOf(live.lake);
    expect(files).toMatchObject(atDeath);
    expect(Object.keys(atDeath).filter((name) => name.startsWith('_runs/'))).toHaveLength(runsBefore + 1);
    // The attempt that takes a run over makes another one, in which nothing is new.
    expect(Object.keys(files).filter((name) => !(name in atDeath) && !name.startsWith('_runs/'))).toEqual([]);
    expect(runs()).toEqual(runs().map((_run, index) => `_runs/${String(index + 1).padStart(10, '0')}.json`));
    const counted = await live.warehouse.query('select run, state from gear.extract_runs order by run');
    expect(counted).toEqual(runs().map((_run, index) => ({ run: index + 1, state: 'committed' })));

    await live.expectBusIsSource();
    const after = await busOf(live.warehouse);
    for (const [fact, id, key] of facts) {
      const version = (row: OracleRow) => JSON.stringify([row[key], row['last_updated_date'], row['last_updated_time']]);
      expect(new Set(after[fact]!.map(version)).size).toBe(after[fact]!.length);
      const now = new Map(after[fact]!.map((row) => [row[id], version(row)]));
      for (const row of before[fact]!) expect(now.get(row[id]!)).toBe(version(row));
    }
    expect(after).toEqual(await undisturbed());
  },
);
