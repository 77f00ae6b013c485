import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import { restoreBucket } from '../../../src/activities/processed/restore-bucket.js';
import { verifyBucket, type Verified } from '../../../src/activities/processed/verify-bucket.js';
import { processedRuns } from '../../../src/connectors/lake/read-lake.js';
import { FileStore } from '../../../src/connectors/file/file-store.js';
import type { CompiledPipeline } from '../../../src/engine/compiled-pipeline.js';
import { FolderChain } from '../../support/folder-chain.js';
import { compileFile, sorted } from '../../support/mart-warehouse.js';
import { warehouses } from '../../support/servers/servers.js';
import { LakeFolder } from './lake.js';
import { randomRun, tables } from './random-runs.js';

jest.setTimeout(1_800_000);

/** Fifty over all servers. Each goes on from what all before it have left, which is one database for all of a server. */
const histories = Math.ceil(50 / warehouses.length);
/** Of one history, in one or two runs. */
const tablesOfHistory = 3;
/** A rebuild reads all runs: from either bucket after so many histories. */
const rebuiltAfter = 25;

describe.each(warehouses)('the processed bucket of totesys on $name', ({ url }) => {
  const signal = new AbortController().signal;
  let pipeline: CompiledPipeline;
  let chain: FolderChain;
  let other: FolderChain;
  let folder: string;
  let bucket: FileStore;
  beforeAll(async () => {
    pipeline = await compileFile('totesys');
    chain = await FolderChain.open(url, { pipeline });
    other = await FolderChain.open(url, { pipeline });
    folder = mkdtempSync(join(tmpdir(), 'strata-processed-'));
    bucket = new FileStore(folder, 0);
  });
  afterAll(async () => {
    await chain.close();
    await other.close();
    rmSync(folder, { recursive: true });
  });

  const takeIn = async (of: FolderChain, feeds: readonly string[]) => {
    for (const feed of feeds) {
      await of.pickup(feed);
      while ((await of.process(feed)).more);
    }
  };
  const verify = (of: FolderChain): Promise<Verified> =>
    verifyBucket({ warehouse: of.warehouse, bucket, pipeline: 'totesys', tables: pipeline.processed, signal });
  const isSame = ({ tables: found, behind }: Verified) => {
    expect(behind).toEqual([]);
    expect(found.filter(({ missing, extra, different }) => missing + extra + different > 0)).toEqual([]);
    expect(found).toHaveLength(11 + 2 * 3);
  };
  const busOf = async (of: FolderChain) => {
    const shown = [...pipeline.processed.map(({ mart }) => mart), ...pipeline.processed.flatMap(({ newest }) => newest?.view ?? [])];
    const found: Record<string, unknown> = {};
    for (const table of shown)
      found[table] = sorted(
        (await of.warehouse.query(`select * from ${table}`)).map((row) =>
          Object.fromEntries(Object.entries(row).map(([column, value]) => [column, value === null ? null : String(value)])),
        ),
      );
    return found;
  };
  const runsOf = () => readdirSync(join(folder, '_runs')).length;

  it('makes the tables of the warehouse after any history, and an empty warehouse is filled from either bucket', async () => {
    const lake = new LakeFolder(chain.folder);
    for (const [index, { objects, leftover, takeIn: order, refresh }] of fc.sample(randomRun, histories).entries()) {
      const some = [...order, ...tables.filter((table) => !order.includes(table))].slice(0, tablesOfHistory);
      const parts = some.map((table) => [table, objects[table] ?? []] as const);
      if (leftover) lake.write(objects, { manifest: false });
      if (refresh) {
        // Some tables are ahead of the others, and of their marts.
        lake.write(Object.fromEntries(parts.map(([table, all]) => [table, all.slice(0, 1)])));
        await takeIn(chain, some.slice(0, 2));
        await chain.refresh();
        lake.write(Object.fromEntries(parts));
        await takeIn(chain, some.slice(1, 2));
        await chain.writeProcessed(bucket, { rowsOfPart: 3 });
      } else lake.write(Object.fromEntries(parts));
      // Runs without a table are taken in too: they say so.
      await takeIn(chain, index % rebuiltAfter === rebuiltAfter - 1 ? tables : some);
      await chain.refresh();
      await chain.writeProcessed(bucket, { rowsOfPart: 3 });
      expect(await chain.writeProcessed(bucket)).toEqual({ run: null, tables: [] });
      isSame(await verify(chain));
      if ((index + 1) % rebuiltAfter === 0) await rebuild();
    }
    const manifests = await processedRuns.manifestsOf(bucket, 1, runsOf());
    const covered = manifests.flatMap(({ ingest }) => (ingest ? [ingest] : []));
    expect(covered.length).toBeGreaterThan(0);
    // Runs of the lake are covered one after the other, without a gap, and each once.
    for (const [index, { first }] of covered.entries()) expect(first).toBe((covered[index - 1]?.last ?? 0) + 1);
    expect(existsSync(join(folder, `_runs/${String(runsOf() + 1).padStart(10, '0')}.json`))).toBe(false);
  });

  async function rebuild(): Promise<void> {
    const expected = await busOf(chain);
    const runs = runsOf();
    rmSync(other.folder, { recursive: true });
    // A lake belongs to one warehouse, so the other one has a copy.
    cpSync(chain.folder, other.folder, { recursive: true });
    await other.reset();
    await takeIn(other, tables);
    await other.refresh();
    expect(await busOf(other)).toEqual(expected);
    expect(await other.writeProcessed(bucket)).toEqual({ run: null, tables: [] });
    isSame(await verify(other));

    await other.reset();
    const restored = await restoreBucket({
      ...{ warehouse: other.warehouse, bucket, pipeline: 'totesys', tables: pipeline.processed },
      ...{ refreshes: pipeline.martRefreshes, signal },
    });
    expect(restored.run).toBe(runs);
    expect(await busOf(other)).toEqual(expected);
    // Until the lake is loaded again nothing of the old rows reaches the bucket.
    await takeIn(other, tables.slice(0, 1));
    await other.refresh();
    expect((await other.writeProcessed(bucket)).run).toBeNull();
    await takeIn(other, tables);
    await other.refresh();
    expect(await busOf(other)).toEqual(expected);
    expect(await other.writeProcessed(bucket)).toEqual({ run: null, tables: [] });
    isSame(await verify(other));
    expect(runsOf()).toBe(runs);
  }
});
