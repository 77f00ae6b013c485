import { Readable } from 'node:stream';
import { Upload } from '@aws-sdk/lib-storage';
import { expect, it } from '@jest/globals';
import { warehouse } from '../../support/servers/servers.js';
import { Lab } from '../../kill/lab/lab.js';

const megabyte = 1 << 20;
const header = Buffer.from('UserID,UserName,SignUpDate,Country\n');

/** About so many bytes of users.csv; one row in 5,000 is bad, one in ten has quotes. */
function* usersFile(bytes: number): Generator<Buffer> {
  yield header;
  const name = 'n'.repeat(200);
  let id = 1;
  for (let written = header.length; written < bytes;) {
    const lines: string[] = [];
    for (let i = 0; i < 5_000; i++, id++)
      lines.push(`${id},${id % 10 === 0 ? `"${name},""x"""` : name},${i === 0 ? '31/02/2024' : '1/2/2024'},DE`);
    const block = Buffer.from(`${lines.join('\n')}\n`);
    written += block.length;
    yield block;
  }
}

/** A good row, a line of about so many bytes, a good row. */
function* longLine(bytes: number): Generator<Buffer> {
  yield header;
  yield Buffer.from('1,a,1/2/2024,DE\n2,');
  const block = Buffer.alloc(megabyte, 'x');
  for (let written = 0; written < bytes; written += block.length) yield block;
  yield Buffer.from('\n3,c,1/2/2024,DE\n');
}

async function upload({ bucket }: Lab, key: string, content: Iterable<Buffer>): Promise<void> {
  const body = Readable.from(content, { objectMode: false });
  await new Upload({ client: bucket.client, params: { Bucket: bucket.bucket, Key: key, Body: body }, partSize: 16 * megabyte }).done();
}

/** Peak memory, in bytes, of a fresh worker that lands one object of so many bytes. */
async function peakOfLanding(size: number): Promise<number> {
  const lab = await Lab.open({ url: warehouse.url, chunkBytes: 64 * megabyte, direct: true });
  try {
    await upload(lab, 'users.csv', usersFile(size));
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

it('a line of 1 GB costs no memory, holds up neither its file nor other feeds, and is kept with its file', async () => {
  const lab = await Lab.open({ url: warehouse.url, direct: true });
  try {
    await upload(lab, 'users.csv', longLine(1024 * megabyte));
    await lab.bucket.put('payments.csv', 'TransactionID,UserID,Amount,TransactionDate,Type\n1,1,5,1/2/2024,Deposit\n');
    const worker = lab.startWorker();
    await lab.run();
    expect(await lab.warehouse.query('select user_id from bulk.users order by user_id')).toEqual([{ user_id: 1 }, { user_id: 3 }]);
    expect(await lab.warehouse.query('select deposit from bus.total_payments')).toEqual([{ deposit: '5.00' }]);
    expect(
      await lab.warehouse.query(
        'select object_key, line_number, reasons, length(raw) as kept, row_bytes > (1 << 30) as whole from gear.quarantine',
      ),
    ).toEqual([{ object_key: 'users.csv', line_number: 3, reasons: 'row_too_long', kept: 65_536, whole: 1 }]);
    expect(await lab.warehouse.query('select feed, source_state from gear.loads order by feed')).toEqual([
      { feed: 'payments', source_state: 'deleted' },
      { feed: 'users', source_state: 'moved' },
    ]);
    const sizes: number[] = [];
    for await (const page of lab.bucket.store().list({ recursive: true })) sizes.push(...page.map(({ size }) => size));
    expect(sizes).toEqual([expect.any(Number)]);
    expect(sizes[0]).toBeGreaterThan(1024 * megabyte);
    expect(await worker.peakMemory()).toBeLessThan(400 * megabyte);
  } finally {
    await lab.close();
  }
}, 900_000);
