import { mkdirSync, renameSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { RunReport } from '../../../src/contracts/workflows.js';
import { openWarehouse } from '../../../src/connectors/mysql/warehouse.js';
import { warehouse } from '../../support/servers/servers.js';
import { smallPipeline } from '../../support/small-pipeline.js';
import { StrataProcess } from '../../support/strata-process.js';

const small = smallPipeline();
const { name, folder } = small;
const source = join(folder, 'source');
const [from, middle, to] = ['2020-06-21', '2020-06-22', '2020-06-23'];
const dayFolder = (date: string) => join(source, 'raw', date);
const elsewhere = join(folder, 'elsewhere');
let worker: StrataProcess;
let env: Record<string, string>;

beforeAll(async () => {
  env = {
    ...small.settings,
    SMALL_SOURCE_URL: pathToFileURL(source).href,
    STRATA_FOLDER_QUIET_SECONDS: '0',
    STRATA_PIPELINES: small.variant((base) => {
      const partition = { column: 'delivery_date', group: 'date' };
      const of = (feed: string) => ({ ...base.feeds[0], name: feed, match: `raw/(?<date>[^/]+)/${feed}\\.csv`, partition });
      const guests = { ...base.entities[0], name: 'guests', from: [{ feed: 'guests' }] };
      const feeds = [of('users'), of('guests')];
      return { ...base, schedules: { daily: '0 1 * * *' }, release: 'keep', feeds, entities: [...base.entities, guests] };
    }),
  };
  for (const date of [from, middle, to]) deliver(date, 'ES');
  expect(await StrataProcess.run(['migrate'], env)).toMatchObject({ code: 0 });
  worker = await StrataProcess.startWorker(env);
});
afterAll(async () => {
  await worker.stop();
  small.drop();
});

function deliver(date: string, country: string): void {
  mkdirSync(dayFolder(date), { recursive: true });
  for (const feed of ['users', 'guests']) writeFileSync(join(dayFolder(date), `${feed}.csv`), `UserID,Country\n1,${country}\n`);
}

const strata = (...options: string[]) => StrataProcess.run(['run', name, '--from', from, '--to', to, ...options], env);
const run = async (...options: string[]) => {
  const { code, stdout } = await strata(...options, '--json');
  return { code, report: JSON.parse(stdout) as RunReport & { readonly workflowId: string; readonly outcome: string } };
};
const isDone = { code: 0, stdout: `${from}..${to} is complete. Nothing was started\n` };

it('says once that the folder of a date can not be read, with all feeds that have files there, and goes on with that date', async () => {
  renameSync(dayFolder(middle), elsewhere);
  symlinkSync(elsewhere, dayFolder(middle));
  const { code, report } = await run();
  expect([code, report.outcome, report.dates?.incomplete]).toEqual([1, 'partial', { dates: 1, first: [middle] }]);
  expect(report.failures).toEqual([
    `users, guests: 1 file is not loaded: raw/${middle}: it is a symbolic link, which is not followed: put the file itself there. Then give the same command again`,
    `1 date is not complete: ${middle}. To go on with it, give the same command again`,
  ]);
  const { stdout } = await strata();
  expect(stdout.match(/^ +raw.* was left alone/gm)).toHaveLength(1);
  expect(stdout).toMatch(new RegExp(`raw/${middle} was left alone: it is a symbolic link.* \\(feeds: users, guests\\)\n`));
  expect(stdout).toMatch(/ is partial: 2 of 3 dates are complete, and 1 file was left alone: it is listed above\n$/);
  const tried = await strata('--dry-run');
  expect(tried.stdout.match(/is left alone/g)).toHaveLength(1);
  expect(tried.stdout).toContain('(feeds: users, guests)');

  const again = await run('--retry-failed');
  expect([again.code, again.report.workflowId]).toEqual([1, `${name}/run/${middle}`]);
  unlinkSync(dayFolder(middle));
  renameSync(elsewhere, dayFolder(middle));
  expect(await run('--retry-failed')).toMatchObject({ code: 0, report: { outcome: 'complete', workflowId: `${name}/run/${middle}` } });
  expect(await strata('--retry-failed')).toMatchObject(isDone);
});

it('names dates whose files are landed and could not be processed, and goes on with them', async () => {
  const { STRATA_SCHEMA_PREFIX: prefix = '' } = env;
  const admin = openWarehouse({ url: warehouse.url, prefix, connections: 1 });
  try {
    deliver(middle, 'DE');
    await admin.execute('alter table bulk.guests rename column country to nation');
    const { code, report } = await run();
    expect([code, report.outcome, report.dates?.incomplete]).toEqual([1, 'partial', { dates: 1, first: [middle] }]);
    const again = await run('--retry-failed');
    expect([again.code, again.report.workflowId]).toEqual([1, `${name}/run/${middle}`]);
    await admin.execute('alter table bulk.guests rename column nation to country');
    expect(await run('--retry-failed')).toMatchObject({ code: 0, report: { outcome: 'complete', workflowId: `${name}/run/${middle}` } });
    expect(await strata('--retry-failed')).toMatchObject(isDone);
  } finally {
    await admin.close();
  }
});
