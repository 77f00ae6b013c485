import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openWarehouse } from '../../../src/connectors/mysql/warehouse.js';
import type { RunReport } from '../../../src/contracts/workflows.js';
import type { Warehouse } from '../../../src/engine/warehouse.js';
import { warehouse as server } from '../../support/servers/servers.js';
import { smallPipeline } from '../../support/small-pipeline.js';
import { StrataProcess } from '../../support/strata-process.js';
import { until } from '../../support/until.js';

interface Outcome extends RunReport {
  readonly workflowId: string;
  readonly ok: boolean;
}

describe('strata run by date', () => {
  const small = smallPipeline();
  const { name } = small;
  const source = mkdtempSync(join(tmpdir(), 'strata-dates-'));
  const env = {
    ...small.settings,
    SMALL_SOURCE_URL: pathToFileURL(source).href,
    STRATA_FOLDER_QUIET_SECONDS: '0',
    STRATA_FOLDER_UNFINISHED_SECONDS: '0',
    STRATA_PIPELINES: small.variant((base) => {
      const [users] = base.feeds;
      const dated = { ...users, match: 'raw/(?<date>[^/]+)/users\\.csv', partition: { column: 'delivery_date', group: 'date' } };
      const first = {
        ...dated,
        name: 'first_users',
        match: 'init/users\\.csv',
        partition: { column: 'delivery_date', value: '1000-01-01' },
      };
      const entities = base.entities.map((entity) => ({ ...entity, from: [{ feed: 'users' }, { feed: 'first_users' }] }));
      return {
        ...base,
        schedules: { daily: '0 1 * * *', feeds: { users: '30 0 * * *' } },
        release: 'keep',
        feeds: [dated, first],
        entities,
      };
    }),
  };
  let warehouse: Warehouse;
  let worker: StrataProcess;
  const strata = (...args: string[]) => StrataProcess.run(args, env);
  const run = async (...options: string[]): Promise<Outcome> => {
    const { stdout, stderr } = await strata('run', name, ...options, '--json');
    if (stdout === '') throw new Error(stderr);
    return JSON.parse(stdout) as Outcome;
  };
  const put = (key: string, text: string, minutesAgo = 5) => {
    const file = join(source, key);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `UserID,Country\n${text}\n`);
    utimesSync(file, new Date(), new Date(Date.now() - minutesAgo * 60_000));
  };
  const users = () => warehouse.query('select user_id, country from bulk.users order by user_id');

  beforeAll(async () => {
    warehouse = openWarehouse({ url: server.url, prefix: small.settings.STRATA_SCHEMA_PREFIX!, connections: 2 });
    expect(await strata('migrate')).toMatchObject({ code: 0 });
    worker = StrataProcess.start(['worker'], env);
    await worker.says('the worker is ready');
  });
  afterAll(async () => {
    await strata('schedules', 'remove', name);
    await worker.stop();
    await warehouse.close();
    small.drop();
    rmSync(source, { recursive: true });
  });

  it('lists what it would load, and starts nothing', async () => {
    put('init/users.csv', '1,init');
    put('raw/2020-06-21/users.csv', '1,Latvia\n2,Latvia');
    put('raw/2020-06-22/users.csv', '1,Estonia');
    put('raw/2020-06-25/users.csv', '1,Norway');
    const listed = JSON.parse(
      (await strata('run', name, '--from', '2020-06-21', '--to', '2020-06-23', '--dry-run', '--json')).stdout,
    ) as unknown;
    expect(listed).toMatchObject({
      files: [
        { date: '2020-06-21', feed: 'users', files: 1, newFiles: 1, newBytes: 33, newLines: 3 },
        { date: '2020-06-22', feed: 'users', files: 1, newFiles: 1 },
      ],
      missing: { users: ['2020-06-23'] },
    });
    const { stdout } = await strata('run', name, '--date', '2020-06-23', '--dry-run');
    expect(stdout).toContain('0 files to load');
    expect(stdout).toContain('no file of users for 1 date: 2020-06-23');
    expect(await warehouse.query('select load_id from gear.loads')).toEqual([]);
  });

  it('says what it needs to know', async () => {
    for (const [options, message] of [
      [[], `${name} is run by date: give --date 2026-01-31`],
      [['--date', '2020-02-30'], '2020-02-30 is not a date'],
      [['--date', '0999-12-31'], '0999-12-31 is not a date of the years 1000 to 9999. Write it as'],
      [['--date', '2020-02-20', '--init'], '--init goes without'],
      [['--from', '2020-02-20'], '--from and --to go together'],
      [['--feeds', 'users'], '--feeds needs --date'],
      [['--date', '2020-02-20', '--retry-failed'], '--retry-failed goes with --from and --to'],
      [
        ['--date', '2020-02-20', '--feeds', 'first_users'],
        'has no feed first_users with a date for each file. These feeds have one: users',
      ],
    ] as const)
      expect(await strata('run', name, ...options)).toMatchObject({ code: 2, stderr: expect.stringContaining(message) as unknown });
  });

  it('loads the beginning, a date, then a period, whatever was loaded before', async () => {
    expect(await run('--init')).toMatchObject({ ok: true, workflowId: `${name}/run/init`, pickups: { first_users: { staged: 1 } } });
    expect(await users()).toEqual([{ user_id: 1, country: 'init' }]);
    const day = await run('--date', '2020-06-25');
    expect(day).toMatchObject({
      ok: true,
      workflowId: `${name}/run/2020-06-25`,
      pickups: { users: { found: 1, staged: 1 } },
      dates: { dates: 1 },
    });
    expect(await users()).toEqual([{ user_id: 1, country: 'Norway' }]);
    const period = await run('--from', '2020-06-20', '--to', '2020-07-02', '--feeds', 'users');
    expect(period).toMatchObject({ ok: true, pickups: { users: { found: 3, staged: 2 } }, feeds: { users: { inserted: 1, outdated: 2 } } });
    expect(period.dates).toMatchObject({ dates: 13, empty: { dates: 10 }, missing: {}, incomplete: { dates: 0 } });
    expect(await users()).toEqual([
      { user_id: 1, country: 'Norway' },
      { user_id: 2, country: 'Latvia' },
    ]);
    const again = await run('--from', '2020-06-20', '--to', '2020-07-02', '--feeds', 'users');
    expect(again).toMatchObject({ ok: true, pickups: { users: { found: 3, staged: 0 } }, dates: { empty: { dates: 10 } } });
  });

  it('takes a date that was corrected, and changes no newer one', async () => {
    put('raw/2020-06-21/users.csv', '1,Lithuania\n2,Lithuania', 1);
    const { stdout } = await strata('run', name, '--date', '2020-06-21');
    expect(stdout).toContain('1 date, 1 complete');
    expect(stdout).toContain(`${name}/run/2020-06-21 is done`);
    expect(await users()).toEqual([
      { user_id: 1, country: 'Norway' },
      { user_id: 2, country: 'Lithuania' },
    ]);
  });

  it('is started each day by schedules, for the day before', async () => {
    const { stdout } = await strata('schedules', 'apply');
    expect(stdout).toMatch(new RegExp(`${name}/daily +0 1 \\* \\* \\* +created`));
    expect(stdout).toMatch(new RegExp(`${name}/daily/users +30 0 \\* \\* \\* +created`));
    const yesterday = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);
    put(`raw/${yesterday}/users.csv`, '3,Denmark');
    expect(await strata('schedules', 'trigger', name)).toMatchObject({ code: 0 });
    await until(async () => (await users()).length === 3);
    const status = await strata('status', name);
    expect(status.stdout).not.toContain('there are no schedules');
    expect(status.stdout).toMatch(/users +0 /);
    const doctor = JSON.parse((await strata('doctor', '--json')).stdout) as {
      findings: { check: string; state: string; message: string }[];
    };
    expect(doctor.findings.find(({ check }) => check === 'schedules')?.message).not.toContain(name);
    expect(doctor.findings.find(({ check }) => check === `rights in the source of ${name}`)).toMatchObject({
      state: 'good',
      message: expect.stringMatching(/^files can be read \([1-9]/) as unknown,
    });
  });
});
