import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Connection } from '@temporalio/client';
import { createConnection } from 'mysql2/promise';
import { smallPipeline } from '../../support/small-pipeline.js';
import { temporal } from '../../support/servers/servers.js';
import { StrataProcess } from '../../support/strata-process.js';
import { until } from '../../support/until.js';

const pipeline = smallPipeline();
const { name } = pipeline;
const source = join(pipeline.folder, 'source');
const folder = { SMALL_SOURCE_URL: pathToFileURL(source).href, STRATA_FOLDER_QUIET_SECONDS: '0', STRATA_DEPLOYMENT_NAME: name };
const { STRATA_MYSQL_URL: url = '', STRATA_SCHEMA_PREFIX: prefix = '' } = pipeline.settings;
const old = { ...pipeline.settings, ...folder, STRATA_BUILD_ID: 'old' };
/** The same contract, so that what the old version staged needs no second look. */
const later = pipeline.variant((base) => ({ ...base, schedules: { ...base.schedules, pickup: '*/4 * * * *' } }));
const young = { ...pipeline.settings, ...folder, STRATA_BUILD_ID: 'young', STRATA_PIPELINES: later };

describe('a run that is under way while a deployment gets a new version', () => {
  let connection: Connection;
  const workers: StrataProcess[] = [];
  beforeAll(async () => {
    mkdirSync(source);
    connection = await Connection.connect({ address: temporal.address });
  });
  afterAll(async () => {
    for (const worker of workers) await worker.kill();
    await connection.close();
    pipeline.drop();
  });

  const setCurrent = (buildId: string) =>
    until(() =>
      connection.workflowService
        .setWorkerDeploymentCurrentVersion({ namespace: 'default', deploymentName: name, buildId, identity: 'a test' })
        .then(
          () => true,
          () => false,
        ),
    );
  const strata = (settings: typeof old, ...args: string[]) => StrataProcess.run(args, settings);
  const why = async () => (await strata(young, 'why', `${name}/run`)).stdout;

  it('goes on in the new version, though the old workers are there and can do no more of its work', async () => {
    expect((await strata(old, 'migrate')).code).toBe(0);
    workers.push(await StrataProcess.startWorker(old));
    await setCurrent('old');
    writeFileSync(join(source, 'users_1.csv'), 'UserID,Country\n1,a\n');
    const lock = await createConnection(url);
    try {
      await lock.query('start transaction');
      await lock.query(`select * from ${prefix}gear.feeds for update`);
      expect((await strata(old, 'run', name, '--detach')).code).toBe(0);
      await until(async () => (await why()).includes('processBatch'));
      expect((await strata(young, 'migrate')).code).toBe(0);
      workers.push(await StrataProcess.startWorker(young));
      await setCurrent('young');
    } finally {
      await lock.end();
    }
    const done = await strata(young, 'run', name);
    expect(done).toMatchObject({ code: 0 });
    const check = await createConnection(url);
    const [rows] = await check.query(`select user_id, country from ${prefix}bulk.users`);
    await check.end();
    expect(rows).toEqual([{ user_id: 1, country: 'a' }]);
    await until(async () => !(await why()).includes('has run for'));
  });
});
