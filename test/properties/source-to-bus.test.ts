import { cpSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import type { Client } from 'pg';
import { runExtract } from '../../src/activities/extract/extract-run.js';
import { openSnapshot } from '../../src/connectors/postgres/snapshot.js';
import type { ExtractDefinition } from '../../src/engine/extract/drift.js';
import { TotesysSource } from '../../tools/samples/totesys/source.js';
import type { Postgres } from '../../tools/servers/postgres.js';
import { FolderChain } from '../support/folder-chain.js';
import { compileFile } from '../support/mart-warehouse.js';
import { Random } from '../support/random.js';
import { connectPostgres, freshDatabase, ownPostgres } from '../support/servers/own-postgres.js';
import { warehouse as server } from '../support/servers/servers.js';
import { quietScope } from '../support/warehouse-chain.js';
import { SourceModel } from './source-model.js';

jest.setTimeout(900_000);

/*
 * Writers of a real PostgreSQL, and an extract now and then, which dies now and then. What each run delivers reaches bus at any time and
 * feed by feed, in any order. In the end bus is what the source said at the times of the runs, and so it is in another warehouse to which the
 * feeds of the same lake come in another order.
 */
const seeds = [1, 2, 3];
const rounds = 2;
const writers = 3;

let postgres: Postgres;
let chain: FolderChain;
let feeds: readonly string[];
let definition: ExtractDefinition;
beforeAll(async () => {
  postgres = await ownPostgres();
  const pipeline = await compileFile('totesys');
  chain = await FolderChain.open(server.url, { pipeline });
  definition = pipeline.definition.extracts!.find((each): each is ExtractDefinition => each.kind === 'postgres')!;
  feeds = definition.tables.map(({ name }) => name);
});
afterAll(() => chain.close());

/** A connection that only changes rows of its own, so it never waits for another one. */
class Writer {
  private isOpen = false;

  constructor(
    private readonly client: Client,
    private readonly number: number,
    private readonly random: Random,
  ) {}

  async act(): Promise<void> {
    const what = this.random.below(100);
    if (what < 20 && !this.isOpen) return this.run('begin', true);
    if (what < 30 && this.isOpen) return this.run(this.random.chance(70) ? 'commit' : 'rollback', false);
    if (what < 40 && this.isOpen) return this.run(`savepoint s; ${this.change()}; ${this.random.chance(50) ? 'rollback to' : 'release'} s`);
    return this.run(this.change());
  }

  async end(): Promise<void> {
    if (this.isOpen) await this.run(this.random.chance(70) ? 'commit' : 'rollback', false);
    await this.client.end();
  }

  private async run(sql: string, isOpen = this.isOpen): Promise<void> {
    await this.client.query(sql);
    this.isOpen = isOpen;
  }

  private change(): string {
    const { random } = this;
    const id = 1 + this.number + writers * random.below(4);
    const text = random.pick(["'a'", "' a '", "''", `'line\n"${random.below(5)}", x'`]);
    // Clocks step back and stand still; some rows have no time.
    const at = random.pick([
      ...(["'2026-01-01'", "'2026-01-01 00:00:00.000001'", 'null', 'now()'] as const),
      `timestamp '2026-01-01' + ${random.below(1_000)} * interval '0.7 s'`,
    ]);
    const update = (table: string, set: string) => `update ${table} set ${set}, last_updated = ${at} where ${table}_id = ${id}`;
    return random.pick([
      update('sales_order', `units_sold = ${random.below(3)}, unit_price = ${random.below(3)}.50`),
      update('sales_order', `agreed_payment_date = '2026-03-0${1 + random.below(9)}'`),
      `update sales_order set units_sold = units_sold where sales_order_id = ${id}`,
      `insert into sales_order select ${id + 100}, design_id, staff_id, counterparty_id, units_sold, unit_price, currency_id, agreed_delivery_date,
         agreed_payment_date, agreed_delivery_location_id, created_at, ${at} from sales_order where sales_order_id = ${id}
       on conflict (sales_order_id) do update set units_sold = excluded.units_sold, last_updated = excluded.last_updated`,
      update('payment', 'paid = not paid'),
      update('staff', `department_id = ${1 + random.below(3)}`),
      update('department', `location = ${text}`),
      update('counterparty', `legal_address_id = ${1 + random.below(12)}, counterparty_legal_name = ${text}`),
      update('address', `city = ${text}, district = null`),
      update('design', `design_name = ${text}`),
    ]);
  }
}

async function takeIn(some: readonly string[]): Promise<void> {
  for (const feed of some) {
    await chain.pickup(feed);
    while ((await chain.process(feed)).more);
  }
}

const ids = async () => {
  const rows = await chain.warehouse.query(
    `select 'sales', sales_record_id, sales_order_id, last_updated_date, last_updated_time from bus.fact_sales_order
     union all select 'payment', payment_record_id, payment_id, last_updated_date, last_updated_time from bus.fact_payment`,
  );
  return rows.map((row) => Object.values(row).join(' ')).sort();
};

test.each(seeds)('seed %i: bus is the source as runs saw it, in whatever order feeds come', async (seed) => {
  const random = new Random(seed);
  for (const name of readdirSync(chain.folder)) rmSync(join(chain.folder, name), { recursive: true });
  await chain.reset();
  const url = await freshDatabase(postgres);
  const source = await TotesysSource.create(url, { seed, orders: 25 });
  const client = await connectPostgres(url);
  for (const table of feeds) await client.query(`alter table ${table} alter last_updated drop not null`);
  const model = new SourceModel(client);
  const all = await Promise.all(
    Array.from({ length: writers }, async (_, number) => new Writer(await connectPostgres(url), number, random)),
  );

  const lake = chain.stores.sourceOf('totesys');
  const extract = (step: (name: string) => Promise<void>) =>
    runExtract(
      {
        ...{ warehouse: chain.warehouse, lake, openSnapshot, definition, partBytes: 2_000, step },
        source: { url, setting: 'TOTESYS_DATABASE_URL', schema: 'public' },
      },
      { pipeline: 'totesys', extract: definition.name },
      quietScope,
    );
  let runs = 0;
  const deliver = async () => {
    const at = random.pick(['', '', 'after sales_order 1', 'before manifest', 'after manifest', 'after commit']);
    const died = new Error('died');
    await extract((name) => (name === at ? Promise.reject(died) : Promise.resolve())).catch((error: unknown) => {
      if (error !== died) throw error;
    });
    ({ run: runs } = await extract(() => Promise.resolve()));
    await model.see();
  };
  /** Some feeds in any order, and then perhaps the marts. */
  const takeSome = async () => {
    await takeIn(random.shuffle(feeds).slice(0, random.below(feeds.length + 1)));
    if (random.chance(60)) await chain.refresh();
  };
  const takeAll = async () => {
    await takeIn(random.shuffle(feeds));
    await chain.refresh();
  };

  await deliver();
  for (let round = 0; round < rounds; round += 1) {
    await takeSome();
    for (let step = 0; step < 12; step += 1) await all[random.below(writers)]!.act();
    await deliver();
  }
  for (const writer of all) await writer.end();
  await deliver();
  await takeAll();
  const expected = await model.star();
  const found = () => model.found(chain.warehouse);
  expect([seed, await found()]).toEqual([seed, expected]);
  const given = await ids();

  // Another warehouse, to which the runs come one by one.
  const aside = mkdtempSync(join(tmpdir(), 'strata-manifests-'));
  renameSync(join(chain.folder, '_runs'), join(aside, '_runs'));
  mkdirSync(join(chain.folder, '_runs'));
  await chain.reset();
  for (let run = 1; run <= runs; run += 1) {
    const name = `_runs/${String(run).padStart(10, '0')}.json`;
    cpSync(join(aside, name), join(chain.folder, name));
    await takeSome();
  }
  await takeAll();
  expect([seed, await found()]).toEqual([seed, expected]);
  expect(await ids()).toEqual(given);
  rmSync(aside, { recursive: true });
  await client.end();
  await source.end();
});
