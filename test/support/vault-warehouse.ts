import type { ProcessResult } from '../../src/contracts/activities/processing.js';
import { processBatch, type ProcessDeps } from '../../src/activities/processing/process-batch.js';
import { loadVaultTable } from '../../src/activities/vault/load-vault-table.js';
import { readMigrations } from '../../src/config/read-migrations.js';
import { migrate, type MigrateOptions } from '../../src/gear/migrate/migrate.js';
import { openWarehouse } from '../../src/connectors/mysql/warehouse.js';
import { entityLoads } from '../../src/engine/bulk/entity-loads.js';
import type { PipelineDefinition } from '../../src/engine/definition/types.js';
import { feedGroups } from '../../src/engine/entities/feed-groups.js';
import { stagingName } from '../../src/engine/names.js';
import { contractChecksum } from '../../src/engine/read/contract.js';
import { identifier } from '../../src/engine/sql/identifier.js';
import { vaultLoads } from '../../src/engine/vault/vault-loads.js';
import { vaultTables } from '../../src/engine/vault/vault-tables.js';
import { feedTables, entityDeletions, seedRows } from '../../src/engine/schema/warehouse-schema.js';
import type { Warehouse } from '../../src/engine/warehouse.js';
import { freshPrefix } from './servers/servers.js';
import { quietScope } from './warehouse-chain.js';

/** As far as these tests go, all definitions are of one release. */
const fingerprint = 'of these tests';

/** One file's rows, in the order of the feed's columns, as text. */
export interface Drop {
  readonly feed: string;
  readonly rows: readonly (readonly string[])[];
  /** Its place in the order of deliveries; behind all that were staged before when left out. */
  readonly place?: number;
  /** The date that it belongs to, which comes before its place. */
  readonly date?: string;
  /** Rows of the file that broke the contract. */
  readonly quarantined?: number;
  /** Of a replay: the key of the file in which its rows, in the places of theirs, were first. */
  readonly replays?: { readonly key: string; readonly places: readonly number[] };
}

/** A pipeline's staging, bulk and vault on a fresh prefix: drops are staged as landing does, then processed and loaded for real. */
export class VaultWarehouse {
  private drops = 0;

  private constructor(
    readonly warehouse: Warehouse,
    readonly prefix: string,
    readonly definition: PipelineDefinition,
  ) {}

  static async make(url: string, definition: PipelineDefinition): Promise<VaultWarehouse> {
    const prefix = freshPrefix();
    const made = new VaultWarehouse(openWarehouse({ url, prefix, connections: 6 }), prefix, definition);
    await made.migrate(definition);
    return made;
  }

  async migrate(definition: PipelineDefinition, options: MigrateOptions = {}): Promise<void> {
    const tables = [...feedTables(definition), ...vaultTables(definition)];
    await migrate(
      this.warehouse,
      this.prefix,
      {
        migrations: await readMigrations(),
        tables,
        texts: [],
        seeds: seedRows([definition]),
        fingerprints: [
          {
            pipeline: definition.name,
            fingerprint,
            contracts: Object.fromEntries(definition.feeds.map((feed) => [feed.name, contractChecksum(feed)])),
            groups: feedGroups(definition),
            deletions: entityDeletions(definition),
          },
        ],
      },
      options,
    );
  }

