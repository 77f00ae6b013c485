import type { FeedRef } from '../../src/contracts/activities/refs.js';
import type { LandResult } from '../../src/contracts/activities/landing.js';
import type { ProcessResult } from '../../src/contracts/activities/processing.js';
import type { RefreshMode } from '../../src/contracts/activities/marts.js';
import type { LandDeps } from '../../src/activities/landing/land-deps.js';
import { claimObjects } from '../../src/activities/pickup/claim-objects.js';
import { processBatch, type ProcessDeps } from '../../src/activities/processing/process-batch.js';
import { pruneStaging } from '../../src/activities/processing/prune-staging.js';
import type { ActivityScope } from '../../src/activities/run-activity.js';
import { createEnrichments } from '../../src/connectors/enrichments.js';
import { createStores, type Stores } from '../../src/engine/stores.js';
import { describeTables } from '../../src/gear/migrate/describe-tables.js';
import { loadVaultTable } from '../../src/activities/vault/load-vault-table.js';
import { migrate } from '../../src/gear/migrate/migrate.js';
import { openWarehouse } from '../../src/connectors/mysql/warehouse.js';
import { openStore } from '../../src/connectors/open-store.js';
import { writeProcessedRun, type ProcessedWork } from '../../src/activities/processed/write-run.js';
import type { ProcessedResult } from '../../src/contracts/activities/processed.js';
import { refreshMart } from '../../src/activities/marts/refresh-mart.js';
import type { ObjectStore } from '../../src/engine/object-store.js';
import { readMigrations } from '../../src/config/read-migrations.js';
import { quarantineFolderOf, sourceKindAt } from '../../src/engine/folders/quarantine-folder.js';
import { ownerKey, releasedText } from '../../src/engine/source-owner.js';
import type { CompiledPipeline } from '../../src/engine/compiled-pipeline.js';
import type { PipelineDefinition } from '../../src/engine/definition/types.js';
import { warehouseSchema } from '../../src/engine/schema/warehouse-schema.js';
import type { Warehouse } from '../../src/engine/warehouse.js';
import { land, settle } from './land.js';

/** A scope that nothing cancels. */
export const quietScope: ActivityScope = {
  signal: new AbortController().signal,
  attempt: 1,
  report: () => undefined,
  count: () => undefined,
  log: { log: noop, trace: noop, debug: noop, info: noop, warn: noop, error: noop },
};

function noop(): void {}

const enrichments = createEnrichments();

type Landed = Omit<LandResult, 'source'>;

export interface ChainOptions {
  readonly url: string;
  readonly prefix: string;
  readonly pipeline: CompiledPipeline;
  readonly sourceUrl: string | (() => string);
  readonly chunkBytes?: number;
  readonly rangeBytes?: number;
  readonly runBytes?: number;
  readonly openStore?: (url: string) => ObjectStore;
}

/** The activities of one pipeline called one after the other, without Temporal: what each commits is the same. */
export class WarehouseChain {
  readonly warehouse: Warehouse;
  readonly stores: Stores;
  readonly pipelines: ReadonlyMap<string, CompiledPipeline>;
  readonly definition: PipelineDefinition;

  constructor(private readonly options: ChainOptions) {
    this.definition = options.pipeline.definition;
    this.warehouse = openWarehouse({ url: options.url, prefix: options.prefix, connections: 6 });
    const sourceUrl = typeof options.sourceUrl === 'string' ? () => options.sourceUrl as string : options.sourceUrl;
    this.stores = createStores(new Map([[this.definition.name, sourceUrl]]), options.openStore ?? ((url) => openStore(url)));
    this.pipelines = new Map([[this.definition.name, options.pipeline]]);
  }

  get prefix(): string {
    return this.options.prefix;
  }

  async migrate(): Promise<readonly string[]> {
    const { changes } = await migrate(
      this.warehouse,
      this.options.prefix,
      warehouseSchema([this.options.pipeline], await readMigrations()),
    );
    return changes;
  }

  /** Empties every table as if the warehouse had just been migrated: much faster than a new one. */
  async reset(): Promise<void> {
    const { prefix } = this.options;
    const kept = new Set(['gear.applied', 'gear.definitions', 'gear.schema_history', 'gear.surrogates', 'gear.warehouse']);
    await this.warehouse.session(async (statements) => {
      for (const name of (await describeTables(statements, prefix)).keys())
        if (!kept.has(name)) await statements.execute(`truncate table ${name}`);
    });
    for (const { sql, values } of warehouseSchema([this.options.pipeline], []).seeds) await this.warehouse.execute(sql, values);
    // Else the source would tell, rightly, that the warehouse lost its loads.
    const source = this.stores.sourceOf(this.definition.name);
    const mark = await source.readNote(ownerKey);
    if (mark) await source.writeNote(ownerKey, releasedText(new Date().toISOString(), 0), mark.tag);
  }

