import { mkdir, mkdtemp, readdir, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FolderChain } from '../../support/folder-chain.js';
import { warehouses } from '../../support/servers/servers.js';

describe.each(warehouses)('the folder of a load in quarantine/, on $name', ({ url }) => {
  let first: FolderChain;
  let second: FolderChain;
  let archive: string;
  beforeAll(async () => {
    [first, second, archive] = await Promise.all([
      FolderChain.open(url),
      FolderChain.open(url),
      mkdtemp(join(tmpdir(), 'strata-archive-')),
    ]);
  });
  afterAll(async () => {
    await Promise.all([first.close(), second.close(), rm(archive, { recursive: true })]);
  });

  const refusedFolder = async () => {
    const [folder] = await readdir(join(first.folder, 'quarantine'));
    return join(first.folder, 'quarantine', folder!);
  };

  it('is not taken for that of a load with the same number in another warehouse', async () => {
    await writeFile(join(first.folder, 'users-new.csv'), 'UserID,Town\n1,Paris\n');
    expect(await first.pickup('users')).toMatchObject([{ outcome: 'refused' }]);
    const folder = await refusedFolder();
    await writeFile(join(folder, 'users-new.csv'), 'UserID,UserName,SignUpDate,Country\n1,Ann,1/1/2024,France\n');
    for (const [name, year] of [
      ['users-2020.csv', 2020],
      ['users-2024.csv', 2024],
    ] as const) {
      await writeFile(join(archive, name), `UserID,UserName,SignUpDate,Country\n1,Ann,1/1/2024,Latvia of ${year}\n`);
      await utimes(join(archive, name), new Date(year, 1), new Date(year, 1));
    }
    expect(await second.backfill('users', `file://${archive}`)).toMatchObject([{ outcome: 'staged' }, { outcome: 'staged' }]);
    for (const source of [folder, dirname(folder)]) {
      await expect(second.backfill('users', `file://${source}`)).rejects.toMatchObject({
        type: 'misconfigured',
        message: expect.stringMatching(
          /not of this warehouse: load 1 here is another file, whose folder is quarantine\/1-[0-9a-f]{8}\//,
        ) as unknown,
      });
    }
    expect(await second.warehouse.query('select load_id from gear.loads')).toHaveLength(2);
  });

  it('is not taken for that of a load that the warehouse does not have', async () => {
    const other = join(dirname(await refusedFolder()), '77-00000000');
    await mkdir(other);
    await writeFile(join(other, 'users.csv'), 'UserID,UserName,SignUpDate,Country\n1,Ann,1/1/2024,France\n');
    await expect(first.backfill('users', `file://${other}`)).rejects.toThrow('this warehouse has no load 77 of this feed');
    await rm(other, { recursive: true });
  });

  it('is named when a file lies in one with the number alone', async () => {
    const folder = await refusedFolder();
    const bare = folder.replace(/-[0-9a-f]{8}$/, '');
    await rename(folder, bare);
    await expect(first.backfill('users', `file://${bare}`)).rejects.toThrow(
      `the folder of load 1 is ${folder.slice(first.folder.length + 1)}/`,
    );
    await rename(bare, folder);
    expect(await first.backfill('users', `file://${folder}`)).toMatchObject([{ outcome: 'staged', rowsStaged: 1 }]);
  });

  it('leaves folders alone that only look like it in a store that is no source', async () => {
    const years = join(archive, 'quarantine', '2024');
    await mkdir(years, { recursive: true });
    await writeFile(join(years, 'users-lake.csv'), 'UserID,UserName,SignUpDate,Country\n8,Ann,1/1/2024,Spain\n');
    expect(await first.backfill('users', `file://${years}`)).toMatchObject([{ outcome: 'staged', rowsStaged: 1 }]);
  });
});