  /** Puts the rows into staging as a load of its own; returns its object's key. */
  async stage({ feed, rows, place, date, quarantined = 0, replays }: Drop): Promise<string> {
    const key = `${feed}-${String(++this.drops).padStart(6, '0')}.csv`;
    await this.warehouse.execute(
      `insert into gear.loads (pipeline, feed, kind, store_url, object_key, etag, size_bytes, last_modified, identity, delivery_order,
         partition_date, state, rows_staged, rows_quarantined, claimed_at)
       values (?, ?, 'pickup', 's3://test', ?, '', 0, '2024-01-01', unhex(sha2(?, 256)), ?, ?, 'staged', ?, ?, utc_timestamp(6))`,
      [
        this.definition.name,
        feed,
        key,
        key,
        await this.orderOf(place ?? this.drops, date, replays?.key),
        date ?? null,
        rows.length,
        quarantined,
      ],
    );
    const contract = this.definition.feeds.find(({ name }) => name === feed)!;
    const { columns } = contract;
    const [load] = await this.warehouse.query<{ load_id: number }>('select load_id from gear.loads where object_key = ?', [key]);
    await this.warehouse.execute('insert into gear.load_contracts (load_id, contract) values (?, ?)', [
      load?.load_id ?? 0,
      contractChecksum(contract),
    ]);
    const [first] = await this.warehouse.query<{ load_id: number }>('select load_id from gear.loads where object_key = ?', [
      replays?.key ?? '',
    ]);
    if (replays)
      await this.warehouse.execute('insert into gear.replays (load_id, first_load_id) values (?, ?)', [load!.load_id, first!.load_id]);
    for (const [index, row] of rows.entries()) {
      await this.warehouse.execute(
        `insert into ${stagingName(this.definition, feed)}
           (load_id, row_offset, line_number, padded, strata_row, ${columns.map(({ name }) => identifier(name)).join(', ')})
         values (?, ?, ?, false, ?${', ?'.repeat(columns.length)})`,
        [load!.load_id, index * 10, index + 2, replays ? `${first!.load_id}@${replays.places[index]! * 10}` : null, ...row],
      );
    }
    return key;
  }

  /** Sorts as `gear.loads.delivery_order` does: by date, by place, and replays right behind the file that their rows were in. */
  private async orderOf(place: number, date: string | undefined, replayed: string | undefined): Promise<Buffer> {
    const own = Buffer.from(String(place).padStart(8, '0'));
    if (replayed === undefined) return Buffer.concat([Buffer.from(date?.replaceAll('-', '') ?? ''), own]);
    const [first] = await this.warehouse.query<{ delivery_order: Buffer }>('select delivery_order from gear.loads where object_key = ?', [
      replayed,
    ]);
    return Buffer.concat([first!.delivery_order, own]);
  }

  get deps(): ProcessDeps {
    const { definition, warehouse } = this;
    return {
      warehouse,
      pipelines: new Map([[definition.name, { definition, fingerprint, entityLoads: entityLoads(definition), additiveMerges: [] }]]),
    };
  }

  /** Processes all that is staged of the feed in one batch; loads of `appendFrom` rows and more are appended where they can be. */
  async process(feed: string, appendFrom?: number): Promise<ProcessResult> {
    const deps = { ...this.deps, ...(appendFrom === undefined ? {} : { appendFrom }) };
    return processBatch(deps, { pipeline: this.definition.name, feed }, quietScope);
  }

  /** Loads every vault table, side by side; returns the rows added. */
  async loadVault(definition = this.definition): Promise<number> {
    const results = await Promise.all(vaultLoads(definition).map((load) => loadVaultTable(this.warehouse, load)));
    return results.reduce((sum, { rowsInserted }) => sum + rowsInserted, 0);
  }

  /** Empties everything, as after the first migrate. */
  async clear(): Promise<void> {
    const tables = [...feedTables(this.definition), ...vaultTables(this.definition)].map(({ name }) => name);
    const gear = [
      ...['loads', 'load_counts', 'load_deletions', 'snapshots', 'corrections', 'accepted_deletions', 'refusals', 'quarantine'],
      ...['replays', 'partition_changes', 'batches', 'marts', 'mart_watermarks'],
    ].map((name) => `gear.${name}`);
    for (const table of [...tables, ...gear]) await this.warehouse.execute(`delete from ${table}`);
    await this.warehouse.execute(`update gear.feeds set batch_number = 0`);
  }

  close(): Promise<void> {
    return this.warehouse.close();
  }
}
