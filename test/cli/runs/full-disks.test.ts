import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { openWarehouse } from '../../../src/connectors/mysql/warehouse.js';
import { describeWithDisks, smallDisk, type SmallDisk } from '../../support/small-disk.js';
import { smallPipeline } from '../../support/small-pipeline.js';
import { StrataProcess, type Settings } from '../../support/strata-process.js';

const exported = (format: string) => `-- export: countries_${format}
-- Users by their number.
-- format: ${format}
-- to: countries/part.${format}

-- columns
user_id bigint
country varchar(20)

-- rows
select user_id, country from bulk.users order by user_id
`;

describeWithDisks('a run whose disks are full', () => {
  const pipeline = smallPipeline();
  const { name, folder } = pipeline;
  const disks: Record<'source' | 'temporary' | 'final', SmallDisk> = {} as never;
  let env: Settings;
  let worker: StrataProcess;
  let warehouse: ReturnType<typeof openWarehouse>;

  beforeAll(async () => {
    for (const disk of ['source', 'temporary', 'final'] as const) disks[disk] = await smallDisk('size=4m');
    mkdirSync(join(folder, 'sql', 'exports'));
    for (const format of ['csv', 'parquet']) writeFileSync(join(folder, 'sql', 'exports', `${format}.sql`), exported(format));
    env = {
      ...pipeline.settings,
      STRATA_PIPELINES: pipeline.variant((base) => ({ ...base, release: 'archive', exportSetting: 'SMALL_EXPORT_URL' })),
      STRATA_RELEASE_UNDURABLE: '1',
      STRATA_FOLDER_QUIET_SECONDS: '0',
      SMALL_SOURCE_URL: pathToFileURL(disks.source.folder).href,
      SMALL_EXPORT_URL: pathToFileURL(disks.final.folder).href,
      TMPDIR: disks.temporary.folder,
    };
    expect(await StrataProcess.run(['migrate'], env)).toMatchObject({ code: 0 });
    worker = await StrataProcess.startWorker(env);
    warehouse = openWarehouse({ url: env.STRATA_MYSQL_URL ?? '', prefix: env.STRATA_SCHEMA_PREFIX ?? '' });
  });
  afterAll(async () => {
    await worker.stop();
    await warehouse.close();
    for (const disk of Object.values(disks)) await disk.close();
    pipeline.drop();
  });

  let files = 0;
  const deliver = () => {
    files += 1;
    writeFileSync(join(disks.source.folder, `users-${files}.csv`), `UserID,Country\n${files},C${files}\n`);
  };
  /** Every file is in bulk, in the archive and in the exports, once. */
  const expectAll = async () => {
    const rows = Array.from({ length: files }, (_, index) => `${index + 1},C${index + 1}\n`);
    expect(readFileSync(join(disks.final.folder, 'countries', 'part.csv'), 'utf8')).toBe(`user_id,country\n${rows.join('')}`);
    expect(readdirSync(join(disks.final.folder, 'countries')).sort()).toEqual(['part.csv', 'part.parquet']);
    const left = readdirSync(disks.source.folder, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.csv'));
    expect(left).toHaveLength(files);
    expect(left.every((path) => path.startsWith('archive/'))).toBe(true);
    expect(readdirSync(disks.temporary.folder)).toEqual([]);
    expect(await warehouse.query('select state, source_state, count(*) as n from gear.loads group by state, source_state')).toEqual([
      { state: 'processed', source_state: 'archived', n: files },
    ]);
  };

  it('begins with room, and has done all', async () => {
    deliver();
    expect(await StrataProcess.run(['run', name], env)).toMatchObject({ code: 0 });
    await expectAll();
  });

  const noRoom =
    'failed \\(ENOSPC\\): its disk has no room left \\(or no inodes\\): delete what is not needed there, and the next attempt goes through';

  it('says that the source has no room and what to do, and goes on once there is some', async () => {
    deliver();
    await disks.source.fill();
    const run = StrataProcess.start(['run', name], env);
    await run.says('ENOSPC');
    expect(run.output).toMatch(new RegExp(`writing \\.strata/owner\\.json in folder \\S+ ${noRoom}`));
    expect((await StrataProcess.run(['why', `${name}/run`], env)).stdout).toContain('ENOSPC');
    await disks.source.empty();
    expect(await run.ended()).toMatchObject({ code: 0 });
    await expectAll();
  });

  it.each([
    [
      'temporary',
      `the worker's folder for temporary files, \\S+, ${noRoom.replace('failed', "can't be used")}. Another .* TMPDIR of the worker`,
    ],
    ['final', `writing countries/part\\.csv in folder \\S+ ${noRoom}`],
  ] as const)('names exports that found no room, and writes them with the next run: %s', async (disk, message) => {
    deliver();
    await disks[disk].fill();
    const failed = await StrataProcess.run(['run', name], env);
    expect([failed.code, failed.stdout + failed.stderr]).toEqual([
      1,
      expect.stringMatching(
        new RegExp(`failed: (export countries_parquet, )?export countries_csv(, export countries_parquet)?: ${message}`),
      ),
    ]);
    await disks[disk].empty();
    const run = await StrataProcess.run(['run', name], env);
    expect([run.code, run.stdout + run.stderr]).toEqual([0, expect.anything()]);
    await expectAll();
  });

  it.each([
    ['source', /\.strata\/owner\.json in folder \S+ failed \(EROFS\): its file system is mounted read-only: mount it for writing/],
    ['final', /writing countries\/part\.csv in folder \S+ failed \(EROFS\): its file system is mounted read-only: mount it for writing/],
  ] as const)('fails with the reason where a folder is mounted read-only, and the next run does the rest: %s', async (disk, message) => {
    deliver();
    await disks[disk].mount('ro');
    const failed = await StrataProcess.run(['run', name], env);
    expect([failed.code, failed.stdout + failed.stderr]).toEqual([1, expect.stringMatching(message)]);
    await disks[disk].mount('rw');
    expect(await StrataProcess.run(['run', name], env)).toMatchObject({ code: 0 });
    await expectAll();
  });
});
