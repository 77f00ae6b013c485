import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ListMultipartUploadsCommand } from '@aws-sdk/client-s3';
import type { ObjectStore } from '../../../src/engine/object-store.js';
import type { Transaction, Warehouse } from '../../../src/engine/warehouse.js';
import { createTestBucket } from '../../connectors/s3/test-bucket.js';
import { died, MortalWorker } from '../../support/pipelines/mortal-worker.js';
import { PartsLab, rowsOfPart } from '../../support/pipelines/parts-lab.js';
import { warehouse as server, warehouses } from '../../support/servers/servers.js';

const names = (parts: number) => Array.from({ length: parts }, (_, part) => `part-0000${part}.csv`);

describe.each(warehouses)('an export in parts on $name', ({ url }) => {
  let lab: PartsLab;
  beforeAll(async () => {
    lab = await PartsLab.open(url);
  });
  afterAll(() => lab.close());
  beforeEach(async () => {
    await lab.deliver(3 * rowsOfPart, 'ES');
    await lab.write({ again: true });
  });

  const path = (part: number) => join(lab.final, names(10)[part]!);
  const inodes = () => lab.names().map((name) => statSync(join(lab.final, name)).ino);

  it('has parts of at most the limit, each with the header, and all rows in their order', async () => {
    expect([lab.names(), lab.read()]).toEqual([names(3), PartsLab.rows(3 * rowsOfPart, 'ES')]);
    for (const part of [0, 1, 2]) {
      expect(statSync(path(part)).size).toBeLessThanOrEqual(1_000);
      expect(readFileSync(path(part), 'utf8').split('\n')[0]).toBe('order_id,country,amount');
    }
    expect(await lab.write({ again: true })).toMatchObject({ state: 'same', parts: 3 });
  });

  it('has a part of one row where that alone is larger than the limit, and one part where there are no rows', async () => {
    const long = PartsLab.compile((text) => text.replace('v.country,', "rpad(v.country, 3000, 'x'),").replace('varchar(20)', 'mediumtext'));
    await lab.deliver(2, 'ES');
    await lab.write({}, long);
    expect(lab.names()).toEqual(names(2));
    const none = PartsLab.compile((text) => text.replace('where', 'where false and'));
    await lab.write({}, none);
    expect([lab.names(), lab.read()]).toEqual([names(1), '']);
  });

  it('keeps parts whose bytes are the same, but for part 0', async () => {
    const before = inodes();
    await lab.deliver(4 * rowsOfPart, 'ES');
    expect(await lab.write()).toMatchObject({ state: 'written', parts: 4 });
    const after = inodes();
    expect([after[1], after[2]]).toEqual([before[1], before[2]]);
    expect(after[0]).not.toBe(before[0]);
    expect(lab.looksWhole).toBe(true);
    await lab.write({ again: true, force: true });
    expect(inodes()).not.toEqual(after);
  });

  it('gets back a part that was removed or changed', async () => {
    rmSync(path(1));
    writeFileSync(path(2), 'something else\n');
    expect(await lab.write({ again: true })).toMatchObject({ state: 'written' });
    expect([lab.names(), lab.read()]).toEqual([names(3), PartsLab.rows(3 * rowsOfPart, 'ES')]);
  });

  it('leaves files that Strata did not write', async () => {
    // One at the place of a part that goes, and one that no version ever had.
    writeFileSync(path(2), 'of somebody else\n');
    writeFileSync(path(7), 'of somebody else\n');
    await lab.deliver(rowsOfPart, 'ES');
    await lab.write();
    expect(lab.names()).toEqual([...names(1), 'part-00002.csv', 'part-00007.csv']);
    for (const part of [2, 7]) rmSync(path(part));
  });

  it('becomes one file where its key has no place for a number any more, and parts again', async () => {
    const one = PartsLab.compile((text) => text.replace('part-{part}', 'part-00000').replace('-- part: 1 kB\n', ''));
    await lab.write({}, one);
    expect([lab.names(), lab.read()]).toEqual([names(1), PartsLab.rows(3 * rowsOfPart, 'ES')]);
    await lab.write();
    expect(lab.names()).toEqual(names(3));
  });

  it('knows a file of an earlier version of Strata, which migrate notes', async () => {
    const one = PartsLab.compile((text) => text.replace('part-{part}', 'part-00000').replace('-- part: 1 kB\n', ''));
    await lab.write({}, one);
    await lab.warehouse.execute('drop table gear.export_parts');
    await lab.warehouse.execute("delete from gear.applied where name like 'migration 0029%'");
    await lab.migrate();
    expect(await lab.write({ again: true }, one)).toMatchObject({ state: 'same', parts: 1 });
    await lab.write();
    expect([lab.names(), lab.read()]).toEqual([names(3), PartsLab.rows(3 * rowsOfPart, 'ES')]);
  });

  it('is written for longer than the server lets a session be idle', async () => {
    const hurried = Object.create(lab.warehouse, {
      transaction: {
        value: (work: (transaction: Transaction) => Promise<unknown>, options: object) =>
          lab.warehouse.transaction(async (transaction) => {
            await transaction.execute('set session wait_timeout = 2');
            return work(transaction);
          }, options),
      },
      stream: {
        value: async function* (...of: Parameters<Warehouse['stream']>) {
          await new Promise((resolve) => setTimeout(resolve, 5_000));
          yield* lab.warehouse.stream(...of);
        },
      },
    }) as Warehouse;
    await lab.deliver(2 * rowsOfPart, 'DE');
    expect(await lab.write({ warehouse: hurried, holdInterval: 200 })).toMatchObject({ state: 'written' });
    expect(lab.read()).toBe(PartsLab.rows(2 * rowsOfPart, 'DE'));
  });
});

