import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Finding } from '../../src/cli/doctor/finding.js';
import { openWarehouse } from '../../src/connectors/mysql/warehouse.js';
import { connectTemporal, temporalSettings } from '../../src/connectors/temporal/connect.js';
import { createTestBucket } from '../connectors/s3/test-bucket.js';
import { objectStore, warehouse } from '../support/servers/servers.js';
import { smallPipeline } from '../support/small-pipeline.js';
import { StrataProcess, type Settings } from '../support/strata-process.js';

const pipeline = smallPipeline({
  'by_country.sql': `-- mart: bus.by_country
-- How many users there are by country.
-- key: country

-- columns
country varchar(20)
users bigint

-- affected by users
select c.new_country as country from changes.users c

-- rows
select u.country, count(*) as users
from bulk.users u [[join affected on affected.country = u.country]]
group by u.country
`,
});
const { name } = pipeline;
const source = join(pipeline.folder, 'source');
const env = { ...pipeline.settings, SMALL_SOURCE_URL: pathToFileURL(source).href };

async function findings(settings: Settings = env): Promise<{ code: number | null; of: (check: string) => Finding | undefined }> {
  const { code, stdout } = await StrataProcess.run(['doctor', '--json'], settings);
  const all = (JSON.parse(stdout) as { findings: Finding[] }).findings;
  return { code, of: (check) => all.find((each) => each.check === check) };
}

describe('strata doctor', () => {
  const direct = openWarehouse({ url: warehouse.url, prefix: pipeline.settings.STRATA_SCHEMA_PREFIX ?? '' });
  let worker: StrataProcess | undefined;
  beforeAll(async () => {
    mkdirSync(source);
    expect(await StrataProcess.run(['migrate'], env)).toMatchObject({ code: 0 });
    expect((await StrataProcess.run(['schedules', 'apply'], env)).code).toBe(0);
    worker = await StrataProcess.startWorker(env);
  });
  afterAll(async () => {
    await StrataProcess.run(['schedules', 'remove', name], env);
    await worker?.stop();
    await direct.close();
    pipeline.drop();
  });

  it('finds nothing wrong where a file would get through, and leaves nothing behind', async () => {
    writeFileSync(join(source, 'users.csv'), 'UserID,Country\n1,ES\n');
    const well = await findings();
    for (const check of [
      `rights in the source of ${name}`,
      'clocks',
      'marts',
      'disk of the warehouse',
      'worker',
      "workers' definitions",
      'work',
      'task queues',
    ]) {
      expect(well.of(check)).toMatchObject({ check, state: 'good' });
    }
    expect(well.code).toBe(0);
    expect(well.of(`rights in the source of ${name}`)?.message).toContain('(1 tried)');
    for (const clock of ['the warehouse', 'Temporal', `the source of ${name}`, 'the worker'])
      expect(well.of('clocks')?.message).toContain(clock);
    expect(readdirSync(source)).toEqual(['users.csv']);
    expect(await direct.query('select count(*) as n from gear.workers')).toEqual([{ n: 1 }]);
  });

  it('says that backfills may read any place, until the places are named', async () => {
    expect((await findings()).of('backfill sources')).toMatchObject({
      state: 'warning',
      message: expect.stringMatching(
        /STRATA_BACKFILL_SOURCES is not set: .* own sources are enough: STRATA_BACKFILL_SOURCES=file:\/\/\//,
      ) as unknown,
    });
    expect((await findings({ ...env, STRATA_BACKFILL_SOURCES: env.SMALL_SOURCE_URL })).of('backfill sources')).toMatchObject({
      state: 'good',
    });
  });

  it('says when the schedules start runs for another warehouse, and shows whose a run is', async () => {
    const own = await direct.query<{ uuid: string }>('select uuid from gear.warehouse');
    const elsewhere = '00000000-0000-4000-8000-000000000000';
    await direct.execute('update gear.warehouse set uuid = ?', [elsewhere]);
    const { of } = await findings();
    await direct.execute('update gear.warehouse set uuid = ?', [own[0]?.uuid ?? '']);
    expect(of('schedules')?.message).toContain(
      `${name}/process is of another warehouse, ${own[0]?.uuid}, and this one is ${elsewhere}. Run: strata schedules apply`,
    );
    expect((await findings()).of('schedules')).toMatchObject({ state: 'good' });
    expect((await StrataProcess.run(['run', name, '--detach'], env)).code).toBe(0);
    const client = await connectTemporal(temporalSettings(env));
    expect((await client.workflow.getHandle(`${name}/run`).describe()).memo).toEqual({ warehouse: own[0]?.uuid });
    await client.workflow.getHandle(`${name}/run`).result();
    await client.connection.close();
  });

  it('says when files could not be moved or deleted, before one waits', async () => {
    writeFileSync(join(source, 'quarantine'), 'in the way\n');
    const { code, of } = await findings();
    expect(code).toBe(1);
    expect(of(`rights in the source of ${name}`)).toMatchObject({
      state: 'wrong',
      message: expect.stringContaining(`${join(source, 'quarantine')} is a link or no folder`),
    });
    rmSync(join(source, 'quarantine'));
    // Nobody may create files there, the administrator of the machine neither.
    const readOnly = await findings({ ...env, SMALL_SOURCE_URL: 'file:///sys/kernel' });
    expect(readOnly.of(`rights in the source of ${name}`)?.message).toMatch(
      /writing a file in folder \/sys\/kernel\/ failed \((E(ACCES|PERM)\): let the user that runs Strata read the folder, and write to it|EROFS\): its file system is mounted read-only)/,
    );
    expect(readOnly.code).toBe(1);
  });

  it('tries the rights in a bucket, and leaves nothing behind', async () => {
    const bucket = await createTestBucket();
    const { endpoint, region, accessKeyId, secretAccessKey } = objectStore;
    const keys = { AWS_REGION: region, AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey };
    const { of } = await findings({ ...env, ...keys, SMALL_SOURCE_URL: `s3://${bucket.bucket}/in`, AWS_ENDPOINT_URL_S3: endpoint });
    expect(of(`rights in the source of ${name}`)).toMatchObject({ state: 'good' });
    expect(of('clocks')?.message).toContain(`the source of ${name}`);
    expect((await bucket.client.send(new ListObjectsV2Command({ Bucket: bucket.bucket }))).KeyCount).toBe(0);
    await bucket.drop();
  });

  it('names a worker whose clock is wrong', async () => {
    await direct.execute(
      `insert into gear.workers (worker_id, identity, host, process_id, namespace, task_queue, build, pipelines, worker_time, started_at, seen_at)
       select 'late', 'late', 'elsewhere', 7, namespace, task_queue, null, pipelines, utc_timestamp(6) - interval 20 minute, utc_timestamp(6), utc_timestamp(6) + interval 60 second
       from gear.workers limit 1`,
    );
    const { of } = await findings();
    expect(of('clocks')?.state).toBe('wrong');
    expect(of('clocks')?.message).toContain(
      'the clock of the worker 7 on elsewhere is 21 min behind the clock of this machine. Let both follow a time server',
    );
    await direct.execute("delete from gear.workers where worker_id = 'late'");
  });

  it('does not blame the marts for a table that was changed by hand', async () => {
    await direct.execute('alter table bulk.users rename column country to land');
    const renamed = await findings();
    await direct.execute('alter table bulk.users rename column land to country');
    // The schema says it; the marts are not looked at for the same reason.
    expect(renamed.of('schema')).toMatchObject({ state: 'wrong' });
    expect(renamed.of('marts')).toBeUndefined();
  });
});
