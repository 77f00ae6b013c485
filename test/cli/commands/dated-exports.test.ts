import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { countriesExport } from '../../support/pipelines/countries-export.js';
import { smallPipeline } from '../../support/small-pipeline.js';
import { StrataProcess } from '../../support/strata-process.js';

const mart = `-- mart: bus.by_country
-- How many users there are by country, as of each date.
-- by: report_date
-- key: country
-- reads: users up to date

-- columns
country varchar(20)
users bigint

-- rows
select u.country, count(*) from bulk.users u where u.user_id <= dayofmonth({date}) group by u.country
`;

const pipeline = smallPipeline({ 'by_country.sql': mart });
const { name, folder } = pipeline;
const [source, final] = [join(folder, 'source'), join(folder, 'final')];
const csv = (date: string) => join(final, 'report=countries', date, 'part-00000.csv');
const env = {
  ...pipeline.settings,
  STRATA_PIPELINES: pipeline.variant((base) => ({
    ...base,
    exportSetting: 'SMALL_EXPORT_URL',
    feeds: base.feeds.map((feed) => ({ ...feed, partition: { column: 'delivery_date', value: '1000-01-01' } })),
  })),
  STRATA_RELEASE_UNDURABLE: '1',
  STRATA_FOLDER_QUIET_SECONDS: '0',
  SMALL_SOURCE_URL: pathToFileURL(source).href,
  SMALL_EXPORT_URL: pathToFileURL(final).href,
};
const strata = (...args: string[]) => StrataProcess.run(args, env);

describe('exports by date', () => {
  let worker: StrataProcess | undefined;
  beforeAll(async () => {
    for (const path of [source, final, join(folder, 'sql', 'exports')]) mkdirSync(path, { recursive: true });
    writeFileSync(join(folder, 'sql', 'exports', 'countries.sql'), countriesExport);
    writeFileSync(join(source, 'users-1.csv'), 'UserID,Country\n1,ES\n2,DE\n3,DE\n');
    expect(await strata('migrate')).toMatchObject({ code: 0 });
    worker = await StrataProcess.startWorker(env);
    expect(await strata('run', name)).toMatchObject({ code: 0 });
  });
  afterAll(async () => {
    await worker?.stop();
    pipeline.drop();
  });

  it('are made of marts by date, each computed for its dates', async () => {
    const early = await strata('exports', 'run', name, '--date', '2024-03-02');
    expect([early.code, early.stdout + early.stderr]).toEqual([
      1,
      expect.stringMatching(/countries of 2024-03-02: it reads bus\.by_country, which has not been written for 2024-03-02/),
    ]);
    const rebuilt = await strata('marts', 'rebuild', name, 'bus.by_country', '--from', '2024-03-01', '--to', '2024-03-03');
    expect([rebuilt.code, rebuilt.stdout]).toEqual([0, expect.stringMatching(/Outputs by date:[\s\S]*bus\.by_country +3 +0 +0 +5$/m)]);
    const run = await strata('exports', 'run', name, '--from', '2024-03-01', '--to', '2024-03-03');
    expect([run.code, run.stdout]).toEqual([0, expect.stringMatching(/countries +3 +0 +0 +5 +\d+ B/)]);
    expect(readFileSync(csv('2024-03-02'), 'utf8')).toBe('country,users\nDE,1\nES,1\n');
    expect(readFileSync(csv('2024-03-03'), 'utf8')).toBe('country,users\nDE,2\nES,1\n');
  });

  it('are listed, the newest dates first', async () => {
    const listed = await strata('exports', 'list', name, '--dates', '2', '--json');
    expect(JSON.parse(listed.stdout)).toEqual([
      expect.objectContaining({ export: 'countries', date: '2024-03-03', rows: 2, file: pathToFileURL(csv('2024-03-03')).href }),
      expect.objectContaining({ export: 'countries', date: '2024-03-02', rows: 2 }),
    ]);
    expect((await strata('exports', 'list', name, '--date', '2024-03-01')).stdout).toMatch(/countries +2024-03-01 +1 +/);
  });

  it('need a date, and refuse what is none', async () => {
    const refusals: [string[], RegExp][] = [
      [['exports', 'run', name], /countries is by date: add --date/],
      [['exports', 'run', name, '--date', '2024-02-30'], /2024-02-30 is not a date/],
      [['exports', 'run', name, '--date', '2024-02-28', '--to', '2024-02-29'], /--date goes without --from and --to/],
      [['marts', 'rebuild', name, 'bus.by_country'], /bus\.by_country is by date: add --from and --to/],
      [['report', 'nothing'], /bus has no mart or view nothing\. It has by_country/],
      [['report', 'by_country', '--date', '2024-04-01'], /bus\.by_country has not been written for 2024-04-01/],
    ];
    for (const [args, message] of refusals)
      expect(await strata(...args)).toMatchObject({ code: 2, stderr: expect.stringMatching(message) });
  });

  it('have marts that strata report prints, of the newest date or of another one', async () => {
    const table = await strata('report', 'by_country');
    expect([table.code, table.stdout]).toEqual([
      0,
      expect.stringMatching(/^report_date +country +users\n2024-03-03 +DE +2\n2024-03-03 +ES +1\n$/),
    ]);
    const text = await strata('report', 'bus.by_country', '--date', '2024-03-01', '--csv');
    expect(text.stdout).toBe('report_date,country,users\n2024-03-01,ES,1\n');
    expect((await strata('report', 'by_country', '--limit', '1')).stderr).toMatch(/there are more rows/);
  });
});