describe('an export in parts in a bucket', () => {
  let lab: PartsLab;
  let bucket: Awaited<ReturnType<typeof createTestBucket>>;
  let store: ObjectStore;
  beforeAll(async () => {
    bucket = await createTestBucket();
    store = bucket.store('final/');
    lab = await PartsLab.open(server.url);
  });
  afterAll(async () => {
    await lab.close();
    await bucket.drop();
  });

  const keys = async () => {
    const all: string[] = [];
    for await (const page of store.list({ recursive: true })) all.push(...page.map(({ key }) => key.slice(key.lastIndexOf('/') + 1)));
    return all.sort();
  };
  const uploads = async () => {
    const { Uploads = [] } = await bucket.client.send(new ListMultipartUploadsCommand({ Bucket: bucket.bucket }));
    return Uploads.length;
  };

  it('has as many parts as its rows need, and a worker that died leaves no upload behind', async () => {
    await lab.deliver(2 * rowsOfPart, 'ES');
    await lab.write({ store: () => store });
    expect(await keys()).toEqual(names(2));
    await lab.deliver(4 * rowsOfPart, 'DE');
    let left = 0;
    for (let step = 1; step <= 16; step += 1) {
      const worker = new MortalWorker(step);
      await expect(lab.write({ warehouse: worker.warehouse(lab.warehouse), store: () => worker.store(store) })).rejects.toBe(died);
      left = Math.max(left, await uploads());
    }
    expect(left).toBeGreaterThan(0);
    await lab.deliver(rowsOfPart, 'FR');
    await lab.write({ store: () => store });
    expect([await keys(), await uploads()]).toEqual([names(1), 0]);
    await lab.write({ store: () => store, again: true, force: true });
  });

  it('takes large parts in several requests', async () => {
    const file = join(tmpdir(), `strata-large-${process.pid}`);
    const bytes = Buffer.alloc(20_000_000, 'row\n');
    writeFileSync(file, bytes);
    const staged = await store.stage('large/part-00000.csv', file);
    expect(await store.find('large/part-00000.csv')).toBeUndefined();
    const written = await staged.put();
    expect([written.size, await store.find('large/part-00000.csv')]).toEqual([bytes.length, written]);
    const chunks: Buffer[] = [];
    for await (const chunk of (await store.open('large/part-00000.csv'))!) chunks.push(chunk as Buffer);
    expect(Buffer.concat(chunks).equals(bytes)).toBe(true);
    rmSync(file);
  });
});
