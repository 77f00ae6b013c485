import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FileStore } from '../../src/connectors/file/file-store.js';
import { ObjectChangedError, type ObjectStore, type ObjectVersion } from '../../src/engine/object-store.js';
import { listenedSignal } from './listened-signal.js';
import { until } from '../support/until.js';
import { createTestBucket } from './s3/test-bucket.js';

interface Fixture {
  readonly store: ObjectStore;
  /** Puts an object below the store's prefix, as a producer does. */
  put(relativeKey: string, body: Buffer | string): Promise<void>;
  /** Waits until what was put is old enough to be listed, and to differ in time from what is put next. */
  settle(): Promise<void>;
  drop(): Promise<void>;
}

async function s3Fixture(): Promise<Fixture> {
  const bucket = await createTestBucket();
  return {
    store: bucket.store('drops/'),
    put: (key, body) => bucket.put(`drops/${key}`, body),
    settle: () => sleep(1_050),
    drop: () => bucket.drop(),
  };
}

async function fileFixture(): Promise<Fixture> {
  const root = await mkdtemp(join(tmpdir(), 'strata-file-'));
  return {
    store: new FileStore(root),
    async put(key, body) {
      await mkdir(dirname(join(root, key)), { recursive: true });
      await writeFile(join(root, '.writing'), body);
      await rename(join(root, '.writing'), join(root, key));
    },
    // Its times are exact, and a listing waits by itself for what is new.
    settle: () => sleep(20),
    drop: () => rm(root, { recursive: true }),
  };
}

/** What every test finds already there: waiting once for all is faster than in each test. */
const specialNames = [
  'a b+c%20&=.csv',
  'quest?ion#hash.csv',
  "it's (1) [2] {3}~!*;:@$,.csv",
  'ünï✓😀.csv',
  'back\\slash"quote<x>.csv',
  '%2F..%00.csv',
];
const bigBody = Buffer.alloc(9_000_001, Buffer.from('0123456789abcdef\n'));
const initial: Readonly<Record<string, Buffer | string>> = {
  'root.csv': 'a\n1\n',
  'folder/deep/inner.csv': 'b',
  ...Object.fromEntries(specialNames.map((name) => [`names/${name}`, name])),
  'in/ranges.csv': '0123456789',
  'in/empty.csv': '',
  'in/big.csv': bigBody,
  'in/replaced.csv': 'old bytes',
  'in/again.csv': 'same',
  'in/during.csv': Buffer.alloc(16 << 20, 'a'),
  'in/middle.csv': Buffer.alloc(16 << 20, 'a'),
  'in/gone.csv': 'x',
  'in/current.csv': 'first',
  'in/twice.csv': 'same bytes',
  'in/refused.csv': 'bad header',
  'in/taken.csv': 'of this life',
  'quarantine/18/taken.csv': 'of an earlier life',
  'in/raced.csv': 'x',
  'in/aborted.csv': Buffer.alloc(16 << 20, 'a'),
};

async function list(store: ObjectStore, recursive: boolean): Promise<ObjectVersion[]> {
  const all: ObjectVersion[] = [];
  for await (const page of store.list({ recursive })) all.push(...page);
  return all.sort((a, b) => Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)));
}

