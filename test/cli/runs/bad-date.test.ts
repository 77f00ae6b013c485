import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { RunReport } from '../../../src/contracts/workflows.js';
import { createTestBucket, type TestBucket } from '../../connectors/s3/test-bucket.js';
import { startDenyingStore, type DenyingStore } from '../../support/proxies/denying-store.js';
import { smallPipeline } from '../../support/small-pipeline.js';
import { StrataProcess } from '../../support/strata-process.js';

const small = smallPipeline();
const { name } = small;
let bucket: TestBucket;
let store: DenyingStore;
let worker: StrataProcess;
let denied = '2020-06-22';
let env: Record<string, string>;

beforeAll(async () => {
  bucket = await createTestBucket();
  store = await startDenyingStore(({ method, path }) => method === 'GET' && denied !== '' && path.includes(`/${denied}/`));
  env = {
    ...small.settings,
    SMALL_SOURCE_URL: `s3://${bucket.bucket}/in`,
    ...store.env,
    STRATA_PIPELINES: small.variant((base) => {
      const partition = { column: 'delivery_date', group: 'date' };
      const feeds = base.feeds.map((feed) => ({ ...feed, match: 'raw/(?<date>[^/]+)/users\\.csv', partition }));
      return { ...base, schedules: { daily: '0 1 * * *' }, release: 'keep', feeds };
    }),
  };
  expect(await StrataProcess.run(['migrate'], env)).toMatchObject({ code: 0 });
  worker = await StrataProcess.startWorker(env);
});
afterAll(async () => {
  await worker.stop();
  store.close();
  await bucket.drop();
  small.drop();
});

it('names a date whose file may not be read, completes the others, and goes on with it when it may', async () => {
  for (const day of ['2020-06-21', '2020-06-22', '2020-06-23']) await bucket.put(`in/raw/${day}/users.csv`, `UserID,Country\n1,${day}\n`);
  const strata = (...options: string[]) => StrataProcess.run(['run', name, '--from', '2020-06-21', '--to', '2020-06-23', ...options], env);
  const run = async (...options: string[]) => {
    const { code, stdout } = await strata(...options, '--json');
    return { code, report: JSON.parse(stdout) as RunReport & { readonly workflowId: string; readonly outcome: string } };
  };
  const first = await run();
  expect(first.code).toBe(1);
  expect(first.report).toMatchObject({
    outcome: 'partial',
    pickups: { users: { staged: 2, failed: 1 } },
    feeds: { users: { loads: 2 } },
    dates: { dates: 3, incomplete: { dates: 1, first: ['2020-06-22'] } },
  });
  expect(first.report.failures.join('\n')).toContain('1 date is not complete: 2020-06-22');
  const { code, stdout } = await strata();
  expect([code, stdout]).toEqual([1, expect.stringMatching(/ is partial: 2 of 3 dates are complete\n$/)]);
  denied = '';
  const second = await run('--retry-failed');
  expect(second.code).toBe(0);
  expect(second.report).toMatchObject({
    outcome: 'complete',
    workflowId: `${name}/run/2020-06-22`,
    pickups: { users: { found: 1, staged: 1 } },
    feeds: { users: { outdated: 1 } },
    dates: { incomplete: { dates: 0 } },
  });
  expect(await strata('--retry-failed')).toMatchObject({ code: 0, stdout: '2020-06-21..2020-06-23 is complete. Nothing was started\n' });
});
