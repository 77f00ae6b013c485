import { lstat, mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { BigIntStats } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { hasLastingInodes, isSameFile, isVersion, versionOf } from '../../../src/connectors/file/file-version.js';
import { FileStore } from '../../../src/connectors/file/file-store.js';

describe('a file system that makes inodes up', () => {
  let root: string;
  let stat: BigIntStats;
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'strata-inodes-'));
    await writeFile(join(root, 'a.csv'), 'a\n');
    stat = await lstat(join(root, 'a.csv'), { bigint: true });
  });
  afterAll(() => rm(root, { recursive: true }));
  const but = (changes: Partial<Record<'ino' | 'size' | 'mtimeNs' | 'ctimeNs', bigint>>) =>
    Object.assign(Object.create(stat) as BigIntStats, changes);

  it('is told by its type, and a disk is none', async () => {
    expect(await hasLastingInodes(root)).toBe(true);
  });

  it('has versions that another inode does not change, and all else does', () => {
    const version = versionOf('a.csv', stat, false);
    expect(isVersion(but({ ino: 1n }), version)).toBe(true);
    expect(isSameFile(but({ ino: 1n, ctimeNs: 5n }), version)).toBe(true);
    for (const changed of [but({ size: 5n }), but({ mtimeNs: 5n }), but({ ctimeNs: 5n })]) expect(isVersion(changed, version)).toBe(false);
    const exact = versionOf('a.csv', stat);
    expect(isVersion(stat, exact)).toBe(true);
    expect(isVersion(but({ ino: 1n }), exact)).toBe(false);
  });

  it('has files that are read, moved and removed', async () => {
    const store = new FileStore(root);
    const version = versionOf('a.csv', stat, false);
    const pieces: unknown[] = [];
    for await (const piece of await store.read(version, { start: 0 })) pieces.push(piece);
    expect(String(pieces)).toBe('a\n');
    expect(await store.move(version, 'quarantine/1/a.csv')).toBe('removed');
    const moved = versionOf('quarantine/1/a.csv', await lstat(join(root, 'quarantine/1/a.csv'), { bigint: true }), false);
    expect(await store.isMoved(moved, version)).toBe(true);
    expect(await store.remove(moved)).toBe('removed');
  });
});
