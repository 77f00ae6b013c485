import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client, Connection } from '@temporalio/client';
import { openWarehouse } from '../../../src/connectors/mysql/warehouse.js';
import { workflowTypes } from '../../../src/contracts/names.js';
import { temporal, warehouse as server } from '../../support/servers/servers.js';
import { smallPipeline } from '../../support/small-pipeline.js';
import { StrataProcess } from '../../support/strata-process.js';

const asOf = `where u.delivery_date <= {date}
  and not exists (select 1 from bulk.users l where l.user_id = u.user_id and l.delivery_date > u.delivery_date and l.delivery_date <= {date})`;
const countries = `-- export: countries
-- Users of each country, as of each date.
-- format: csv
-- to: countries/{date}/part-00000.csv
-- reads: users up to date

-- columns
country varchar(20)
users bigint

-- rows
select u.country, count(*) from bulk.users u ${asOf} group by u.country order by u.country
`;

const pipeline = smallPipeline();
const { name, folder } = pipeline;
const [source, final] = [join(folder, 'source'), join(folder, 'final')];
const csv = (date: string) => join(final, 'countries', date, 'part-00000.csv');
const env = {
  ...pipeline.settings,
  STRATA_PIPELINES: pipeline.variant((base) => {
    const [users] = base.feeds;
    const partition = { column: 'delivery_date', group: 'date' };
    return {
      ...base,
      exportSetting: 'SMALL_EXPORT_URL',
      release: 'keep',
      feeds: [
        { ...users, match: 'raw/(?<date>[^/]+)/users\\.csv', partition },
        { ...users, name: 'first_users', match: 'init/users\\.csv', partition: { column: 'delivery_date', value: '1000-01-01' } },
      ],
      entities: [
        { name: 'users', key: ['user_id', 'delivery_date'], values: ['country'], from: [{ feed: 'users' }, { feed: 'first_users' }] },
      ],
      vault: { hubs: [], links: [], satellites: [] },
    };
  }),
  STRATA_RELEASE_UNDURABLE: '1',
  STRATA_FOLDER_QUIET_SECONDS: '0',
  SMALL_SOURCE_URL: pathToFileURL(source).href,
  SMALL_EXPORT_URL: pathToFileURL(final).href,
};
const strata = (...args: string[]) => StrataProcess.run(args, env);
const put = (key: string, rows: string) => {
  mkdirSync(dirname(join(source, key)), { recursive: true });
  writeFileSync(join(source, key), `UserID,Country\n${rows}\n`);
};

describe('a run without dates of a pipeline whose files have dates', () => {
  let worker: StrataProcess | undefined;
  beforeAll(async () => {
    for (const path of [final, join(folder, 'sql', 'exports')]) mkdirSync(path, { recursive: true });
    writeFileSync(join(folder, 'sql', 'exports', 'countries.sql'), countries);
    put('init/users.csv', '1,ES');
    put('raw/2024-03-01/users.csv', '2,DE');
    put('raw/2024-03-03/users.csv', '1,DE');
    expect(await strata('migrate')).toMatchObject({ code: 0 });
    worker = await StrataProcess.startWorker(env);
  });
  afterAll(async () => {
    await worker?.stop();
    pipeline.drop();
  });

  it('writes the outputs of all dates that have files', async () => {
    expect(await strata('run', name)).toMatchObject({ code: 0, stdout: expect.stringMatching(/countries +2 +0 +0 +3/) as unknown });
    expect(readFileSync(csv('2024-03-01'), 'utf8')).toBe('country,users\nDE,1\nES,1\n');
    expect(readFileSync(csv('2024-03-03'), 'utf8')).toBe('country,users\nDE,2\n');
    expect(existsSync(csv('1000-01-01'))).toBe(false);
  });

  it('writes those again that a file of an earlier date changes', async () => {
    put('raw/2024-03-02/users.csv', '3,FR');
    expect(await strata('run', name)).toMatchObject({ code: 0, stdout: expect.stringMatching(/countries +2 +0 +0 +5/) as unknown });
    expect(readFileSync(csv('2024-03-03'), 'utf8')).toBe('country,users\nDE,2\nFR,1\n');
  });

  it('leaves to the schedule of marts what came without a run', async () => {
    const warehouse = openWarehouse({ url: server.url, prefix: pipeline.settings.STRATA_SCHEMA_PREFIX!, connections: 1 });
    const connection = await Connection.connect({ address: temporal.address });
    try {
      // As if the date had been processed by a schedule. Its file lies there with the same rows, and is not put again.
      await warehouse.execute("delete from gear.dated_outputs where partition_date = '2024-03-02'");
      const report: unknown = await new Client({ connection }).workflow.execute(workflowTypes.aggregate, {
        taskQueue: pipeline.settings.STRATA_TASK_QUEUE!,
        workflowId: `${name}/aggregate`,
        args: [{ pipeline: name }],
      });
      expect(report).toMatchObject({ failures: [], outputs: { byOutput: { countries: { written: 0, same: 1, rows: 3 } }, current: 2 } });
    } finally {
      await connection.close();
      await warehouse.close();
    }
  });
});
