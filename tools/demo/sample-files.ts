import { createReadStream } from 'node:fs';
import { copyFile, readdir, rename, stat } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CreateBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { eastrock } from '../../src/pipelines/eastrock.js';
import { ProvisionError } from '../programs/run-program.js';
import type { RunFolder } from '../run/run-folder.js';
import { writeSampleFiles } from '../samples/eastrock-files.js';
import { s3Client } from '../servers/s3-client.js';
import type { DemoOptions } from './options.js';
import type { DemoServers } from './servers.js';

/** The files to put: those of the input folder, or generated ones in the run's folder. */
export async function demoFiles(run: RunFolder, { input, rows }: DemoOptions): Promise<string[]> {
  if (!input) return writeSampleFiles(run.path('generated'), { rows });
  const names = await csvNames(input);
  if (names.length === 0)
    throw new ProvisionError(`--input: there is no *.csv file in ${input} itself; folders below it are not looked at`);
  return names.map((name) => path.join(input, name));
}

const csvNames = async (folder: string) => (await readdir(folder)).filter((name) => name.endsWith('.csv')).sort();

interface UnmatchedFiles {
  readonly names: readonly string[];
  /** The names and headers that feeds take. */
  readonly patterns: readonly { readonly feed: string; readonly match: string; readonly header: string }[];
  /** Of all CSV files of the folder. */
  readonly total: number;
}

/** The CSV files of a folder that no feed of eastrock takes by their names. */
export async function unmatchedFiles(folder: string): Promise<UnmatchedFiles> {
  const all = await csvNames(folder);
  const names = all.filter((name) => !eastrock.feeds.some(({ match }) => new RegExp(match, 'u').test(name)));
  const patterns = eastrock.feeds.map(({ name, match, columns }) => ({
    feed: name,
    match,
    header: columns.map(({ header }) => header).join(','),
  }));
  return { names, patterns, total: all.length };
}

/** Puts the files where the pipeline reads: a bucket, which is made, or a folder. Returns their bytes. */
export async function putFiles(files: readonly string[], { env, sourceUrl, folder }: DemoServers): Promise<number> {
  let bytes = 0;
  for (const file of files) bytes += (await stat(file)).size;
  if (folder === undefined) {
    await putObjects(files, new URL(sourceUrl).hostname, env);
    return bytes;
  }
  for (const file of files) {
    const target = path.join(folder, path.basename(file));
    await copyFile(file, `${target}.part`);
    await rename(`${target}.part`, target);
  }
  // A file counts when it did not change for 2 s.
  await sleep(2500);
  return bytes;
}

async function putObjects(files: readonly string[], bucket: string, env: NodeJS.ProcessEnv): Promise<void> {
  const client = s3Client(env);
  try {
    await client.send(new CreateBucketCommand({ Bucket: bucket })).catch((error: unknown) => {
      if (!(error instanceof Error) || !['BucketAlreadyOwnedByYou', 'BucketAlreadyExists'].includes(error.name)) throw error;
    });
    for (const file of files) {
      const { size } = await stat(file);
      const body = { Body: createReadStream(file), ContentLength: size };
      await client.send(new PutObjectCommand({ Bucket: bucket, Key: path.basename(file), ...body }));
    }
  } catch (error) {
    const why = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    throw new ProvisionError(`The files can't be put into the bucket ${bucket} at ${env.AWS_ENDPOINT_URL_S3}: ${why}`);
  } finally {
    client.destroy();
  }
}
