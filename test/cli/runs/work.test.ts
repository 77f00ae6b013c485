import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Finding } from '../../../src/cli/doctor/finding.js';
import { createTestBucket, type TestBucket } from '../../connectors/s3/test-bucket.js';
import { objectStore } from '../../support/servers/servers.js';
import { smallPipeline } from '../../support/small-pipeline.js';
import { StrataProcess, type Ran, type Settings } from '../../support/strata-process.js';
import { until } from '../../support/until.js';

const pipeline = smallPipeline();
const { name } = pipeline;

describe('work that does not get on', () => {
  let bucket: TestBucket;
  let env: Settings;
  let worker: StrataProcess | undefined;
  const strata = (...args: string[]): Promise<Ran> => StrataProcess.run(args, env);

  async function found(check: string, settings: Settings = env): Promise<Finding | undefined> {
    const { findings } = JSON.parse((await StrataProcess.run(['doctor', '--json'], settings)).stdout) as { findings: Finding[] };
    return findings.find((each) => each.check === check);
  }

  beforeAll(async () => {
    bucket = await createTestBucket();
    env = {
      ...pipeline.settings,
      SMALL_SOURCE_URL: `s3://${bucket.bucket}`,
      AWS_ENDPOINT_URL_S3: objectStore.endpoint,
      AWS_REGION: objectStore.region,
      AWS_ACCESS_KEY_ID: objectStore.accessKeyId,
      AWS_SECRET_ACCESS_KEY: objectStore.secretAccessKey,
    };
    expect((await strata('migrate')).code).toBe(0);
  });
  afterAll(async () => {
    await strata('cancel', name, '--force');
    await worker?.kill();
    await bucket.drop();
    pipeline.drop();
  });

  it('is said to have no worker as soon as one that was killed has not been seen for 30 s, and goes on when there is one again', async () => {
    worker = await StrataProcess.startWorker(env);
    expect(await found('worker')).toMatchObject({ state: 'good' });
    await worker.kill();
    let finding: Finding | undefined;
    await until(async () => (finding = await found('worker'))?.state === 'wrong');
    expect(finding?.message).toMatch(
      new RegExp(
        `^no worker serves the task queue ${name}, and the last one \\(process \\d+ on .+\\) was seen \\d+ s ago\\. To start work, run: strata worker$`,
      ),
    );
    expect((await strata('status')).stdout).toContain(`no worker serves the task queue ${name}, and the last one (process `);
    const run = StrataProcess.start(['run', name], env);
    await run.says(`no worker serves the task queue ${name}, and the last one`);
    worker = await StrataProcess.startWorker(env);
    expect(await run.ended()).toMatchObject({ code: 0 });
  });

  it('is named with its reason by run, why, status and doctor while it is tried again; cancel ends it', async () => {
    await worker?.stop();
    worker = await StrataProcess.startWorker({ ...env, AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:1' });
    const run = StrataProcess.start(['run', name], env);
    await run.says('claimObjects (users: list and claim objects) has been failing for');
    await run.says('unavailable: ');
    const why = await strata('why', `${name}/run`);
    expect(why.stdout).toMatch(
      /^ {4}claimObjects \(users: list and claim objects\) has been failing for .* \(attempt \d+, .*\), worker \d+@.*: unavailable: .*127\.0\.0\.1:1/m,
    );
    const [status] = JSON.parse((await strata('status', '--json')).stdout) as {
      retries: { activity: string; attempt: number; since: string }[];
    }[];
    expect(status?.retries).toMatchObject([
      { activity: 'claimObjects (users: list and claim objects)', failure: expect.stringContaining('unavailable: ') },
    ]);
    await until(async () => (await found('work'))?.state === 'wrong');
    expect((await strata('doctor')).code).toBe(1);

    expect((await strata('cancel', 'eastrock_nothing')).code).toBe(1);
    const cancelled = await strata('cancel', `${name}/run`);
    expect(cancelled).toMatchObject({ code: 0, stderr: 'waiting for the activities to roll back\n' });
    expect(cancelled.stdout).toContain(`${name}/run was cancelled\n`);
    const ended = await run.ended();
    expect(ended.code).toBe(1);
    expect(ended.stderr).toContain('failed: it was cancelled');
    await until(async () => (await strata('why', name, '--json')).stdout.includes('"status": "cancelled"'));
    await until(async () => (await found('work'))?.state === 'good');
  });

  it('is named when workers of one task queue have different definitions', async () => {
    await worker?.stop();
    worker = await StrataProcess.startWorker(env);
    const other = {
      ...env,
      STRATA_PIPELINES: pipeline.variant((base) => ({ ...base, feeds: base.feeds.map((feed) => ({ ...feed, match: '^users.*\\.csv$' })) })),
    };
    expect(await found("workers' definitions")).toMatchObject({ state: 'good' });
    const differing = await found("workers' definitions", other);
    expect(differing?.state).toBe('wrong');
    expect(differing?.message).toMatch(new RegExp(`definitions of ${name} in process \\d+ on `));
    expect((await StrataProcess.run(['status'], other)).stdout).toContain(
      'workers of this task queue have other definitions than the ones that are here',
    );
  });

  it('knows a run only by its name', async () => {
    const unknown = await strata('why', `${name}/${randomBytes(3).toString('hex')}`);
    expect(unknown.code).toBe(1);
    expect(unknown.stderr).toContain(`run: strata status ${name}`);
  });
});
