import { createReadStream } from 'node:fs';
import { copyFile, readdir, rename, stat } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ProvisionError } from '../servers/programs.mjs';
import { writeSampleFiles } from '../generate.mjs';

/** The files to put: those of the input folder, or generated ones in the run's folder. */
export async function demoFiles(run, { input, rows }) {
  if (!input) return writeSampleFiles(run.path('generated'), { rows });
  const names = (await readdir(input)).filter((name) => name.endsWith('.csv')).sort();
  if (names.length === 0)
    throw new ProvisionError(`--input: there is no *.csv file in ${input} itself; folders below it are not looked at`);
  return names.map((name) => path.join(input, name));
}

/** The CSV files of a folder that no feed of eastrock takes by their names, and the names and headers that feeds take. */
export async function unmatchedFiles(folder) {
  const { eastrock } = await import('../../dist/pipelines/eastrock.js');
  const all = (await readdir(folder)).filter((name) => name.endsWith('.csv')).sort();
  const names = all.filter((name) => !eastrock.feeds.some(({ match }) => new RegExp(match, 'u').test(name)));
  const patterns = eastrock.feeds.map(({ name, match, columns }) => ({
    feed: name,
    match,
    header: columns.map(({ header }) => header).join(','),
  }));
  return { names, patterns, total: all.length };
}

/** Puts the files where the pipeline reads: a bucket, which is made, or a folder. Returns their bytes. */
export async function putFiles(files, { env, folder }) {
  let bytes = 0;
  for (const file of files) bytes += (await stat(file)).size;
  if (folder) {
    for (const file of files) {
      const target = path.join(folder, path.basename(file));
      await copyFile(file, `${target}.part`);
      await rename(`${target}.part`, target);
    }
    // A file counts when it did not change for 2 s.
    await sleep(2500);
    return bytes;
  }
  await putObjects(files, env);
  return bytes;
}

async function putObjects(files, env) {
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
  const { CreateBucketCommand, PutObjectCommand, S3Client } = await import('@aws-sdk/client-s3');
  const endpoint = env.AWS_ENDPOINT_URL_S3;
  const keys = env.AWS_ACCESS_KEY_ID
    ? {
        credentials: {
          accessKeyId: env.AWS_ACCESS_KEY_ID,
          secretAccessKey: env.AWS_SECRET_ACCESS_KEY,
          sessionToken: env.AWS_SESSION_TOKEN,
        },
      }
    : {};
  const client = new S3Client({
    endpoint,
    region: env.AWS_REGION ?? 'us-east-1',
    forcePathStyle: true,
    requestChecksumCalculation: 'WHEN_REQUIRED',
    ...keys,
  });
  const Bucket = new URL(env.EASTROCK_SOURCE_URL).hostname;
  try {
    await client.send(new CreateBucketCommand({ Bucket })).catch((error) => {
      if (!['BucketAlreadyOwnedByYou', 'BucketAlreadyExists'].includes(error.name)) throw error;
    });
    for (const file of files) {
      const { size } = await stat(file);
      await client.send(new PutObjectCommand({ Bucket, Key: path.basename(file), Body: createReadStream(file), ContentLength: size }));
    }
  } catch (error) {
    throw new ProvisionError(`The files can't be put into the bucket ${Bucket} at ${endpoint}: ${error.name}: ${error.message}`);
  } finally {
    client.destroy();
  }
}
