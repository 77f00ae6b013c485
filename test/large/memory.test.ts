import { Readable } from 'node:stream';
import { Upload } from '@aws-sdk/lib-storage';
import { expect, it } from '@jest/globals';
import { warehouse } from '../support/servers.js';
import { Lab } from '../kill/lab.js';

const megabyte = 1 << 20;
const header = Buffer.from('UserID,UserName,SignUpDate,Country\n');

/** About so many bytes of users.csv; one row in 5,000 is bad, one in ten has quotes. */
function* usersFile(bytes: number): Generator<Buffer> {
  yield header;
  const name = 'n'.repeat(200);
  let id = 1;
  for (let written = header.length; written < bytes; ) {
    const lines: string[] = [];
    for (let i = 0; i < 5_000; i++, id++) lines.push(`${id},${id % 10 === 0 ? `"${name},""x"""` : name},${i === 0 ? '31/02/2024' : '1/2/2024'},DE`);
    const block = Buffer.from(`${lines.join('\n')}\n`);
    written += block.length;
    yield block;
  }
}

/** Peak memory, in bytes, of a fresh worker that lands one object of so many bytes. */
async function peakOfLanding(size: number): Promise<number> {
  const lab = await Lab.open({ url: warehouse.url, chunkBytes: 64 * megabyte, direct: true });
  try {
    const body = Readable.from(usersFile(size), { objectMode: false });
    await new Upload({ client: lab.bucket.client, params: { Bucket: lab.bucket.bucket, Key: 'users.csv', Body: body }, partSize: 16 * megabyte }).done();
    const worker = lab.startWorker();
    const counts = await lab.pickup('users');
    expect(counts).toMatchObject({ staged: 1, failed: 0 });
    expect(counts.bytes).toBeGreaterThanOrEqual(size);
    expect(counts.quarantined).toBeGreaterThan(0);
    return await worker.peakMemory();
  } finally {
    await lab.close();
  }
}

it('a worker needs the same memory for a file of 50 MB, 200 MB and 1 GB, and less than 400 MB', async () => {
  const small = await peakOfLanding(50 * megabyte);
  const medium = await peakOfLanding(200 * megabyte);
  const large = await peakOfLanding(1024 * megabyte);
  console.info(`peak memory of a worker: ${[small, medium, large].map((bytes) => `${Math.round(bytes / megabyte)} MiB`).join(', ')}`);
  expect(medium / small).toBeLessThan(1.2);
  expect(large).toBeLessThan(400 * megabyte);
}, 1_800_000);
