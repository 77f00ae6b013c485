import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Connection } from '@temporalio/client';
import { freshPrefix, temporal, warehouse as server } from '../../support/servers/servers.js';
import { StrataProcess } from '../../support/strata-process.js';
import { until } from '../../support/until.js';

const namespace = `extract-${randomBytes(4).toString('hex')}`;
const env = {
  ...{ STRATA_PIPELINES: 'totesys', TOTESYS_DATABASE_URL: 'postgres://nobody:x@127.0.0.1:1/none', TOTESYS_INGEST_URL: 'file:///nowhere' },
  ...{ STRATA_MYSQL_URL: server.url, STRATA_SCHEMA_PREFIX: freshPrefix() },
  ...{ TEMPORAL_ADDRESS: temporal.address, TEMPORAL_NAMESPACE: namespace, STRATA_TASK_QUEUE: namespace },
};
const strata = (...args: string[]) => StrataProcess.run(args, env);

beforeAll(async () => {
  const connection = await Connection.connect({ address: temporal.address });
  await connection.workflowService.registerNamespace({ namespace, workflowExecutionRetentionPeriod: { seconds: 24 * 3600 } as never });
  await connection.close();
  await until(async () => (await strata('migrate')).code === 0);
  // Nobody serves the queue, so the run goes on.
  expect((await strata('extract', 'totesys', '--detach')).code).toBe(0);
});
afterAll(() => strata('cancel', 'totesys/extract', '--force'));

it.each([[['--full']], [['--tables', 'staff']], [['--full', '--tables', 'staff', '--json']], [['--full', '--detach']]])(
  'extract %j does not take a run that does something else for its own',
  async (options) => {
    const ran = await strata('extract', 'totesys', ...options);
    expect(ran.code).toBe(1);
    const message =
      'totesys/extract runs already, perhaps without --full or for other tables. Call this command again when that run has ended';
    expect(options.includes('--json') ? ran.stdout : ran.stderr).toContain(message);
  },
);

it('a plain extract takes the run that goes on', async () => {
  const ran = await strata('extract', 'totesys', '--detach', '--json');
  expect(ran).toMatchObject({ code: 0, stdout: expect.stringContaining('"attached": true') });
});
