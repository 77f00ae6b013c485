import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Client, Connection } from '@temporalio/client';
import { freshPrefix, temporal, warehouse as server } from '../../support/servers/servers.js';
import { StrataProcess } from '../../support/strata-process.js';
import { until } from '../../support/until.js';

const namespace = `other-${randomBytes(4).toString('hex')}`;
const env = {
  ...{
    STRATA_PIPELINES: 'totesys,b2b',
    TOTESYS_DATABASE_URL: 'postgres://nobody:x@127.0.0.1:1/none',
    TOTESYS_INGEST_URL: 'file:///nowhere',
  },
  ...{ B2B_SOURCE_URL: 'file:///nowhere', STRATA_MYSQL_URL: server.url, STRATA_SCHEMA_PREFIX: freshPrefix() },
  ...{ TEMPORAL_ADDRESS: temporal.address, TEMPORAL_NAMESPACE: namespace, STRATA_TASK_QUEUE: namespace },
};
const strata = (...args: readonly string[]) => StrataProcess.run(args, env);

let connection: Connection;
beforeAll(async () => {
  connection = await Connection.connect({ address: temporal.address });
  await connection.workflowService.registerNamespace({ namespace, workflowExecutionRetentionPeriod: { seconds: 24 * 3600 } as never });
  await until(async () => (await strata('migrate')).code === 0);
});

// Nobody serves the queue, so what is started goes on.
const cases = [
  {
    workflowId: 'totesys/extract',
    running: ['extract', 'totesys', '--full', '--tables', 'staff,address'],
    others: [['--full'], ['--tables', 'staff,address'], ['--full', '--tables', 'staff', '--json'], ['--full', '--detach']],
    command: ['extract', 'totesys'],
  },
  {
    workflowId: 'totesys/rebuild',
    running: ['marts', 'rebuild', 'totesys', 'fx_rates'],
    others: [[], ['dim_date', '--json']],
    command: ['marts', 'rebuild', 'totesys'],
  },
  {
    workflowId: 'b2b/outputs',
    running: ['exports', 'run', 'b2b', '--date', '2020-06-22'],
    others: [
      ['--date', '2020-06-23'],
      ['--from', '2020-06-21', '--to', '2020-06-22', '--json'],
      ['--date', '2020-06-22', '--force'],
    ],
    command: ['exports', 'run', 'b2b'],
  },
];
afterAll(async () => {
  await Promise.all(cases.map(({ workflowId }) => strata('cancel', workflowId, '--force')));
  await connection.close();
});

it.each(cases)('$command takes no run for its own that does something else', async ({ workflowId, running, others, command }) => {
  const first = StrataProcess.start(running, env);
  const handle = new Client({ connection, namespace }).workflow.getHandle(workflowId);
  await Promise.race([until(() => handle.describe().then(Boolean, () => false)), first.failed()]);
  await first.kill();
  const message = `${workflowId} runs already, and was asked for something else. Call this command again when that run has ended`;
  for (const options of others) {
    const ran = await strata(...command, ...options);
    expect(ran.code).toBe(1);
    expect(options.includes('--json') ? ran.stdout : ran.stderr).toContain(message);
  }
  const again = StrataProcess.start(running, env);
  await again.says(`${workflowId} runs already`);
  await again.kill();
});

it('a plain extract takes the run that goes on', async () => {
  const ran = await strata('extract', 'totesys', '--detach', '--json');
  expect(ran).toMatchObject({ code: 0, stdout: expect.stringContaining('"attached": true') });
});