  /** Claims and lands all that the feed's source holds, and releases it. */
  async pickup(feed: string, release = true): Promise<Landed[]> {
    const of = this.of(feed);
    const results: Landed[] = [];
    const { claimed } = await claimObjects(this.deps, { ...of, source: { kind: 'feed' } }, quietScope);
    const open = await this.warehouse.query<{ load_id: number }>(
      `select load_id from gear.loads where feed = ? and source_state = 'present' order by load_id`,
      [feed],
    );
    if (claimed > open.length) throw new Error('claimed loads are not open');
    for (const { load_id: loadId } of open) {
      results.push(await this.land(loadId));
      if (release) await settle(this.deps, loadId, quietScope);
    }
    return results;
  }

  /** Claims what a backfill would whose first listing began at `since`, from the feed's own source where no other is given, and lands it. */
  async backfill(feed: string, url = this.stores.sourceOf(this.definition.name).url, since?: string): Promise<Landed[]> {
    const results: Landed[] = [];
    await claimObjects(this.deps, { ...this.of(feed), source: { kind: sourceKindAt(this.stores.open(url).url), url, since } }, quietScope);
    const open = await this.warehouse.query<{ load_id: number }>(
      `select load_id from gear.loads where feed = ? and kind = 'backfill' and state = 'claimed' order by load_id`,
      [feed],
    );
    for (const { load_id: loadId } of open) results.push(await this.land(loadId));
    return results;
  }

  /** The folder of a load in quarantine/, below the source. */
  async quarantineFolder(loadId: number): Promise<string> {
    const [load] = await this.warehouse.query<{ identity: Buffer }>('select identity from gear.loads where load_id = ?', [loadId]);
    return quarantineFolderOf({ loadId, identity: load!.identity });
  }

  /** As the workflow does: the ranges of a large file side by side. */
  async land(loadId: number): Promise<Landed> {
    return land(this.deps, loadId, quietScope);
  }

  async process(
    feed: string,
    options: { readonly appendFrom?: number; readonly scope?: Partial<ActivityScope> } = {},
  ): Promise<ProcessResult> {
    const { appendFrom, scope } = options;
    return processBatch({ ...this.deps, ...(appendFrom === undefined ? {} : { appendFrom }) }, this.of(feed), { ...quietScope, ...scope });
  }

  /** Refreshes (or rebuilds) all marts, each after those that it reads. */
  async refresh(rebuild = false, rebuildFrom?: number): Promise<Record<string, RefreshMode>> {
    const modes: Record<string, RefreshMode> = {};
    for (const mart of this.options.pipeline.martRefreshes)
      modes[mart.target] = (await refreshMart(this.warehouse, mart, { rebuild, rebuildFrom })).mode;
    return modes;
  }

  /** Writes the next run of the pipeline's processed bucket. */
  writeProcessed(bucket: ObjectStore, more: Partial<Pick<ProcessedWork, 'step' | 'rowsOfPart'>> = {}): Promise<ProcessedResult> {
    const { definition, warehouse } = this;
    return writeProcessedRun(
      { warehouse, bucket, definition, tables: this.options.pipeline.processed, rowsOfPart: 1_000_000, ...more },
      quietScope,
    );
  }

  /** Loads every vault table up to the last batches. */
  async loadVault(): Promise<void> {
    for (const load of this.options.pipeline.vaultLoads) await loadVaultTable(this.warehouse, load);
  }

  async prune(feed: string): Promise<number> {
    return (await pruneStaging(this.deps, this.of(feed), quietScope)).rows;
  }

  close(): Promise<void> {
    return this.warehouse.close();
  }

  /** What the activities are given. */
  get deps(): LandDeps & Pick<ProcessDeps, 'pipelines'> {
    return {
      warehouse: this.warehouse,
      pipelines: this.pipelines,
      stores: this.stores,
      enrichments,
      ...(this.options.chunkBytes === undefined ? {} : { chunkBytes: this.options.chunkBytes }),
      ...(this.options.rangeBytes === undefined ? {} : { rangeBytes: this.options.rangeBytes }),
      ...(this.options.runBytes === undefined ? {} : { runBytes: this.options.runBytes }),
    };
  }

  private of(feed: string): FeedRef {
    return { pipeline: this.definition.name, feed };
  }
}
