import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { FileStore } from '../../src/connectors/file/file-store.js';
import type { CompiledPipeline } from '../../src/engine/compiled-pipeline.js';
import { bucketLine, processedBucket } from '../../src/status/processed-bucket.js';
import { LakeFolder } from '../pipelines/totesys/lake.js';
import { FolderChain } from '../support/folder-chain.js';
import { compileFile } from '../support/mart-warehouse.js';
import { warehouse as server } from '../support/servers/servers.js';

let pipeline: CompiledPipeline;
let chain: FolderChain;
let folder: string;
beforeAll(async () => {
  pipeline = await compileFile('totesys');
  chain = await FolderChain.open(server.url, { pipeline });
  folder = mkdtempSync(join(tmpdir(), 'strata-processed-'));
});
afterAll(async () => {
  await chain.close();
  rmSync(folder, { recursive: true });
});

it('the line of a processed bucket in strata status says its last run, the runs of the lake that it has, and what waits', async () => {
  const line = async (url: string | undefined) => bucketLine((await processedBucket(chain.warehouse, pipeline, url))!);
  const lake = new LakeFolder(chain.folder);
  const design = (name: string) => ({
    ...{ design_id: '1', design_name: name, file_location: '/', file_name: 'a' },
    ...{ created_at: '2026-03-01 09:00:00', last_updated: '2026-03-01 09:00:00' },
  });
  const takeIn = async (name: string) => {
    lake.write({ design: [[design(name)]] });
    for (const { name: feed } of pipeline.definition.feeds) {
      await chain.pickup(feed);
      while ((await chain.process(feed)).more);
    }
    await chain.refresh();
  };

  expect(await line(undefined)).toBe('processed bucket: nothing is written, for TOTESYS_PROCESSED_URL is not set here');
  await takeIn('a');
  expect(await line('file:///b/')).toMatch(
    /^processed bucket file:\/\/\/b\/: there is no run yet\. Changes of these marts wait for the next run: .*\bbus\.dim_design\b/,
  );
  await chain.writeProcessed(new FileStore(folder, 0));
  expect(await line('file:///b/')).toMatch(
    /^processed bucket file:\/\/\/b\/: run 1 was written .+ ago, and has the lake up to run 1\. Nothing waits$/,
  );
  await takeIn('b');
  expect(await line('file:///b/')).toMatch(
    /run 1 was written .+ up to run 1\. Changes of these marts wait for the next run: bus\.dim_design$/,
  );
  expect(await processedBucket(chain.warehouse, { ...pipeline, definition: { ...pipeline.definition, processed: undefined } }, 'x')).toBe(
    undefined,
  );
});
