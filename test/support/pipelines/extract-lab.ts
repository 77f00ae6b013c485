import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { createHash } from 'node:crypto';
import { parse } from 'csv-parse/sync';
import type { Client } from 'pg';
import { runExtract, type ExtractWork } from '../../../src/activities/extract/extract-run.js';
import { lastRunOf, manifestsOf } from '../../../src/connectors/lake/read-lake.js';
import { loadPipelines } from '../../../src/config/load-pipelines.js';
import { readMigrations } from '../../../src/config/read-migrations.js';
import { FileStore } from '../../../src/connectors/file/file-store.js';
import { openWarehouse } from '../../../src/connectors/mysql/warehouse.js';
import { openSnapshot } from '../../../src/connectors/postgres/snapshot.js';
import type { ExtractedRun, ExtractInput } from '../../../src/contracts/activities/extract.js';
import type { LakeManifest } from '../../../src/contracts/lake/manifest.js';
import { compilePipelines } from '../../../src/engine/compile-pipelines.js';
import type { ExtractDefinition } from '../../../src/engine/extract/drift.js';
import type { ObjectStore } from '../../../src/engine/object-store.js';
import { warehouseSchema } from '../../../src/engine/schema/warehouse-schema.js';
import type { Warehouse } from '../../../src/engine/warehouse.js';
import { migrate } from '../../../src/gear/migrate/migrate.js';
import { connectPostgres, freshDatabase } from '../servers/own-postgres.js';
import type { Postgres } from '../../../tools/servers/postgres.js';
import { freshPrefix } from '../servers/servers.js';
import { quietScope } from '../warehouse-chain.js';

/** A warehouse with gear's tables. */
export async function gearWarehouse(url: string): Promise<Warehouse> {
  const prefix = freshPrefix();
  const warehouse = openWarehouse({ url, prefix, connections: 6 });
  await migrate(warehouse, prefix, warehouseSchema(compilePipelines(await loadPipelines('eastrock')), await readMigrations()));
  return warehouse;
}

/** A row of the lake, and the run that brought it. */
export interface LakeRow {
  readonly run: number;
  readonly row: Readonly<Record<string, string | null>>;
}

/** A source database and its lake, of one test. */
export class ExtractLab {
  private constructor(
    readonly warehouse: Warehouse,
    readonly name: string,
    readonly url: string,
    readonly client: Client,
    readonly lake: ObjectStore,
    private readonly folder: string,
    readonly definition: ExtractDefinition,
  ) {}

  static async open(
    server: Postgres,
    warehouse: Warehouse,
    tables: ExtractDefinition['tables'],
    wrap: (lake: ObjectStore) => ObjectStore = (lake) => lake,
  ): Promise<ExtractLab> {
    const url = await freshDatabase(server);
    const folder = await mkdtemp(join(tmpdir(), 'strata-lake-'));
    const name = new URL(url).pathname.slice(1);
    const definition: ExtractDefinition = { name, kind: 'postgres', setting: 'SHOP_DATABASE_URL', into: 'SHOP_INGEST_URL', tables };
    return new ExtractLab(warehouse, name, url, await connectPostgres(url), wrap(new FileStore(folder, 0)), folder, definition);
  }

  extract(options: Partial<ExtractInput> = {}, over: Partial<ExtractWork> = {}): Promise<ExtractedRun> {
    return runExtract(
      {
        ...{ warehouse: this.warehouse, lake: this.lake, openSnapshot, definition: this.definition, partBytes: 2_000 },
        source: { url: this.url, setting: 'SHOP_DATABASE_URL', schema: 'public' },
        ...over,
      },
      { pipeline: 'shop', extract: this.name, ...options },
      quietScope,
    );
  }

  async manifests(): Promise<LakeManifest[]> {
    return manifestsOf(this.lake, 1, await lastRunOf(this.lake));
  }

  /** Every row of a table that the manifests name, in the order of deliveries; checks counts and digests on the way. */
  async rows(table: string, from = 1): Promise<LakeRow[]> {
    const found: LakeRow[] = [];
    for (const { run, tables } of await this.manifests()) {
      if (run < from) continue;
      for (const { objects, columns, rows } of tables.filter(({ name }) => name === table)) {
        let count = 0;
        for (const object of objects) {
          const bytes = await buffer((await this.lake.open(object.key))!);
          if (bytes.length !== object.bytes || createHash('sha256').update(bytes).digest('hex') !== object.sha256)
            throw new Error(`${object.key} is not what its manifest says`);
          const [header, ...lines] = readCsv(gunzipSync(bytes));
          if (header?.join() !== columns.map(({ name }) => name).join()) throw new Error(`${object.key} has another header`);
          if (lines.length !== object.rows) throw new Error(`${object.key} has ${lines.length} rows, not ${object.rows}`);
          count += lines.length;
          for (const line of lines) found.push({ run, row: Object.fromEntries(columns.map(({ name }, index) => [name, line[index]!])) });
        }
        if (count !== rows) throw new Error(`run ${run} has ${count} rows of ${table}, not ${rows}`);
      }
    }
    return found;
  }

  /** The last state of each key in the lake. */
  async latest(table: string): Promise<Map<string, LakeRow['row']>> {
    const key = this.definition.tables.find(({ name }) => name === table)?.key ?? [];
    return new Map((await this.rows(table)).map(({ row }) => [key.map((name) => row[name]).join(), row]));
  }

  /** What the source has now, by key. */
  async source(table: string): Promise<Map<string, Readonly<Record<string, string | null>>>> {
    const key = this.definition.tables.find(({ name }) => name === table)?.key ?? [];
    const { rows } = await this.client.query<Record<string, string | null>>(`select * from ${table}`);
    return new Map(rows.map((row) => [key.map((name) => row[name]).join(), row]));
  }

  async close(): Promise<void> {
    await this.client.end();
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** PostgreSQL's CSV: an empty field without quotes is NULL. */
function readCsv(bytes: Buffer): (string | null)[][] {
  const rows: unknown = parse(bytes, {
    relax_column_count: false,
    cast: (value, { quoting }) => (value === '' && !quoting ? null : value),
  });
  return rows as (string | null)[][];
}
