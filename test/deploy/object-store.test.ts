import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { CreateBucketCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { probeSource } from '../../src/connectors/probe-source.js';
import { S3Store } from '../../src/connectors/s3/s3-store.js';
import { startOwnServer, type OwnServer } from '../connectors/s3/own-server.js';
import { objectStore } from '../support/servers/servers.js';

const bucket = 'eastrockvalley-test';

describe('the account that is made for the worker of docker-compose.yml', () => {
  let folder: string;
  let server: OwnServer;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'strata-account-'));
    await mkdir(join(folder, 'accounts'));
    server = await startOwnServer(['--iam-dir', join(folder, 'accounts')]);
    for (const name of [bucket, 'other']) await mkdir(join(server.folder, name));
  });
  afterAll(async () => {
    await server.drop();
    await rm(folder, { recursive: true });
  });

  /** The script of the service, with this machine's program. */
  const createAccount = async (secret: string) => {
    const script = join(folder, 'create-account.sh');
    const text = await readFile(join(import.meta.dirname, '..', '..', 'deploy', 'object-store', 'create-account.sh'), 'utf8');
    await writeFile(script, text.replace('/usr/local/bin/versitygw', objectStore.program));
    const env = {
      PATH: process.env.PATH,
      ADMIN_ENDPOINT_URL: server.endpoint,
      ADMIN_REGION: objectStore.region,
      ADMIN_ACCESS_KEY: objectStore.accessKeyId,
      ADMIN_SECRET_KEY: objectStore.secretAccessKey,
      WORKER_ACCESS_KEY: 'worker',
      WORKER_SECRET_KEY: secret,
    };
    return promisify(execFile)('sh', [script], { env });
  };
  const clientOf = (secretAccessKey: string) =>
    new S3Client({
      endpoint: server.endpoint,
      region: objectStore.region,
      forcePathStyle: true,
      credentials: { accessKeyId: 'worker', secretAccessKey },
    });
  const admin = (...args: string[]) =>
    promisify(execFile)(objectStore.program, [
      'admin',
      '--endpoint-url',
      server.endpoint,
      '--access',
      'worker',
      '--secret',
      'second',
      ...args,
    ]);

  it('may do in its bucket what a worker does with files, and nothing anywhere else', async () => {
    await createAccount('first');
    // Again with another secret key, as after a change of .env.
    await createAccount('second');
    const client = clientOf('second');
    await client.send(new PutObjectCommand({ Bucket: bucket, Key: 'users.csv', Body: 'UserID\n1\n' }));
    await probeSource(new S3Store({ client, bucket, place: server.endpoint }, ''));
    const denied = expect.objectContaining({ name: 'AccessDenied' }) as unknown;
    await expect(client.send(new ListObjectsV2Command({ Bucket: 'other' }))).rejects.toEqual(denied);
    await expect(client.send(new PutObjectCommand({ Bucket: 'other', Key: 'x', Body: 'x' }))).rejects.toEqual(denied);
    await expect(client.send(new CreateBucketCommand({ Bucket: 'third' }))).rejects.toEqual(denied);
    await expect(admin('list-users')).rejects.toThrow(/AccessDenied|denied/i);
    await expect(clientOf('first').send(new ListObjectsV2Command({ Bucket: bucket }))).rejects.toMatchObject({
      name: 'SignatureDoesNotMatch',
    });
  });
});
