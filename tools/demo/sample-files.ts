import { createReadStream } from 'node:fs';
import { copyFile, mkdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CreateBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { columnTitle } from '../../src/engine/definition/column-titles.js';
import { feedMatcher } from '../../src/engine/definition/match/feed-matcher.js';
import { ProvisionError } from '../programs/run-program.js';
import type { RunFolder } from '../run/run-folder.js';
import { s3Client } from '../servers/s3-client.js';
import type { DemoOptions } from './options.js';
import type { DemoPipeline } from './pipelines.js';
import type { DemoServers, DemoSource } from './servers.js';

/** Files to put, and the folder that they are in. */
interface DemoFiles {
  readonly folder: string;
  readonly keys: readonly string[];
}

/** Puts the files of the input folder, or generated ones, where the pipeline reads. Returns how many they are, and their bytes. */
export async function putDemoFiles(
  run: RunFolder,
  pipeline: DemoPipeline,
  { input, rows = pipeline.rows }: DemoOptions,
  servers: DemoServers,
  hint: (line: string) => void,
): Promise<{ readonly count: number; readonly bytes: number }> {
  hint('writing');
  const generated = run.path(`generated-${pipeline.definition.name}`);
  const folder = input ?? generated;
  const files = { folder, keys: await (input === undefined ? pipeline.generate(generated, rows) : pipeline.keysOf(input)) };
  hint('putting');
  const bytes = await putFiles(files, servers.sources.get(pipeline)!, servers.env);
  // It is made, and stays empty.
  const processed = servers.processed.get(pipeline);
  if (processed && processed.folder === undefined) await putFiles({ folder, keys: [] }, processed, servers.env);
  await rm(generated, { recursive: true, force: true });
  return { count: files.keys.length, bytes };
}

interface UnmatchedFiles {
  readonly keys: readonly string[];
  /** The names and headers that feeds take. */
  readonly patterns: readonly { readonly feed: string; readonly match: string; readonly header: string }[];
  /** Of all files of the folder. */
  readonly total: number;
}

/** The files of a folder that no feed of the pipeline takes by their names. */
export async function unmatchedFiles(folder: string, { definition, keysOf }: DemoPipeline): Promise<UnmatchedFiles> {
  const all = await keysOf(folder);
  const matchers = definition.feeds.map(({ match }) => feedMatcher(match));
  const patterns = definition.feeds.map(({ name, match, columns }) => ({
    feed: name,
    match,
    header: columns.map(columnTitle).join(','),
  }));
  return { keys: all.filter((key) => !matchers.some((matcher) => matcher.test(key))), patterns, total: all.length };
}

async function putFiles(files: DemoFiles, source: DemoSource, env: NodeJS.ProcessEnv): Promise<number> {
  let bytes = 0;
  for (const key of files.keys) bytes += (await stat(path.join(files.folder, key))).size;
  if (source.folder === undefined) {
    await putObjects(files, new URL(source.url).hostname, env);
    return bytes;
  }
  for (const key of files.keys) {
    const target = path.join(source.folder, key);
    await mkdir(path.dirname(target), { recursive: true });
    await copyFile(path.join(files.folder, key), `${target}.part`);
    await rename(`${target}.part`, target);
  }
  // A file counts when it did not change for 2 s.
  await sleep(2500);
  return bytes;
}

async function putObjects({ folder, keys }: DemoFiles, bucket: string, env: NodeJS.ProcessEnv): Promise<void> {
  const client = s3Client(env);
  try {
    await client.send(new CreateBucketCommand({ Bucket: bucket })).catch((error: unknown) => {
      if (!(error instanceof Error) || !['BucketAlreadyOwnedByYou', 'BucketAlreadyExists'].includes(error.name)) throw error;
    });
    for (const key of keys) {
      const file = path.join(folder, key);
      const body = { Body: createReadStream(file), ContentLength: (await stat(file)).size };
      await client.send(new PutObjectCommand({ Bucket: bucket, Key: key, ...body }));
    }
  } catch (error) {
    const why = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    throw new ProvisionError(`The files can't be put into the bucket ${bucket} at ${env.AWS_ENDPOINT_URL_S3}: ${why}`);
  } finally {
    client.destroy();
  }
}
