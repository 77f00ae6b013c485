import { appendFile, mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { FileStore } from '../../../src/connectors/file/file-store.js';
import type { LeftAlone, Wait } from '../../../src/engine/object-store.js';

const line = 'a,b\n';

describe('a file of a folder that may still be being written', () => {
  let root: string;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'strata-quiet-'));
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    await rm(root, { recursive: true });
  });
  const path = (name: string) => join(root, name);
  const listed = async (store: FileStore, leftAlone?: (object: LeftAlone) => void, patient?: () => boolean) => {
    const sizes: Record<string, number> = {};
    for await (const page of store.list({ recursive: false, leftAlone, patient })) for (const { key, size } of page) sizes[key] = size;
    return sizes;
  };
  const takes = async <T>(call: () => Promise<T>) => {
    const began = performance.now();
    return { result: await call(), milliseconds: performance.now() - began };
  };

  it.each([2_100, 60_000, -60_000, 86_400_000])(
    'is left alone though the clock of this machine is %i ms ahead of the file system',
    async (ahead) => {
      const now = Date.now.bind(Date);
      jest.spyOn(Date, 'now').mockImplementation(() => now() + ahead);
      await writeFile(path('growing.csv'), line);
      let grows = true;
      const writer = (async () => {
        while (grows) {
          await sleep(100);
          await appendFile(path('growing.csv'), line);
        }
      })();
      const store = new FileStore(root, 1_000);
      for (let times = 0; times < 2; times += 1) expect(await listed(store)).toEqual({});
      grows = false;
      await writer;
      expect(Object.keys(await listed(store))).toEqual(['growing.csv']);
    },
  );

  it('is looked at twice by each process: one that has just started waits, one that has seen it does not', async () => {
    await writeFile(path('old.csv'), line);
    await sleep(600);
    const store = new FileStore(root, 500);
    const first = await takes(() => listed(store));
    expect(first.result).toEqual({ 'old.csv': line.length });
    expect(first.milliseconds).toBeGreaterThanOrEqual(499);
    const second = await takes(() => listed(store));
    expect(second.result).toEqual({ 'old.csv': line.length });
    expect(second.milliseconds).toBeLessThan(499);
  });

  it('is another one when it changes after a listing found it complete', async () => {
    await writeFile(path('again.csv'), line);
    const store = new FileStore(root, 300);
    expect(await listed(store)).toEqual({ 'again.csv': 4 });
    expect(await listed(store)).toEqual({ 'again.csv': 4 });
    await appendFile(path('again.csv'), line);
    const { result, milliseconds } = await takes(() => listed(store));
    expect(result).toEqual({ 'again.csv': 8 });
    expect(milliseconds).toBeGreaterThanOrEqual(299);
  });

  it.each(['a,b\nc,d', 'a,b', ''])('is waited for longer where its last line has no end: %j', async (text) => {
    await writeFile(path('half.csv'), text);
    const store = new FileStore(root, 200, 1_500);
    const { result, milliseconds } = await takes(() => listed(store));
    expect(result).toEqual({ 'half.csv': text.length });
    expect(milliseconds).toBeGreaterThanOrEqual(1_499);
  });

  it.each(['a,b\nc,d\n', 'a,b\r\nc,d\r\n', 'a,b\rc,d\r'])('needs the quiet time alone where its last line has an end: %j', async (text) => {
    await writeFile(path('whole.csv'), text);
    expect(await listed(new FileStore(root, 200, 600_000))).toEqual({ 'whole.csv': text.length });
  });

  it('needs the quiet time alone where its last line has an end in UTF-16', async () => {
    const text = Buffer.from('\u{feff}a,b\n', 'utf16le');
    await writeFile(path('little.csv'), text);
    await writeFile(path('big.csv'), Buffer.from(text).swap16());
    await writeFile(path('room.csv'), 'a,b\n\0');
    expect(await listed(new FileStore(root, 200, 600_000))).toEqual({ 'little.csv': 10, 'big.csv': 10 });
  });

  it('is left alone while its writer stalls in a line, and taken whole', async () => {
    const writer = await open(path('stalled.csv'), 'a');
    await writer.write('a,b\nc,');
    const store = new FileStore(root, 200, 3_000);
    const early = listed(store);
    await sleep(1_500);
    await writer.write('d\n');
    await writer.close();
    expect(await early).toEqual({});
    expect(await listed(store)).toEqual({ 'stalled.csv': 8 });
  });

  it('holds up no other file, is told, and comes with a later listing', async () => {
    await writeFile(path('whole.csv'), line);
    await writeFile(path('half.csv'), 'a,');
    const store = new FileStore(root, 200, 2_000);
    const told: LeftAlone[] = [];
    const { result, milliseconds } = await takes(() => listed(store, (object) => told.push(object)));
    expect(result).toEqual({ 'whole.csv': line.length });
    expect(milliseconds).toBeLessThan(1_900);
    expect(told).toEqual([{ key: 'half.csv', waits: true, reason: expect.stringContaining('2 s') as unknown }]);
    await sleep(2_000);
    expect(await listed(store)).toEqual({ 'whole.csv': line.length, 'half.csv': 2 });
  });

  it('whose last line has no end is waited for beside others by a listing that is patient', async () => {
    await writeFile(path('whole.csv'), line);
    await writeFile(path('packed.csv.gz'), 'no end');
    const keys: string[] = [];
    const store = new FileStore(root, 200, 2_000);
    const waits: Wait[] = [];
    const options = { recursive: false, patient: () => true, waits: (wait: Wait) => void waits.push(wait) };
    for await (const page of store.list(options)) keys.push(...page.map(({ key }) => key));
    expect(keys.sort()).toEqual(['packed.csv.gz', 'whole.csv']);
    expect(waits[0]).toEqual({ files: 1, seconds: 2 });
  });

  it('is waited for by a patient listing until it stops growing, and told where it would rest too late', async () => {
    await writeFile(path('whole.csv'), line);
    await writeFile(path('growing.csv'), line);
    await writeFile(path('empty.csv'), '');
    const writer = (async () => {
      for (let times = 0; times < 20; times += 1) {
        await sleep(100);
        await appendFile(path('growing.csv'), line);
      }
    })();
    const told: LeftAlone[] = [];
    const sizes = await listed(
      new FileStore(root, 1_000, 600_000),
      (object) => told.push(object),
      () => true,
    );
    await writer;
    expect(sizes).toEqual({ 'whole.csv': 4, 'growing.csv': 84 });
    expect(told).toEqual([{ key: 'empty.csv', waits: true, reason: 'it is empty: it is loaded once it has not changed for 600 s' }]);
  });

  it('is told by a listing that does not wait for it', async () => {
    await writeFile(path('whole.csv'), line);
    await writeFile(path('growing.csv'), line);
    const told: LeftAlone[] = [];
    const early = listed(new FileStore(root, 1_000), (object) => told.push(object));
    await sleep(500);
    await appendFile(path('growing.csv'), line);
    expect(await early).toEqual({ 'whole.csv': 4 });
    const reason = 'it is still being written: it is loaded once it has not changed for 1 s';
    expect(told).toEqual([{ key: 'growing.csv', waits: true, reason }]);
  });

  it('is not looked at twice for a feed that it is none of', async () => {
    await writeFile(path('half.csv'), 'a,');
    const store = new FileStore(root, 200, 30_000);
    const { milliseconds } = await takes(async () => {
      for await (const page of store.list({ recursive: false, only: (key) => key === 'other.csv' })) expect(page).toEqual([]);
    });
    expect(milliseconds).toBeLessThan(5_000);
  });

  it('is there at once for who only asks what waits', async () => {
    await writeFile(path('half.csv'), 'a,');
    const pages: string[] = [];
    const { milliseconds } = await takes(async () => {
      for await (const page of new FileStore(root, 20_000, 60_000).list({ recursive: false, unsettled: true }))
        pages.push(...page.map(({ key }) => key));
    });
    expect(pages).toEqual(['half.csv']);
    expect(milliseconds).toBeLessThan(5_000);
  });

  it('is one of very many: all wait once', async () => {
    await Promise.all(Array.from({ length: 2_500 }, (_, number) => writeFile(path(`${number}.csv`), line)));
    const { result, milliseconds } = await takes(() => listed(new FileStore(root, 2_000)));
    expect(Object.keys(result)).toHaveLength(2_500);
    expect(milliseconds).toBeLessThan(15_000);
  });
});