describe.each([
  { name: 's3://', create: s3Fixture },
  { name: 'file://', create: fileFixture },
])('an object store ($name)', ({ create }) => {
  let fixture: Fixture;
  let store: ObjectStore;
  beforeAll(async () => {
    fixture = await create();
    store = fixture.store;
    for (const [key, body] of Object.entries(initial)) await fixture.put(key, body);
    await fixture.settle();
  });
  afterAll(() => fixture.drop());

  const find = async (relativeKey: string): Promise<ObjectVersion> => {
    const version = (await list(store, true)).find(({ key }) => key === store.wholeKey(relativeKey));
    if (version === undefined) throw new Error(`${relativeKey} is not listed`);
    return version;
  };
  const text = async (version: ObjectVersion, start = 0, end?: number) =>
    (await buffer(await store.read(version, { start, ...(end === undefined ? {} : { end }) }))).toString();
  const changed = (change: string) => expect.objectContaining({ name: ObjectChangedError.name, change }) as unknown;

  it('lists what is directly in its root, or everything, with keys that lead back', async () => {
    const [root, ...others] = await list(store, false);
    expect(others).toEqual([]);
    expect(root).toMatchObject({ key: store.wholeKey('root.csv'), size: 4 });
    expect(Math.abs(Date.parse(root!.lastModified) - Date.now())).toBeLessThan(60_000);
    const all = await list(store, true);
    expect(all.map(({ key }) => store.relativeKey(key)).sort()).toEqual(Object.keys(initial).sort());
  });

  it('lists what begins with a prefix, and looks at nothing else', async () => {
    const below = async (prefix: string, recursive = true) => {
      const keys: string[] = [];
      for await (const page of store.list({ recursive, prefix })) keys.push(...page.map(({ key }) => store.relativeKey(key)));
      return keys.sort();
    };
    expect(await below('folder/')).toEqual(['folder/deep/inner.csv']);
    expect(await below('folder/de')).toEqual(['folder/deep/inner.csv']);
    expect(await below('in/re')).toEqual(['in/refused.csv', 'in/replaced.csv']);
    expect(await below('in/empty.csv')).toEqual(['in/empty.csv']);
    expect(await below('root.csv/')).toEqual([]);
    expect(await below('nothing/there/')).toEqual([]);
    expect(await below('ro', false)).toEqual(['root.csv']);
    expect(await below('names/ünï')).toEqual(['names/ünï✓😀.csv']);
  });

  it('lists, reads, moves and removes objects with any name', async () => {
    for (const name of specialNames) {
      const version = await find(`names/${name}`);
      expect(await text(version)).toBe(name);
      expect(await store.move(version, store.wholeKey(`moved/${name}`))).toBe('removed');
    }
    await fixture.settle();
    for (const name of specialNames) {
      const moved = await find(`moved/${name}`);
      expect(await text(moved)).toBe(name);
      expect(await store.remove(moved)).toBe('removed');
    }
    const left = (await list(store, true)).map(({ key }) => store.relativeKey(key));
    expect(left.filter((key) => /^(names|moved)\//.test(key))).toEqual([]);
  });

  it('reads byte ranges, also of an empty object and past the end', async () => {
    const version = await find('in/ranges.csv');
    expect(await text(version)).toBe('0123456789');
    expect(await text(version, 3, 7)).toBe('3456');
    expect(await text(version, 7)).toBe('789');
    expect(await text(version, 7, 100)).toBe('789');
    expect(await text(version, 4, 4)).toBe('');
    expect(await text(version, 10)).toBe('');
    expect(await text(await find('in/empty.csv'))).toBe('');
    await expect(store.read(version, { start: -1 })).rejects.toThrow(RangeError);
  });

  it('reads a big object whole', async () => {
    expect((await buffer(await store.read(await find('in/big.csv'), { start: 0 }))).equals(bigBody)).toBe(true);
  });

  it('fails a range of a version that was replaced after an earlier range', async () => {
    const version = await find('in/replaced.csv');
    expect(await text(version, 0, 4)).toBe('old ');
    await fixture.put('in/replaced.csv', 'new bytes');
    await expect(store.read(version, { start: 4 })).rejects.toEqual(changed('replaced'));
    await expect(store.read(version, { start: 9 })).rejects.toEqual(changed('replaced'));
  });

  it('fails a range of a version that was replaced by the same bytes', async () => {
    const version = await find('in/again.csv');
    await fixture.put('in/again.csv', 'same');
    await expect(store.read(version, { start: 0 })).rejects.toEqual(changed('replaced'));
  });

  it('fails a read whose object is replaced before its last byte was taken', async () => {
    const stream = await store.read(await find('in/during.csv'), { start: 0 });
    const iterator = stream[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
    await iterator.next();
    await fixture.put('in/during.csv', Buffer.alloc(16 << 20, 'b'));
    const rest = async () => {
      for (let next = await iterator.next(); !next.done; next = await iterator.next()) {
        if (next.value.includes('b')) throw new Error('bytes of two versions');
      }
    };
    await expect(rest()).rejects.toEqual(changed('replaced'));
  });

  it('says that an object is gone when it is read or removed', async () => {
    const version = await find('in/gone.csv');
    expect(await store.remove(version)).toBe('removed');
    expect(await store.remove(version)).toBe('gone');
    expect(await store.move(version, store.wholeKey('quarantine/0/gone.csv'))).toBe('gone');
    await expect(store.read(version, { start: 0 })).rejects.toEqual(changed('gone'));
  });

  it('removes or moves a version only while it is the current one', async () => {
    const first = await find('in/current.csv');
    await fixture.put('in/current.csv', 'other');
    await fixture.settle();
    expect(await store.remove(first)).toBe('replaced');
    expect(await store.move(first, store.wholeKey('quarantine/1/current.csv'))).toBe('replaced');
    expect(await text(await find('in/current.csv'))).toBe('other');
  });

  it('does not remove the same bytes put again later', async () => {
    const first = await find('in/twice.csv');
    await fixture.put('in/twice.csv', 'same bytes');
    await fixture.settle();
    expect(await store.remove(first)).toBe('replaced');
    const second = await find('in/twice.csv');
    expect(await text(second)).toBe('same bytes');
    expect(await store.remove(second)).toBe('removed');
  });

  it('keeps a note that only the one writes who has read it, and that no listing shows', async () => {
    const key = '.strata/owner.json';
    expect(await store.readNote(key)).toBeUndefined();
    const tags = await Promise.all(['one', 'two', 'three'].map((content) => store.writeNote(key, content, undefined)));
    expect(tags.filter((tag) => tag !== undefined)).toHaveLength(1);
    const first = await store.readNote(key);
    expect(['one', 'two', 'three']).toContain(first?.text);
    expect(tags).toContain(first?.tag);
    expect(await store.writeNote(key, 'four', 'of another one')).toBeUndefined();
    const tag = await store.writeNote(key, 'five', first?.tag);
    expect(await store.readNote(key)).toEqual({ text: 'five', tag });
    expect(await store.writeNote(key, 'six', first?.tag)).toBeUndefined();
    expect((await list(store, false)).map((object) => store.relativeKey(object.key)).filter((name) => name.startsWith('.strata'))).toEqual(
      [],
    );
  });

  it('repeats a move that was done as if it were the first', async () => {
    const version = await find('in/refused.csv');
    const target = store.wholeKey('quarantine/17/refused.csv');
    expect(await store.move(version, target)).toBe('removed');
    expect(await store.move(version, target)).toBe('removed');
    await fixture.put('in/refused.csv', 'next delivery');
    expect(await store.move(version, target)).toBe('removed');
    await fixture.settle();
    expect(await text(await find('quarantine/17/refused.csv'))).toBe('bad header');
    expect(await text(await find('in/refused.csv'))).toBe('next delivery');
  });

  it('moves beside an object that holds the target key, and overwrites nothing', async () => {
    const version = await find('in/taken.csv');
    expect(await store.move(version, store.wholeKey('quarantine/18/taken.csv'))).toBe('removed');
    expect(await store.move(version, store.wholeKey('quarantine/18/taken.csv'))).toBe('removed');
    await fixture.settle();
    const there = (await list(store, true)).filter(({ key }) => store.relativeKey(key).startsWith('quarantine/18/'));
    expect(there.map(({ key }) => store.relativeKey(key))).toEqual([
      expect.stringMatching(/^quarantine\/18\/taken-[0-9a-f]{8}\.csv$/),
      'quarantine/18/taken.csv',
    ]);
    expect(await Promise.all(there.map((moved) => text(moved)))).toEqual(['of this life', 'of an earlier life']);
  });

  it('lets one of many removers at the same time have the object, and none fails', async () => {
    const version = await find('in/raced.csv');
    const outcomes = await Promise.all(Array.from({ length: 8 }, () => store.remove(version)));
    expect(outcomes).toContain('removed');
    expect(outcomes.filter((outcome) => outcome === 'replaced')).toEqual([]);
    expect((await list(store, true)).map(({ key }) => key)).not.toContain(version.key);
  });

  it('stops listing and reading when the signal aborts, with its reason', async () => {
    const reason = new Error('cancelled by the test');
    const version = await find('in/aborted.csv');
    const controller = new AbortController();
    const stream = await store.read(version, { start: 0, signal: controller.signal });
    const iterator = stream[Symbol.asyncIterator]();
    await iterator.next();
    controller.abort(reason);
    const rest = async () => {
      for (let next = await iterator.next(); !next.done; next = await iterator.next());
    };
    await expect(rest()).rejects.toBe(reason);
    await expect(store.remove(version, controller.signal)).rejects.toBe(reason);
    await expect(store.list({ recursive: false, signal: controller.signal })[Symbol.asyncIterator]().next()).rejects.toBe(reason);
  });

  it('lets any number of reads share a signal, and leaves nothing at it', async () => {
    const { signal, state } = listenedSignal();
    const version = await find('in/big.csv');
    const reads = await Promise.all(Array.from({ length: 16 }, () => store.read(version, { start: 0, signal })));
    expect(state().listeners).toBeGreaterThanOrEqual(16);
    await Promise.all(reads.map(buffer));
    await until(() => state().listeners === 0);
    expect(state().leaks).toBe(false);
  });

  it('keeps the failure of a stream that nobody reads yet for its reader', async () => {
    const reason = new Error('cancelled by the test');
    const controller = new AbortController();
    const stream = await store.read(await find('in/big.csv'), { start: 0, signal: controller.signal });
    controller.abort(reason);
    // The failure is an event of its own, and one without a listener ends the process.
    await sleep(50);
    await expect(buffer(stream)).rejects.toBe(reason);
  });

  it('fails a range whose object was replaced while it was read, though the range is not the last', async () => {
    const version = await find('in/middle.csv');
    const stream = await store.read(version, { start: 0, end: 8 << 20 });
    const iterator = stream[Symbol.asyncIterator]();
    await iterator.next();
    await fixture.put('in/middle.csv', 'new bytes');
    const rest = async () => {
      for (let next = await iterator.next(); !next.done; next = await iterator.next());
    };
    await expect(rest()).rejects.toMatchObject({ change: 'replaced' });
  });

  it('passes its check', async () => {
    await expect(store.check()).resolves.toBeUndefined();
  });
});
