import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { whyNotClaimable } from '../../../src/engine/claimable.js';
import { waitingFiles } from '../../../src/status/waiting-files.js';
import { FileStore } from '../../../src/connectors/file/file-store.js';
import { FolderChain } from '../../support/folder-chain.js';
import { warehouses } from '../../support/servers/servers.js';
import { visibleFiles } from '../../support/visible-files.js';

const run = promisify(execFile);
/** Takes times of every year, which the file system of temporary files may not. */
const anyYear = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
const user = (id: number, country: string) => `UserID,UserName,SignUpDate,Country\n${id},Ann,1/2/2024,${country}\n`;

describe.each(warehouses)('odd objects on $name', ({ url }) => {
  let chain: FolderChain;
  beforeAll(async () => {
    chain = await FolderChain.open(url, {}, anyYear);
  });
  afterAll(async () => {
    await empty();
    await chain.close();
  });
  /** Not by Node, which can't spell all names. */
  const empty = () => run('find', [chain.folder, '-mindepth', '1', '-delete']);
  beforeEach(async () => {
    await chain.reset();
    await empty();
  });
  const path = (name: string) => join(chain.folder, name);
  const bulk = () =>
    chain.warehouse.query<{ user_id: number; country: string }>('select user_id, country from bulk.users order by user_id');
  const status = () => waitingFiles(new FileStore(chain.folder), chain.definition);

  it.each([951_782_400_000, 253_402_300_800, -62_135_596_801, -62_167_219_201, -951_782_400_000, 8_640_000_000_001, -1])(
    'load a file whose time is %i seconds after 1970, and the good one beside it',
    async (seconds) => {
      await writeFile(path('users_good.csv'), user(710_001, 'Peru'));
      await writeFile(path('users_odd.csv'), user(710_002, 'Peru'));
      await run('touch', ['-d', `@${seconds}`, path('users_odd.csv')]);
      expect(await chain.pickup('users')).toMatchObject([{ outcome: 'staged' }, { outcome: 'staged' }]);
      await chain.process('users');
      expect((await bulk()).map(({ user_id: id }) => Number(id))).toEqual([710_001, 710_002]);
      expect(await visibleFiles(chain.folder)).toEqual([]);
    },
  );

  it('do not win over later deliveries because their time is in the future', async () => {
    await writeFile(path('users_1.csv'), user(1, 'Latvia'));
    await utimes(path('users_1.csv'), new Date('2100-01-01'), new Date('2100-01-01'));
    expect((await status()).remarks.shown).toEqual([{ key: 'users_1.csv', reason: expect.stringContaining('in the future') as unknown }]);
    await chain.pickup('users');
    await chain.process('users');
    await writeFile(path('users_2.csv'), user(1, 'France'));
    // Delivered after the claim of the first one, by the warehouse's clock too.
    const later = new Date(Date.now() + 2_000);
    await utimes(path('users_2.csv'), later, later);
    await chain.pickup('users');
    await chain.process('users');
    expect(await bulk()).toMatchObject([{ country: 'France' }]);
  });

  it('are left alone and told where they can not be loaded, and stop no other', async () => {
    await writeFile(path('users_good.csv'), user(1, 'Peru'));
    await writeFile(Buffer.concat([Buffer.from(path('users-K')), Buffer.from([0xf6]), Buffer.from('ln.csv')]), user(2, 'Peru'));
    await run('mkfifo', [path('users_fifo.csv')]);
    await symlink(path('users_good.csv'), path('users_link.csv'));
    await mkdir(path('users_folder.csv'));
    await writeFile(path('.users_hidden.csv'), user(3, 'Peru'));
    await run('truncate', ['-s', String(2n ** 53n + 4_096n), path('users_huge.csv')]);
    await writeFile(path('users_line\nbreak\u001b[2K.csv'), user(4, 'Peru'));
    const { leftAlone, others, feeds } = await status();
    expect(Object.fromEntries(leftAlone.shown.map(({ key, reason }) => [key, reason]))).toEqual({
      'users-K\\xf6ln.csv': expect.stringContaining('not UTF-8') as unknown,
      'users_fifo.csv': expect.stringContaining('not a regular file') as unknown,
      'users_link.csv': expect.stringContaining('symbolic link') as unknown,
      'users_folder.csv/': expect.stringContaining('is a folder') as unknown,
      '.users_hidden.csv': expect.stringContaining('begins with a dot') as unknown,
      'users_huge.csv': expect.stringContaining('size') as unknown,
    });
    expect(others.keys).toEqual(['users_line\nbreak\u001b[2K.csv']);
    expect(feeds.users).toMatchObject({ files: 1 });
    expect(await chain.pickup('users')).toMatchObject([{ outcome: 'staged', rowsStaged: 1 }]);
    expect(await readdir(chain.folder)).not.toContain('users_good.csv');
  });

  it('of a backfill are left out where their key is too long, and those beside them are loaded', async () => {
    const archive = path('archive');
    const deep = join(archive, ...Array.from({ length: 5 }, () => 'd'.repeat(220)));
    await mkdir(deep, { recursive: true });
    await writeFile(join(archive, 'users_good.csv'), user(1, 'Peru'));
    await writeFile(join(deep, 'users_deep.csv'), user(2, 'Peru'));
    expect(await chain.backfill('users', `file://${archive}`)).toMatchObject([{ outcome: 'staged', rowsStaged: 1 }]);
  });
});

describe('an object of which no load can be made', () => {
  const good = { key: 'in/a.csv', etag: 'e', size: 1, lastModified: '2026-01-01T00:00:00Z' };
  it.each([
    ['a key of 1,025 bytes', { ...good, key: 'ü'.repeat(513) }, 'a.csv', 'more than 1024 bytes'],
    ['no name', good, '', 'no name'],
    ['a long ETag', { ...good, etag: 'e'.repeat(256) }, 'a.csv', 'ETag'],
    ['a long version', { ...good, versionId: 'v'.repeat(1_025) }, 'a.csv', 'version id'],
    ['no size', { ...good, size: Number.NaN }, 'a.csv', 'size'],
    ['a size that no number holds', { ...good, size: 2 ** 53 }, 'a.csv', 'size'],
  ])('is one with %s', (_what, object, relativeKey, reason) => {
    expect(whyNotClaimable(object, relativeKey)).toContain(reason);
    expect(whyNotClaimable(good, 'a.csv')).toBeUndefined();
  });
});
