import { expect } from '@jest/globals';
import { workflowIds, workflowTypes } from '../../src/contracts/names.js';
import type { RunReport } from '../../src/contracts/workflows.js';
import { createTestBucket } from '../connectors/s3/test-bucket.js';
import { warehouse } from '../support/servers/servers.js';
import { dieAt, stagingCommit } from './lab/boundaries.js';
import { scenario } from './lab/scenario.js';

const files = 40;

scenario(
  'a backfill whose worker dies goes on where it was, lands every file once and touches none',
  { url: warehouse.url },
  async (lab) => {
    const archive = await createTestBucket();
    try {
      for (let file = 1; file <= files; file++)
        await archive.put(`2023/${file % 7}/users_${file}.csv`, `UserID,UserName,SignUpDate,Country\n${file},U${file},1/2/2023,DE\n`);
      await archive.put('2023/notes.txt', 'no feed takes this');
      const url = `s3://${archive.bucket}/2023`;
      lab.startWorker();
      const deaths = dieAt(lab, [stagingCommit('after', 'users', 'last')]);
      const backfill = () =>
        lab.execute<RunReport>(workflowTypes.backfill, workflowIds.backfill('eastrock', 'users', url), {
          pipeline: 'eastrock',
          feed: 'users',
          source: { kind: 'backfill', url },
          window: 4,
        });
      expect(await backfill()).toMatchObject({ pickups: { users: { claimed: files, failed: 0 } }, feeds: { users: { inserted: files } } });
      expect(deaths()).toBe(1);
      expect(await lab.warehouse.query('select sum(sign_ups) as signed_up from bus.daily_countries')).toEqual([
        { signed_up: String(files) },
      ]);
      expect(await lab.warehouse.query('select state, source_state, count(*) as n from gear.loads group by state, source_state')).toEqual([
        { state: 'processed', source_state: 'kept', n: files },
      ]);
      let left = 0;
      for await (const page of archive.store().list({ recursive: true })) left += page.length;
      expect(left).toBe(files + 1);
      expect(await backfill()).toMatchObject({ pickups: { users: { claimed: 0, staged: 0 } } });
    } finally {
      await archive.drop();
    }
  },
);
