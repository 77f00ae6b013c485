import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Finding } from '../../../src/cli/doctor/finding.js';
import { smallPipeline } from '../../support/small-pipeline.js';
import { StrataProcess, type Ran } from '../../support/strata-process.js';
import { until } from '../../support/until.js';

const pipeline = smallPipeline();
const { name } = pipeline;
const source = join(pipeline.folder, 'source');
const env = { ...pipeline.settings, SMALL_SOURCE_URL: pathToFileURL(source).href };
/** A slip of the pen that nobody ever serves. */
const wrong = { ...env, STRATA_TASK_QUEUE: `${name}_wrong` };

const strata = (...args: string[]): Promise<Ran> => StrataProcess.run(args, env);
const mistaken = (...args: string[]): Promise<Ran> => StrataProcess.run(args, wrong);
const json = async <Result>(...args: string[]) => JSON.parse((await strata(...args, '--json')).stdout) as Result;

async function found(check: string, settings: Readonly<Record<string, string>> = env): Promise<Finding | undefined> {
  const { findings } = JSON.parse((await StrataProcess.run(['doctor', '--json'], settings)).stdout) as { findings: Finding[] };
  return findings.find((each) => each.check === check);
}

/** Everything that began on the wrong queue is in Temporal's list: a run, and what the schedules started there. */
async function beginOnTheWrongQueue(): Promise<void> {
  expect((await mistaken('schedules', 'apply')).code).toBe(0);
  expect((await mistaken('schedules', 'trigger', name)).code).toBe(0);
  expect((await mistaken('run', name, '--detach')).code).toBe(0);
  await untilStranded();
}

/** A run, and three that schedules were told to start. */
async function untilStranded(): Promise<void> {
  await until(async () => (await json<{ stranded: { runs: object[] }[] }[]>('status'))[0]?.stranded[0]?.runs.length === 4);
}

describe('what runs on a task queue that no worker serves', () => {
  let worker: StrataProcess | undefined;
  beforeAll(async () => {
    mkdirSync(source);
    expect((await strata('migrate')).code).toBe(0);
    await beginOnTheWrongQueue();
  });
  afterAll(async () => {
    await strata('cancel', name, '--force');
    await strata('schedules', 'remove', name);
    await worker?.kill();
    pipeline.drop();
  });

  it('is named by doctor, status and why, with what ends it', async () => {
    const finding = await found('task queues');
    expect(finding?.state).toBe('wrong');
    expect(finding?.message).toContain(`no worker serves the task queue ${name}_wrong: these 4 runs wait there for ever`);
    expect(finding?.message).toContain(`${name}/run`);
    expect(finding?.message).toContain(`schedules start runs there: ${name}/aggregate, ${name}/process, ${name}/users/pickup`);
    expect(finding?.message).toContain('run: strata schedules apply');
    expect((await strata('doctor')).code).toBe(1);
    expect((await strata('status')).stdout).toContain(`no worker serves the task queue ${name}_wrong`);
    const why = await strata('why', `${name}/run`);
    expect(why.stdout).toContain(
      `it waits: no worker serves the task queue ${name}_wrong. Start one on that queue, or run: strata cancel ${name}/run`,
    );
  });

  it('is not watched for ever by run, which says what ends it', async () => {
    const ran = await strata('run', name);
    expect(ran).toMatchObject({ code: 1, stdout: '' });
    expect(ran.stderr).toContain(`${name}/run runs already and waits for ever: no worker serves the task queue ${name}_wrong`);
    expect(ran.stderr).toContain(`run: strata cancel ${name}/run`);
  });

  it('is ended by cancel, with an end that needs no worker', async () => {
    const ended = await strata('cancel', `${name}/run`);
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    expect(ended.stdout).toBe(`${name}/run was terminated at once, because no worker serves its task queue ${name}_wrong\n`);
    await until(async () => (await strata('cancel', `${name}/run`)).code === 1);
    expect((await strata('why', `${name}/run`)).stdout).toMatch(new RegExp(`^${name}/run terminated .* ago.*\\n {2}it was terminated\\n$`));
    expect((await strata('cancel', 'no such thing')).code).toBe(2);
  });

  it('is ended by schedules apply, which says what was ended and what no schedule starts again; then runs go through', async () => {
    expect((await mistaken('run', name, '--detach')).code).toBe(0);
    await untilStranded();
    const applied = await strata('schedules', 'apply');
    expect(applied.code).toBe(0);
    expect(applied.stdout).toContain(
      `${name}/run was ended, because no worker serves its task queue ${name}_wrong. What it committed stays. To start it again, run: strata run ${name}\n`,
    );
    expect(applied.stdout).toMatch(new RegExp(`${name}/users/pickup.* was ended, .*\\. What it committed stays\\.\\n`));
    expect(applied.stderr).toContain(
      `no worker serves the task queue ${name}, so nothing that the schedules start moves. To go on, run: strata worker`,
    );
    worker = await StrataProcess.startWorker(env);
    expect(await strata('run', name)).toMatchObject({ code: 0 });
    expect(await found('task queues')).toMatchObject({ state: 'good' });
    expect(await found('schedules')).toMatchObject({ state: 'good' });
    expect(await found('worker')).toMatchObject({ state: 'good' });
  });

  it('is left alone while another worker serves it, and watched by run', async () => {
    const mine = await found('worker', wrong);
    expect(mine?.state).toBe('wrong');
    expect(mine?.message).toContain(`set STRATA_TASK_QUEUE to that of the workers that are alive (${name})`);
    const other = await StrataProcess.startWorker(wrong);
    try {
      await mistaken('schedules', 'apply');
      expect((await found('schedules'))?.message).toContain(
        `starts runs on the task queue ${name}_wrong, not on ${name}. Run: strata schedules apply`,
      );
      expect(await found('task queues')).toMatchObject({ state: 'good' });
      expect((await strata('schedules', 'apply')).stdout).not.toContain('ended');
    } finally {
      await other.stop();
    }
  });
});
