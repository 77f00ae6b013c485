import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Client } from 'pg';
import type { Warehouse } from '../../src/engine/warehouse.js';
import type { Postgres } from '../../tools/servers/postgres.js';
import { ExtractLab, gearWarehouse } from '../support/pipelines/extract-lab.js';
import { Random } from '../support/random.js';
import { connectPostgres, ownPostgres } from '../support/servers/own-postgres.js';
import { warehouse as server } from '../support/servers/servers.js';

/*
 * Writers that do what writers do, in any order, and an extract now and then. After each run the lake has what the source had at the
 * snapshot, by key, and no version of a row (its key and the transaction that wrote it) came twice.
 */
const seeds = Array.from({ length: 16 }, (_, index) => index + 1);
const steps = 60;
const writers = 4;

let postgres: Postgres;
let warehouse: Warehouse;
beforeAll(async () => {
  postgres = await ownPostgres(['max_prepared_transactions=20', 'autovacuum=off']);
  warehouse = await gearWarehouse(server.url);
});
afterAll(() => warehouse.close());

const tables = ['one', 'two'] as const;
const shape = '(id int primary key, note text, amount numeric(10,2), last_updated timestamp(6))';

/** One connection; it only touches rows of its own, so it never waits for another one. */
class Writer {
  private open = false;
  private depth = 0;
  prepared: string[] = [];

  constructor(
    private readonly client: Client,
    private readonly number: number,
    private readonly random: Random,
  ) {}

  get isBusy(): boolean {
    return this.open || this.prepared.length > 0;
  }

  async act(): Promise<void> {
    const what = this.random.below(100);
    if (what < 15 && !this.open) return this.begin();
    if (what < 25 && this.open) return this.end();
    if (what < 35 && this.open) return this.savepoint();
    if (what < 42 && this.open && this.depth > 0) return this.back();
    if (what < 47 && this.open) return this.prepare();
    if (what < 54 && this.prepared.length > 0) return this.decide();
    return this.write();
  }

  async finish(): Promise<void> {
    if (this.open) await this.end();
    while (this.prepared.length > 0) await this.decide();
  }

  private async begin(): Promise<void> {
    await this.client.query('begin');
    this.open = true;
    this.depth = 0;
  }

  private async end(): Promise<void> {
    await this.client.query(this.random.chance(70) ? 'commit' : 'rollback');
    this.open = false;
  }

  private async savepoint(): Promise<void> {
    this.depth += 1;
    await this.client.query(`savepoint s${this.depth}`);
  }

  private async back(): Promise<void> {
    await this.client.query(`${this.random.chance(50) ? 'rollback to' : 'release'} savepoint s${this.depth}`);
    this.depth -= 1;
  }

  /** Rows of a prepared transaction stay locked, so it does not touch them again before its end. */
  private async prepare(): Promise<void> {
    const name = `p${this.number}_${this.random.below(1_000_000)}`;
    await this.client.query(`prepare transaction '${name}'`);
    this.open = false;
    this.prepared.push(name);
  }

  private async decide(): Promise<void> {
    const name = this.prepared.pop()!;
    if (this.open) {
      this.prepared.push(name);
      return;
    }
    await this.client.query(`${this.random.chance(70) ? 'commit' : 'rollback'} prepared '${name}'`);
  }

  private async write(): Promise<void> {
    if (this.prepared.length > 0) return;
    const table = this.random.pick(tables);
    const id = this.random.below(12) * writers + this.number;
    // Clocks step back, stand still, and are not there.
    const at = this.random.pick([
      "'2026-01-01 00:00:00'",
      "'2026-01-01 00:00:00.000001'",
      'null',
      `timestamp '2026-01-01' + ${this.random.below(1_000)} * interval '0.7 s'`,
    ]);
    const note = this.random.pick(["'a'", "'b'", "''", 'null', `'line\n"${this.random.below(5)}", x'`]);
    const sql = this.random.pick([
      `insert into ${table} values (${id}, ${note}, ${this.random.below(1_000)}, ${at}) on conflict (id) do update set note = excluded.note, last_updated = excluded.last_updated`,
      `update ${table} set note = ${note}, last_updated = ${at} where id % ${writers} = ${this.number}`,
      `update ${table} set note = note where id = ${id}`,
      'select pg_current_xact_id()',
    ]);
    await this.client.query(sql);
  }
}

test.each(seeds)('seed %i: the lake is the source at the snapshot, and no version is there twice', async (seed) => {
  const random = new Random(seed);
  const lab = await ExtractLab.open(
    postgres,
    warehouse,
    tables.map((name) => ({ name, key: ['id'], mark: 'last_updated' })),
  );
  for (const table of tables) await lab.client.query(`create table ${table} ${shape}; insert into ${table} values (0, 'first', 1, null)`);
  const clients = await Promise.all(Array.from({ length: writers }, () => connectPostgres(lab.url)));
  const all = clients.map((client, number) => new Writer(client, number, random));
  const seen = new Set<string>();
  let runs = 0;

  const check = async () => {
    // Dies now and then between two steps.
    const at = random.pick(['', '', '', 'before prepare', 'before manifest', 'after manifest', 'after commit', 'after one 1']);
    const stop = (name: string) => (name === at ? Promise.reject(new Error('died')) : Promise.resolve());
    await lab.extract({}, { step: stop }).catch((error: Error) => {
      if (error.message !== 'died') throw error;
    });
    const { run } = await lab.extract();
    for (const table of tables) {
      const source = await lab.source(table);
      const latest = await lab.latest(table);
      for (const [key, row] of source) expect([seed, run, table, latest.get(key)]).toEqual([seed, run, table, row]);
      const { rows } = await lab.client.query<{ id: string; xmin: string }>(`select id, xmin from ${table}`);
      const version = new Map(rows.map(({ id, xmin }) => [id, xmin]));
      for (const { row } of await lab.rows(table, runs + 1)) {
        const name = `${table} ${row.id} ${version.get(row.id ?? '')}`;
        expect([seed, run, seen.has(name)]).toEqual([seed, run, false]);
        seen.add(name);
      }
    }
    runs = run;
  };

  for (let step = 0; step < steps; step += 1) {
    const what = random.below(100);
    if (what < 12) await check();
    else if (what < 15 && !all.some(({ isBusy }) => isBusy)) await lab.client.query(`vacuum full ${random.pick(tables)}`);
    else if (what < 17) await lab.client.query(`vacuum freeze ${random.pick(tables)}`);
    else if (what < 19 && !all.some(({ isBusy }) => isBusy)) {
      const table = random.pick(tables);
      await lab.client.query(`begin; create table fresh ${shape}; insert into fresh select * from ${table};
        drop table ${table}; alter table fresh rename to ${table}; alter index fresh_pkey rename to ${table}_pkey; commit`);
    } else await all[random.below(writers)]!.act();
  }
  await check();
  for (const writer of all) await writer.finish();
  await check();
  expect((await lab.manifests()).map(({ run }) => run)).toEqual(Array.from({ length: runs }, (_, index) => index + 1));
  for (const client of clients) await client.end();
  await lab.close();
});
