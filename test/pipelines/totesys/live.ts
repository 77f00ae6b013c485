import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect } from '@jest/globals';
import { Connection } from '@temporalio/client';
import type { Client } from 'pg';
import { openWarehouse } from '../../../src/connectors/mysql/warehouse.js';
import type { Warehouse } from '../../../src/engine/warehouse.js';
import { TotesysSource } from '../../../tools/samples/totesys/source.js';
import { connectPostgres, freshDatabase, ownPostgres } from '../../support/servers/own-postgres.js';
import { freshPrefix, temporal, warehouse as server } from '../../support/servers/servers.js';
import { StrataProcess, type Ran, type Settings } from '../../support/strata-process.js';
import { until } from '../../support/until.js';

export interface LiveOptions {
  /** Of the warehouse, for the worker alone. */
  readonly workerUrl?: string;
  /** host:port of a Temporal server of the test's own. */
  readonly address?: string;
  readonly settings?: Settings;
}

/** The built program, a real PostgreSQL that a script changes, and folders as the lake and as the processed bucket. */
export class LiveTotesys {
  private worker: StrataProcess | undefined;
  private fail: (error: unknown) => void = () => undefined;
  /** Rejects when a worker ends by itself. */
  private readonly broken = new Promise<never>((_resolve, reject) => (this.fail = reject));

  private constructor(
    readonly source: TotesysSource,
    /** Of the source. */
    readonly client: Client,
    readonly warehouse: Warehouse,
    readonly lake: string,
    readonly processed: string,
    readonly env: Settings,
    private readonly workerEnv: Settings,
  ) {
    this.broken.catch(() => undefined);
  }

  static async open({ workerUrl = server.url, address = temporal.address, settings = {} }: LiveOptions = {}): Promise<LiveTotesys> {
    const url = await freshDatabase(await ownPostgres());
    const source = await TotesysSource.create(url, { seed: 7, orders: 60 });
    const client = await connectPostgres(url);
    const lake = await mkdtemp(join(tmpdir(), 'strata-totesys-'));
    const processed = await mkdtemp(join(tmpdir(), 'strata-processed-'));
    const prefix = freshPrefix();
    const namespace = `totesys-${randomBytes(4).toString('hex')}`;
    const connection = await Connection.connect({ address });
    await connection.workflowService.registerNamespace({ namespace, workflowExecutionRetentionPeriod: { seconds: 24 * 3600 } as never });
    await connection.close();
    const env = {
      ...{ STRATA_PIPELINES: 'totesys', TOTESYS_DATABASE_URL: url, TOTESYS_INGEST_URL: pathToFileURL(lake).href },
      ...{ STRATA_MYSQL_URL: server.url, STRATA_SCHEMA_PREFIX: prefix, TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: namespace },
      ...{ STRATA_FOLDER_QUIET_SECONDS: '0', TOTESYS_PROCESSED_URL: pathToFileURL(processed).href },
      ...settings,
    };
    const warehouse = openWarehouse({ url: server.url, prefix, connections: 2 });
    await until(async () => (await StrataProcess.run(['migrate'], env)).code === 0);
    const live = new LiveTotesys(source, client, warehouse, lake, processed, env, { ...env, STRATA_MYSQL_URL: workerUrl });
    await live.replaceWorker();
    return live;
  }

  /** The worker dies at once, and another one starts. */
  async replaceWorker(): Promise<void> {
    await this.worker?.kill();
    this.worker = await StrataProcess.startWorker(this.workerEnv).catch((error: unknown) => {
      this.fail(error);
      throw error;
    });
    this.worker.failed().catch(this.fail);
  }

  run(...args: readonly string[]): Promise<Ran> {
    return Promise.race([StrataProcess.run(args, this.env), this.broken]);
  }

  async extract(...args: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await this.run('extract', 'totesys', ...args);
    if (code !== 0) throw new Error(`${stdout}${stderr}`);
    return stdout;
  }

  /** The rows of both as texts, without regard to their order. */
  async expectSame(inBus: string, inSource: string): Promise<void> {
    const bus = (await this.warehouse.query(inBus)).map((row) =>
      Object.values(row).map((value) => (value === null ? null : String(value))),
    );
    const { rows } = await this.client.query<Record<string, string | null>>(inSource);
    const sorted = (of: readonly (readonly (string | null)[])[]) => of.map((row) => JSON.stringify(row)).sort();
    expect(sorted(bus)).toEqual(sorted(rows.map((row) => Object.values(row))));
  }

  async expectBusIsSource(): Promise<void> {
    await this.expectSame(
      'select sales_order_id, units_sold, unit_price, agreed_delivery_date, last_updated_date, last_updated_time from bus.current_sales_order',
      `select sales_order_id, units_sold, unit_price, agreed_delivery_date, last_updated::date::text as d, to_char(last_updated, 'HH24:MI:SS.US') as t
       from sales_order`,
    );
    await this.expectSame(
      'select payment_id, payment_amount, paid from bus.current_payment',
      'select payment_id, payment_amount, paid::int::text as paid from payment',
    );
    await this.expectSame(
      'select purchase_order_id, item_quantity from bus.current_purchase_orders',
      'select purchase_order_id, item_quantity from purchase_order',
    );
    await this.expectSame(
      'select staff_id, last_name, department_name, location from bus.dim_staff',
      'select staff_id, last_name, department_name, location from staff join department using (department_id)',
    );
    await this.expectSame(
      'select location_id, address_line_2, city from bus.dim_location',
      'select address_id, address_line_2, city from address',
    );
  }

  async close(): Promise<void> {
    await this.worker?.stop();
    await this.warehouse.close();
    await this.client.end();
    await this.source.end();
    for (const folder of [this.lake, this.processed]) await rm(folder, { recursive: true, force: true });
  }
}
