import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import { createConnection, type RowDataPacket } from 'mysql2/promise';
import { workflowIds, workflowTypes } from '../../../src/contracts/names.js';
import { smallPipeline } from '../../support/small-pipeline.js';
import { temporal } from '../../support/servers/servers.js';
import { StrataProcess } from '../../support/strata-process.js';
import { until } from '../../support/until.js';

/** A deployment of a pipeline with an old and a young version, which share definitions. */
class Deployment {
  private readonly pipeline = smallPipeline();
  readonly name = this.pipeline.name;
  private readonly source = join(this.pipeline.folder, 'source');
  private readonly workers: StrataProcess[] = [];

  constructor(private readonly client: Client) {
    mkdirSync(this.source);
  }

  private settings(buildId: string) {
    return {
      ...this.pipeline.settings,
      SMALL_SOURCE_URL: pathToFileURL(this.source).href,
      STRATA_FOLDER_QUIET_SECONDS: '0',
      STRATA_RELEASE_UNDURABLE: '1',
      STRATA_DEPLOYMENT_NAME: this.name,
      STRATA_BUILD_ID: buildId,
    };
  }

  strata(...args: string[]) {
    return StrataProcess.run(args, this.settings('young'));
  }

  /** A worker of that version, which is the current one from now on. */
  async begin(buildId: string): Promise<void> {
    this.workers.push(await StrataProcess.startWorker(this.settings(buildId)));
    const version = { namespace: 'default', deploymentName: this.name, buildId, identity: 'a test' };
    // The server knows a version some moments after its first worker came.
    await until(() =>
      this.client.workflowService.setWorkerDeploymentCurrentVersion(version).then(
        () => true,
        () => false,
      ),
    );
  }

  async killWorkers(): Promise<void> {
    await Promise.all(this.workers.splice(0).map((worker) => worker.kill()));
  }

  /** A run whose batch waits for a lock that this holds, until `work` is done. */
  async runMeanwhile(pinned: boolean, work: () => Promise<void>): Promise<WorkflowHandle> {
    writeFileSync(join(this.source, 'users_1.csv'), 'UserID,Country\n1,a\n');
    const lock = await createConnection(this.pipeline.settings.STRATA_MYSQL_URL ?? '');
    try {
      await lock.query('start transaction');
      await lock.query(`select * from ${this.pipeline.settings.STRATA_SCHEMA_PREFIX}gear.feeds for update`);
      const run = await this.client.workflow.start(workflowTypes.run, {
        workflowId: workflowIds.run(this.name),
        taskQueue: this.name,
        args: [{ pipeline: this.name }],
        ...(pinned && { versioningOverride: { pinnedTo: { deploymentName: this.name, buildId: 'old' } } }),
      });
      await until(async () => (await this.strata('why', `${this.name}/run`)).stdout.includes('processBatch'));
      await work();
      return run;
    } finally {
      await lock.end();
    }
  }

  /** Whether an activity of the pipeline's workflows is past its first attempt. */
  async isTriedAgain(): Promise<boolean> {
    const query = `StrataPipeline = '${this.name}' and ExecutionStatus = 'Running'`;
    for await (const { workflowId } of this.client.workflow.list({ query })) {
      const { raw } = await this.client.workflow.getHandle(workflowId).describe();
      if (raw.pendingActivities?.some(({ attempt }) => (attempt ?? 1) > 1)) return true;
    }
    return false;
  }

  async users(): Promise<unknown> {
    const connection = await createConnection(this.pipeline.settings.STRATA_MYSQL_URL ?? '');
    const [rows] = await connection.query<RowDataPacket[]>(
      `select user_id, country from ${this.pipeline.settings.STRATA_SCHEMA_PREFIX}bulk.users`,
    );
    await connection.end();
    return rows;
  }

  async close(): Promise<void> {
    await this.strata('cancel', this.name, '--force');
    await this.killWorkers();
    this.pipeline.drop();
  }
}

describe('a run of a version whose workers have gone', () => {
  let client: Client;
  const deployments: Deployment[] = [];
  beforeAll(async () => {
    client = new Client({ connection: await Connection.connect({ address: temporal.address }) });
  });
  afterAll(async () => {
    for (const deployment of deployments) await deployment.close();
    await client.connection.close();
  });

  const interrupted = async (pinned: boolean) => {
    const deployment = new Deployment(client);
    deployments.push(deployment);
    expect((await deployment.strata('migrate')).code).toBe(0);
    await deployment.begin('old');
    const run = await deployment.runMeanwhile(pinned, async () => {
      await deployment.killWorkers();
      await deployment.begin('young');
    });
    return { deployment, run };
  };

  it('goes on in the current version, to its end', async () => {
    const { deployment, run } = await interrupted(false);
    expect(await run.result()).toMatchObject({ failures: [], feeds: { users: { inserted: 1 } } });
    expect(await deployment.users()).toEqual([{ user_id: 1, country: 'a' }]);
    const { raw } = await run.describe();
    expect(raw.workflowExecutionInfo?.versioningInfo?.deploymentVersion?.buildId).toBe('young');
  });

  it('would wait for the old workers if it were pinned to them, while the current version does all other work', async () => {
    const { deployment, run } = await interrupted(true);
    // The dead worker's batch is to be tried again, and nobody takes it.
    await until(() => deployment.isTriedAgain());
    const process = await client.workflow.execute(workflowTypes.process, {
      workflowId: `${deployment.name}/process/by-hand`,
      taskQueue: deployment.name,
      args: [{ pipeline: deployment.name }],
    });
    expect(process).toMatchObject({ feeds: { users: { inserted: 1 } } });
    expect(await deployment.users()).toEqual([{ user_id: 1, country: 'a' }]);
    expect((await run.describe()).status.name).toBe('RUNNING');
    await deployment.begin('old');
    expect(await run.result()).toMatchObject({ failures: [] });
  });
});
