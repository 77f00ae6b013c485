import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Statements, Warehouse } from '../../src/engine/warehouse.js';
import { mostCounted, quarantinedRows } from '../../src/gear/troubles/quarantined.js';
import { gearWarehouse } from '../support/pipelines/extract-lab.js';
import { Random } from '../support/random.js';
import { warehouses } from '../support/servers/servers.js';

const pipeline = 'shop';
const feed = 'orders';
const reasons = ['bad_key', 'bad_date', 'bad_key,bad_date'] as const;

describe.each(warehouses)('rows in quarantine that count, on $name', ({ url }) => {
  let warehouse: Warehouse;
  beforeAll(async () => {
    warehouse = await gearWarehouse(url);
  });
  afterAll(() => warehouse.close());

  /** What gear's tables would hold after files and runs of a lake came, were refused, corrected, processed and deleted. */
  class Gear {
    loads = 0;
    private entries = 0;
    private runs = 0;
    claimed = 0;

    async reset(): Promise<void> {
      for (const table of ['loads', 'quarantine', 'replays', 'corrections', 'corrected_runs', 'extract_runs', 'lake_feeds'])
        await warehouse.execute(`delete from gear.${table}`);
    }

    async load(state: string, { key = 'orders.csv', of = feed, count = 1, settled = false } = {}): Promise<number> {
      const numbers = Array.from({ length: count }, () => (this.loads += 1));
      await warehouse.execute(
        `insert into gear.loads (load_id, pipeline, feed, kind, store_url, object_key, etag, size_bytes, last_modified, identity, delivery_order, state, claimed_at, settled)
         values ${numbers.map((id) => `(${id}, '${pipeline}', '${of}', 'pickup', 's3://shop/', '${key}', 'e', 1, '2026-03-01', unhex(sha2('${id}', 256)), '${id}', '${state}', '2026-03-01', ${settled})`).join(', ')}`,
      );
      return numbers[0]!;
    }

    /** As landing and checks do: a file that was refused has an entry that is not counted. */
    async reject(first: number, rows: number, { reason = 'bad_key', counted = true, loads = 1, of = feed } = {}): Promise<void> {
      const numbers = Array.from({ length: loads }, (_each, index) => first + index);
      if (rows === 0) return;
      await warehouse.execute(
        `insert into gear.quarantine (load_id, pipeline, feed, object_key, line_number, row_offset, row_bytes, reasons, raw, quarantined_at)
         values ${numbers.flatMap((id) => Array.from({ length: rows }, () => `(${id}, '${pipeline}', '${of}', 'k', 2, ${(this.entries += 1)}, 1, '${reason}', 'x', '2026-03-01' + interval ${this.entries} second)`)).join(', ')}`,
      );
      if (counted)
        await warehouse.execute('update gear.loads set rows_quarantined = rows_quarantined + ? where load_id between ? and ?', [
          ...[rows, first, numbers.at(-1)!],
        ]);
    }

    state(loadId: number, state: string): Promise<unknown> {
      return warehouse.execute('update gear.loads set state = ? where load_id = ?', [state, loadId]);
    }

    /** A file in the quarantine folder of a load; its rows were in that load's file, or in the one that load corrected. */
    async correct(of: number, state = 'claimed', placed = true): Promise<number> {
      const [own] = await warehouse.query<{ first: number }>('select first_load_id as first from gear.corrections where load_id = ?', [of]);
      const id = await this.load(state, { key: `quarantine/${of}-0badcafe/orders.csv` });
      for (const table of placed ? ['corrections', 'replays'] : ['corrections'])
        await warehouse.execute(`insert into gear.${table} (load_id, first_load_id) values (?, ?)`, [id, own?.first ?? of]);
      return id;
    }

    async correctByRun(of: number, state: string): Promise<void> {
      this.runs += 1;
      await warehouse.execute(
        `insert into gear.extract_runs (run_id, extract_id, run, kind, state, manifest_sha256, snapshot_at, system_identifier, timeline, xmin,
           row_count, byte_size, object_count, prepared_at)
         values (?, 1, ?, 'corrected', ?, unhex(sha2(?, 256)), '2026-03-01', '1', 1, 1, 0, 0, 0, '2026-03-01')`,
        [this.runs, this.runs, state, String(this.runs)],
      );
      await warehouse.execute('insert into gear.corrected_runs (run_id, first_load_id) values (?, ?)', [this.runs, of]);
    }

    async claim(): Promise<void> {
      this.claimed = Math.min(this.claimed + 1, this.runs);
      await warehouse.execute('insert into gear.lake_feeds (pipeline, feed, run) values (?, ?, ?) on duplicate key update run = ?', [
        ...[pipeline, feed, this.claimed, this.claimed],
      ]);
    }
  }

  /** Looks at every entry. */
  const recount = async () => {
    const rows = await warehouse.query<{ reasons: string; id: number; at: string }>(
      `select q.reasons, q.quarantine_id as id, q.quarantined_at as at from gear.quarantine q join gear.loads l on l.load_id = q.load_id
       where q.feed = ? and l.state <> 'refused'
         and not exists (select 1 from gear.replays r join gear.loads c on c.load_id = r.load_id
           where r.first_load_id = q.load_id and c.state in ('staged', 'processed'))
         and not exists (select 1 from gear.corrections r join gear.loads c on c.load_id = r.load_id
           where c.state in ('staged', 'processed') and (r.first_load_id = q.load_id or c.object_key like concat('quarantine/', q.load_id, '-%')))
         and not exists (select 1 from gear.corrected_runs k join gear.extract_runs r on r.run_id = k.run_id join gear.lake_feeds f on f.run >= r.run
           where k.first_load_id = q.load_id and r.state = 'committed')`,
      [feed],
    );
    if (rows.length === 0) return undefined;
    const byReasons: Record<string, number> = {};
    for (const row of rows) byReasons[row.reasons] = (byReasons[row.reasons] ?? 0) + 1;
    const at = rows
      .map((row) => row.at)
      .sort()
      .at(-1)!;
    return {
      rows: rows.length,
      byReasons,
      newest: Math.max(...rows.map(({ id }) => Number(id))),
      at: `${at.slice(0, 19).replace(' ', 'T')}Z`,
    };
  };

  it.each([1, 2, 3, 4, 5, 6])('are those of a recount, whatever came and was corrected in which order (seed %i)', async (seed) => {
    const random = new Random(seed);
    const gear = new Gear();
    await gear.reset();
    const one = async (sql: string) => {
      const found = await warehouse.query<{ load_id: number }>(`select load_id from gear.loads l where ${sql} order by load_id`);
      const [first, ...others] = found;
      return first && Number(random.pick([first, ...others]).load_id);
    };
    const withEntries = 'exists (select 1 from gear.quarantine q where q.load_id = l.load_id)';
    const steps: [() => Promise<unknown>, ...(() => Promise<unknown>)[]] = [
      () => gear.load('claimed'),
      () => gear.load('claimed', { of: 'others' }),
      async () => {
        const id = await one("state = 'claimed'");
        if (id === undefined) return;
        const [own] = await warehouse.query<{ feed: string }>('select feed from gear.loads where load_id = ?', [id]);
        await gear.reject(id, random.below(4), { reason: random.pick(reasons), of: own!.feed });
        if (random.chance(70)) await gear.state(id, 'staged');
      },
      async () => {
        const id = await one("state = 'staged'");
        if (id !== undefined) await gear.state(id, 'processed');
      },
      async () => {
        const id = await one("state = 'staged' and feed = 'orders'");
        if (id === undefined) return;
        await gear.state(id, 'refused');
        await gear.reject(id, 1, { reason: 'too_many_deletions', counted: false });
      },
      async () => {
        const id = await one("state = 'refused'");
        if (id === undefined) return;
        await gear.state(id, 'staged');
        await warehouse.execute("delete from gear.quarantine where load_id = ? and reasons = 'too_many_deletions'", [id]);
      },
      async () => {
        const id = await one(`feed = 'orders' and state <> 'claimed' and ${withEntries}`);
        if (id !== undefined) await gear.correct(id, 'claimed', random.chance(50));
      },
      async () => {
        const id = await one(`feed = 'orders' and state <> 'claimed' and ${withEntries}`);
        if (id !== undefined) await gear.correctByRun(id, 'prepared');
      },
      () => warehouse.execute(`update gear.extract_runs set state = 'committed' where run <= ?`, [gear.claimed + 1]),
      () => gear.claim(),
      async () => {
        const id = await one(withEntries);
        if (id !== undefined && random.chance(30)) await warehouse.execute('delete from gear.quarantine where load_id = ?', [id]);
      },
    ];
    for (let step = 0; step < 200; step += 1) {
      await random.pick(steps)();
      if (random.chance(40)) expect([step, await quarantinedRows(warehouse, { pipeline, feed })]).toEqual([step, await recount()]);
    }
  });

  it('are counted at the same cost, however many were corrected, refused or deleted, and however many there are', async () => {
    const gear = new Gear();
    await gear.reset();
    const reads = () =>
      warehouse.session(async (statements: Statements) => {
        const counted = async () => {
          const rows = await statements.query<{ Value: string }>("show session status like 'handler_read%'");
          return rows.reduce((sum, { Value: value }) => sum + Number(value), 0);
        };
        const before = await counted();
        const found = await quarantinedRows(statements, { pipeline, feed });
        return { rows: found?.rows, cost: (await counted()) - before };
      });
    const old = await gear.load('processed');
    await gear.reject(old, 3);
    const few = await reads();
    expect(few.rows).toBe(3);

    const many = 1_200;
    const corrected = await gear.load('processed', { count: many });
    await gear.reject(corrected, 5, { loads: many });
    const corrections = await gear.load('processed', { count: many });
    for (const [table, below] of [
      ['corrections', many],
      ['replays', many / 2],
    ] as const)
      await warehouse.execute(
        `insert into gear.${table} (load_id, first_load_id) select load_id, load_id - ? from gear.loads where load_id between ? and ?`,
        [...[corrections - corrected, corrections, corrections + below - 1]],
      );
    const refused = await gear.load('refused', { count: many });
    await gear.reject(refused, 1, { loads: many, counted: false });
    const deleted = await gear.load('processed', { count: many });
    await gear.reject(deleted, 5, { loads: many });
    await warehouse.execute('delete from gear.quarantine where load_id between ? and ?', [deleted, deleted + many - 1]);
    await warehouse.execute('analyze table gear.loads, gear.quarantine, gear.corrections, gear.replays');
    expect((await reads()).rows).toBe(3);
    expect(await reads()).toEqual({ rows: 3, cost: expect.closeTo(few.cost, -2) });

    const open = await gear.load('processed', { count: 2 });
    for (let part = 0; part < 10; part += 1) await gear.reject(open, 3_000);
    await gear.reject(open + 1, 20);
    await warehouse.execute('analyze table gear.loads, gear.quarantine');
    const all = await reads();
    expect(all.rows).toBe(mostCounted + 1);
    expect(all.cost).toBeLessThan(few.cost + 5 * mostCounted);
  }, 120_000);
});
