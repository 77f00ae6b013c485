import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
import { smallPipeline } from '../../support/small-pipeline.js';
import { StrataProcess } from '../../support/strata-process.js';

const mart = `-- mart: bus.by_country
-- How many users there are by country.
-- key: country

-- columns
country varchar(20)
users bigint

-- affected by users
select c.new_country as country from changes.users c union all select c.old_country from changes.users c where c.old_country is not null

-- rows
select u.country, count(*) as users
from bulk.users u [[join affected on affected.country = u.country]]
group by u.country
`;
const header = (name: string, format: string, to: string) => `-- export: ${name}
-- Users of each country.
-- format: ${format}
-- to: ${to}
-- after: bus.by_country

-- columns
country varchar(20)
users bigint

-- rows
select country, users from bus.by_country order by users desc, country
`;

const pipeline = smallPipeline({ 'by_country.sql': mart });
const { name, folder } = pipeline;
const source = join(folder, 'source');
const final = join(folder, 'final');
const parquet = join(final, 'table=countries', 'part-00000.snappy.parquet');
const csv = join(final, 'report=countries', 'part-00000.csv');
const definition = pipeline.variant((base) => ({ ...base, exportSetting: 'SMALL_EXPORT_URL' }));
const env = {
  ...pipeline.settings,
  STRATA_PIPELINES: definition,
  STRATA_RELEASE_UNDURABLE: '1',
  STRATA_FOLDER_QUIET_SECONDS: '0',
  SMALL_SOURCE_URL: pathToFileURL(source).href,
  SMALL_EXPORT_URL: pathToFileURL(final).href,
};
const strata = (...args: string[]) => StrataProcess.run(args, env);

describe('exports', () => {
  let worker: StrataProcess | undefined;
  beforeAll(async () => {
    for (const path of [source, final, join(folder, 'sql', 'exports')]) mkdirSync(path, { recursive: true });
    const target = join(folder, 'sql', 'exports');
    writeFileSync(join(target, 'countries.sql'), header('countries', 'parquet', 'table=countries/part-00000.snappy.parquet'));
    writeFileSync(join(target, 'countries_csv.sql'), header('countries_csv', 'csv', 'report=countries/part-00000.csv'));
    expect(await strata('migrate')).toMatchObject({ code: 0 });
    worker = await StrataProcess.startWorker(env);
  });
  afterAll(async () => {
    await worker?.stop();
    pipeline.drop();
  });

  it('are written by a run, and only those whose rows changed are written again', async () => {
    writeFileSync(join(source, 'users-1.csv'), 'UserID,Country\n1,ES\n2,DE\n3,DE\n');
    const first = await strata('run', name);
    expect([first.code, first.stdout]).toEqual([0, expect.stringMatching(/Bus to files:[\s\S]*countries +2 /)]);
    expect(readFileSync(csv, 'utf8')).toBe('country,users\nDE,2\nES,1\n');
    expect(await parquetReadObjects({ file: await asyncBufferFromFile(parquet) })).toEqual([
      { country: 'DE', users: 2n },
      { country: 'ES', users: 1n },
    ]);

    const before = statSync(parquet).mtimeMs;
    const idle = await strata('run', name);
    expect([idle.code, idle.stdout]).toEqual([0, expect.not.stringContaining('Bus to files')]);
    writeFileSync(join(source, 'users-2.csv'), 'UserID,Country\n1,ES\n');
    await strata('run', name);
    expect(statSync(parquet).mtimeMs).toBe(before);

    writeFileSync(join(source, 'users-3.csv'), 'UserID,Country\n4,UK\n');
    await strata('run', name);
    expect(readFileSync(csv, 'utf8')).toBe('country,users\nDE,2\nES,1\nUK,1\n');
    expect(statSync(parquet).mtimeMs).not.toBe(before);
  });

  it('are listed, and written again by name when their file is gone', async () => {
    const listed = await strata('exports', 'list', name, '--json');
    expect(JSON.parse(listed.stdout)).toEqual([
      expect.objectContaining({ export: 'countries', format: 'parquet', file: pathToFileURL(parquet).href, rows: 3 }),
      expect.objectContaining({ export: 'countries_csv', format: 'csv', rows: 3, description: 'Users of each country.' }),
    ]);
    expect((await strata('exports', 'list')).stdout).toMatch(new RegExp(`^${name} +countries +3 +\\d+ B +.* ago +file:.*parquet$`, 'm'));
    rmSync(csv);
    const again = await strata('exports', 'run', name, 'countries_csv');
    expect([again.code, again.stdout]).toEqual([0, expect.stringMatching(/countries_csv +3 .*report=countries\/part-00000\.csv/)]);
    expect(readFileSync(csv, 'utf8')).toContain('DE,2\n');
    expect(await strata('exports', 'run', name, 'nothing')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('has no export nothing'),
    });
  });

  it('that can not be written fail the run by name, and what could be written was', async () => {
    rmSync(final, { recursive: true });
    writeFileSync(join(source, 'users-4.csv'), 'UserID,Country\n5,FR\n');
    const failed = await strata('run', name);
    expect([failed.code, failed.stdout + failed.stderr]).toEqual([
      1,
      expect.stringMatching(/failed: export countries(_csv)?, export countries(_csv)?: folder /),
    ]);
    expect(failed.stdout).toMatch(/by_country +incremental +1 +1/);
    mkdirSync(final);
    expect(await strata('run', name)).toMatchObject({ code: 0 });
    expect(readFileSync(csv, 'utf8')).toContain('FR,1\n');
  });

  it('are refused with file and line where they can not be right', async () => {
    const wrong = join(folder, 'sql', 'exports', 'wrong.sql');
    const text = header('countries', 'parquet', 'table=countries/../x.parquet')
      .replace('by_country\n\n', 'no_mart\n\n')
      .replace('bigint', 'geometry');
    writeFileSync(wrong, text);
    const { code, stderr } = await strata('migrate');
    expect(code).toBe(1);
    expect(stderr).toMatch(/exports\/wrong\.sql:4: an export needs `-- to: <key>`/);
    expect(stderr).toMatch(/exports\/wrong\.sql:9: users: a column can.t have the type geometry/);
    expect(stderr).toMatch(/countries\.sql makes an export countries already/);
    expect(stderr).toMatch(/has no mart bus\.no_mart/);
    writeFileSync(wrong, header('other', 'csv', 'other.csv').replace('select country,', 'select nothing_there,'));
    expect(await strata('migrate')).toMatchObject({ code: 1, stderr: expect.stringMatching(/exports\/wrong\.sql:12: .*nothing_there/) });
    rmSync(wrong);
  });
});
