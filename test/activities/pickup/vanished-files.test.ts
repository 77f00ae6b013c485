import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { scheduledPickup } from '../../../src/contracts/workflows.js';
import { claimObjects } from '../../../src/activities/pickup/claim-objects.js';
import { otherFiles } from '../../../src/contracts/report-tables.js';
import { missingFiles, noCounts } from '../../../src/workflows/pickup/pickup-counts.js';
import { FolderChain } from '../../support/folder-chain.js';
import { warehouses } from '../../support/servers/servers.js';
import { quietScope } from '../../support/warehouse-chain.js';

describe.each(warehouses)('files that vanish before a backfill reads them, on $name', ({ url }) => {
  let chain: FolderChain;
  let archive: string;
  beforeAll(async () => {
    [chain, archive] = await Promise.all([FolderChain.open(url), mkdtemp(join(tmpdir(), 'strata-archive-'))]);
  });
  afterAll(async () => {
    await chain.close();
    await rm(archive, { recursive: true });
  });

  it('are taken again by a later backfill, and not by the same one; what was loaded before is counted', async () => {
    for (const id of [1, 2, 3])
      await writeFile(join(archive, `users-${id}.csv`), `UserID,UserName,SignUpDate,Country\n${id},Ann,1/1/2024,Spain\n`);
    const claim = (since?: string) =>
      claimObjects(
        chain.deps,
        { pipeline: 'eastrock', feed: 'users', source: { kind: 'backfill', url: `file://${archive}`, since } },
        quietScope,
      );
    const first = await claim();
    expect(first).toMatchObject({ found: 3, before: 0, claimed: 3 });
    await rename(archive, `${archive}-away`);
    const open = await chain.warehouse.query<{ load_id: number }>('select load_id from gear.loads order by load_id');
    for (const { load_id: loadId } of open.slice(0, 2)) expect(await chain.land(loadId)).toMatchObject({ outcome: 'gone' });
    await rename(`${archive}-away`, archive);
    expect(await chain.land(open[2]!.load_id)).toMatchObject({ outcome: 'staged' });
    expect(await claim(first.began)).toMatchObject({ found: 3, before: 0, claimed: 0 });
    expect(await claim()).toMatchObject({ found: 3, before: 1, claimed: 2 });
    expect(await chain.backfill('users', `file://${archive}`)).toMatchObject([{ outcome: 'staged' }, { outcome: 'staged' }]);
    expect(await claim()).toMatchObject({ found: 3, before: 3, claimed: 0 });
  });
});

it('says what is missing, which is no good end of a backfill, nor of a pickup whose source is only its own', () => {
  const input = scheduledPickup({ pipeline: 'eastrock', feed: 'users' });
  const backfill = { ...input, source: { kind: 'backfill', url: 'file:///archive/' } } as const;
  expect(missingFiles(input, noCounts)).toBeUndefined();
  expect(missingFiles(input, { ...noCounts, replaced: 2 })).toBeUndefined();
  expect(missingFiles(input, { ...noCounts, gone: 1 })).toContain('users: 1 file vanished before being read');
  expect(missingFiles(backfill, { ...noCounts, gone: 772 })).toContain(
    'users: 772 files vanished before being read, so no row of them is loaded. When the files are there again, run the backfill again',
  );
  expect(missingFiles(backfill, { ...noCounts, replaced: 2 })).toContain('2 files vanished or were replaced');
  expect(otherFiles({ ...noCounts, before: 300, gone: 2, replaced: 1 })).toBe(
    '300 files loaded before, 2 files vanished before being read, 1 file replaced before being read',
  );
});
