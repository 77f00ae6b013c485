import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { writeOutput, type OutputWork } from '../../../src/activities/outputs/write-output.js';
import { planOutputs } from '../../../src/activities/outputs/plan-outputs.js';
import { openStore } from '../../../src/connectors/open-store.js';
import type { OutputResult } from '../../../src/contracts/outputs.js';
import type { CompiledPipeline } from '../../../src/engine/compiled-pipeline.js';
import type { ObjectStore } from '../../../src/engine/object-store.js';
import type { Warehouse } from '../../../src/engine/warehouse.js';
import { warehouseSchema } from '../../../src/engine/schema/warehouse-schema.js';
import { migrate } from '../../../src/gear/migrate/migrate.js';
import { readMigrations } from '../../../src/config/read-migrations.js';
import { migratedWarehouse } from '../mart-warehouse.js';
import { freshPrefix } from '../servers/servers.js';
import { quietScope } from '../warehouse-chain.js';
import { compileDated } from './dated-pipeline.js';

export const date = '2024-03-01';
const csvOrders = `-- export: orders
-- All orders as of the date.
-- format: csv
-- to: table=orders/{date}/part-{part}.csv
-- part: 1 kB
-- reads: order_versions up to date

-- columns
order_id bigint
country varchar(20)
amount decimal(15,4)

-- rows
select v.order_id, v.country, v.amount from bulk.order_versions v where v.delivery_date <= {date} order by v.order_id
`;

/** How many rows a part of 1 kB has: rows have 17 bytes, and the header 26. */
export const rowsOfPart = 57;
/** So that all have six digits. */
const firstId = 100_001;

/** An export by date in small parts of CSV, in a folder. A version of it is told by the number of its orders and by what they have in common. */
export class PartsLab {
  readonly folder = mkdtempSync(join(tmpdir(), 'strata-parts-'));
  readonly final = join(this.folder, 'table=orders', date);
  readonly store: ObjectStore = openStore(pathToFileURL(this.folder).href);
  private batch = 0;

  private constructor(
    readonly warehouse: Warehouse,
    readonly pipeline: CompiledPipeline,
    /** What `strata migrate` does. */
    readonly migrate: () => Promise<unknown>,
  ) {
    mkdirSync(this.folder, { recursive: true });
  }

  static async open(url: string): Promise<PartsLab> {
    const pipeline = PartsLab.compile();
    const prefix = freshPrefix();
    const warehouse = await migratedWarehouse(url, pipeline, prefix);
    return new PartsLab(warehouse, pipeline, async () => migrate(warehouse, prefix, warehouseSchema([pipeline], await readMigrations())));
  }

  static compile(change: (text: string) => string = (text) => text): CompiledPipeline {
    return compileDated((files) => (files['exports/orders.sql'] = change(csvOrders)));
  }

  /** The warehouse has these orders now, and no others. */
  async deliver(orders: number, country: string): Promise<void> {
    this.batch += 1;
    const values = Array.from({ length: orders }, (_, id) => `(${firstId + id}, '${date}', '${country}', 1.5, 1, 0, now(6), now(6))`);
    await this.warehouse.transaction(async (transaction) => {
      await transaction.execute('delete from bulk.order_versions');
      await transaction.execute(
        `insert into bulk.order_versions (order_id, delivery_date, country, amount, load_id, row_offset, created_at, updated_at)
         values ${values.join(', ')}`,
      );
      await transaction.execute(
        `insert into gear.partition_changes (pipeline, entity, partition_date, feed, batch_number)
         values ('shop', 'order_versions', ?, 'orders', ?) on duplicate key update batch_number = ?`,
        [date, this.batch, this.batch],
      );
    });
  }

  write(options: Partial<OutputWork> = {}, pipeline = this.pipeline): Promise<OutputResult> {
    const { datedOutputs: outputs, martRefreshes: marts } = pipeline;
    const output = outputs.find((each) => each.output === 'orders')!;
    const work = { warehouse: this.warehouse, pipeline: 'shop', outputs, marts, output, date, store: () => this.store };
    return writeOutput({ ...work, again: false, force: false, ...options }, quietScope);
  }

  async isStale(): Promise<boolean> {
    const wish = { pipeline: 'shop', outputs: ['orders'] };
    const { dates } = await planOutputs(this.warehouse, this.pipeline, wish, { storeUrl: this.store.url });
    return dates.length > 0;
  }

  /** Every name in the folder of the date, hidden ones too. */
  names(): string[] {
    try {
      return readdirSync(this.final).sort();
    } catch {
      return [];
    }
  }

  /** Each leaves a file as a worker does that dies while it removes it: before it is moved aside, then, and when it is gone. */
  readonly removals = ['there', 'moved', 'gone'].map((state) => (relativeKey: string) => {
    const path = join(this.folder, relativeKey);
    const aside = mkdtempSync(join(dirname(path), '.strata-'));
    if (state === 'moved') renameSync(path, join(aside, basename(path)));
    if (state === 'gone') rmSync(path);
  });

  /** What a reader of all parts reads: their rows in the order of names, without headers. */
  read(): string {
    const parts = this.names().filter((name) => name.startsWith('part-'));
    return parts.map((name) => readFileSync(join(this.final, name), 'utf8').replace(/^.*\n/, '')).join('');
  }

  /** Whether a reader may take what lies there for one version: part 0 is there, and none is newer. */
  get looksWhole(): boolean {
    const times = this.names()
      .filter((name) => name.startsWith('part-'))
      .map((name) => statSync(join(this.final, name), { bigint: true }).mtimeNs);
    return this.names().includes('part-00000.csv') && times.every((time) => time <= times[0]!);
  }

  static rows(orders: number, country: string): string {
    return Array.from({ length: orders }, (_, id) => `${firstId + id},${country},1.5000\n`).join('');
  }

  async close(): Promise<void> {
    await this.warehouse.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
