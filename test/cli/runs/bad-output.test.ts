import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import type { RunReport } from '../../../src/contracts/workflows.js';
import { createTestBucket, type TestBucket } from '../../connectors/s3/test-bucket.js';
import { startDenyingStore, type DenyingStore } from '../../support/proxies/denying-store.js';
import { countriesExport } from '../../support/pipelines/countries-export.js';
import { smallPipeline } from '../../support/small-pipeline.js';
import { StrataProcess } from '../../support/strata-process.js';

/** Its SQL fails for a date with two users of Atlantis. */
const mart = `-- mart: bus.by_country
-- Users of each country, as of each date.
-- by: report_date
-- key: country
-- reads: users up to date

-- columns
country varchar(20)
users bigint
of_atlantis bigint null

-- rows
select u.country, count(*), (select a.user_id from bulk.users a where a.country = 'Atlantis' and a.delivery_date = {date})
from bulk.users u where u.delivery_date <= {date} group by u.country
`;

const small = smallPipeline({ 'by_country.sql': mart });
const { name } = small;
const [from, bad, to] = ['2020-06-21', '2020-06-22', '2020-06-23'];
let bucket: TestBucket;
let store: DenyingStore;
let worker: StrataProcess;
let denied: readonly string[] = [];
let env: Record<string, string>;

beforeAll(async () => {
  bucket = await createTestBucket();
  store = await startDenyingStore(
    ({ method, path }) => method !== 'GET' && denied.some((date) => path.includes(`/final/report=countries/${date}/`)),
  );
  mkdirSync(join(small.folder, 'sql', 'exports'), { recursive: true });
  writeFileSync(join(small.folder, 'sql', 'exports', 'countries.sql'), countriesExport);
  env = {
    ...small.settings,
    SMALL_SOURCE_URL: `s3://${bucket.bucket}/in`,
    SMALL_EXPORT_URL: `s3://${bucket.bucket}/final`,
    ...store.env,
    STRATA_PIPELINES: small.variant((base) => {
      const partition = { column: 'delivery_date', group: 'date' };
      const feeds = base.feeds.map((feed) => ({ ...feed, match: 'raw/(?<date>[^/]+)/users\\.csv', partition }));
      const vault = { hubs: [], links: [], satellites: [] };
      const entities = base.entities.map((entity) => ({ ...entity, key: ['user_id', 'delivery_date'] }));
      return { ...base, exportSetting: 'SMALL_EXPORT_URL', schedules: { daily: '0 1 * * *' }, release: 'keep', feeds, entities, vault };
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
beforeEach(() => {
  denied = [];
});

const deliver = (day: string, ...users: string[]) => bucket.put(`in/raw/${day}/users.csv`, `UserID,Country\n${users.join('\n')}\n`);
const deliverAll = async (version: string) => {
  for (const [index, day] of [from, bad, to].entries()) await deliver(day, `${index + 1},${version}`);
};
const strata = (...options: string[]) => StrataProcess.run(['run', name, '--from', from, '--to', to, ...options], env);
const run = async (...options: string[]) => {
  const { code, stdout } = await strata(...options, '--json');
  return { code, report: JSON.parse(stdout) as RunReport & { readonly workflowId: string; readonly outcome: string } };
};
const isDone = { code: 0, stdout: `${from}..${to} is complete. Nothing was started\n` };

it('names a date whose file can not be put in place, completes the others, and goes on with that date alone', async () => {
  await deliverAll('ES');
  denied = [bad];
  const first = await run();
  expect(first.code).toBe(1);
  expect(first.report).toMatchObject({
    outcome: 'partial',
    pickups: { users: { staged: 3, failed: 0 } },
    dates: { dates: 3, incomplete: { dates: 1, first: [bad] } },
    outputs: {
      byOutput: { 'bus.by_country': { written: 3, failed: 0 }, countries: { written: 2, failed: 1 } },
      failed: [{ from: bad, to: bad }],
    },
  });
  expect(first.report.failures[0]).toBe(
    `1 date is not complete, because an output failed: ${bad}. To go on with it, give the same command again`,
  );
  expect(first.report.failures[1]).toContain(`countries of ${bad}: `);
  const { code, stdout } = await strata();
  expect([code, stdout]).toEqual([1, expect.stringMatching(/ is partial: 2 of 3 dates are complete\n$/)]);
  expect(stdout).toContain(`an output failed for 1 date: ${bad}`);
  denied = [];
  const second = await run('--retry-failed');
  expect(second.code).toBe(0);
  expect(second.report).toMatchObject({
    outcome: 'complete',
    workflowId: `${name}/run/${bad}`,
    dates: { dates: 1, incomplete: { dates: 0 } },
    outputs: { byOutput: { countries: { written: 1 } } },
  });
  expect(await strata('--retry-failed')).toMatchObject(isDone);
});

it('names a date for which SQL fails, with what reads it, and completes the others', async () => {
  await deliverAll('DE');
  await deliver(bad, '11,Atlantis', '12,Atlantis');
  const first = await run();
  expect(first.report).toMatchObject({
    outcome: 'partial',
    dates: { dates: 3, incomplete: { dates: 1, first: [bad] } },
    outputs: { byOutput: { 'bus.by_country': { written: 2, failed: 1 }, countries: { written: 2, failed: 1 } } },
  });
  expect(first.report.failures.join('\n')).toContain(`countries of ${bad}: was not written, because bus.by_country of that date failed`);
  const again = await run('--retry-failed');
  expect([again.code, again.report.workflowId, again.report.outcome]).toEqual([1, `${name}/run/${bad}`, 'failed']);
  await deliver(bad, '12,FR');
  expect((await run('--retry-failed')).report).toMatchObject({ outcome: 'complete', workflowId: `${name}/run/${bad}` });
  expect(await strata('--retry-failed')).toMatchObject(isDone);
});

it('fails where an output of every date fails', async () => {
  await deliverAll('IT');
  denied = [from, bad, to];
  const { code, report } = await run();
  expect([code, report.outcome, report.dates?.incomplete]).toEqual([1, 'failed', { dates: 3, first: [from, bad, to] }]);
  denied = [];
  expect(await run()).toMatchObject({ code: 0, report: { outcome: 'complete' } });
});
