import { randomBytes } from 'node:crypto';
import { Connection } from '@temporalio/client';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { freshPrefix, temporal, warehouse } from '../support/servers/servers.js';
import { StrataProcess, type Ran } from '../support/strata-process.js';

const namespace = `bare-${randomBytes(4).toString('hex')}`;
const settings = {
  STRATA_MYSQL_URL: warehouse.url,
  STRATA_SCHEMA_PREFIX: freshPrefix(),
  EASTROCK_SOURCE_URL: 'file:///nowhere/at/all',
  TEMPORAL_ADDRESS: temporal.address,
};
const strata = (...args: string[]): Promise<Ran> => StrataProcess.run(args, settings);
const failed = (message: string) => ({ code: 1, stdout: '', stderr: `strata: ${message}\n` });

describe('a command that can not do its work', () => {
  beforeAll(async () => {
    const connection = await Connection.connect({ address: temporal.address });
    await connection.workflowService.registerNamespace({ namespace, workflowExecutionRetentionPeriod: { seconds: 24 * 3600 } as never });
    // Servers learn of a namespace within seconds.
    for (;;) {
      const known = await connection.workflowService.listWorkflowExecutions({ namespace }).catch(() => undefined);
      if (known) break;
    }
    await connection.close();
  });

  it('names strata migrate where the namespace has no search attributes', async () => {
    const inNamespace = (...args: string[]) => StrataProcess.run(args, { ...settings, TEMPORAL_NAMESPACE: namespace });
    const lacking = `Temporal's namespace ${namespace} lacks the search attributes StrataPipeline, StrataFeed, StrataObject, StrataLoadId, StrataOutcome. Run: strata migrate`;
    const ran = await Promise.all([
      inNamespace('run', 'eastrock'),
      inNamespace('marts', 'rebuild', 'eastrock'),
      inNamespace('schedules', 'apply'),
      inNamespace('worker'),
    ]);
    // A busy machine may have to wait for Temporal, which is said first.
    for (const each of ran) expect(each).toEqual(failed(lacking));
  });

  it('names strata migrate where there are no tables, without the statement that failed', async () => {
    const { STRATA_SCHEMA_PREFIX: prefix } = settings;
    expect(await strata('loads')).toEqual(failed(`Table '${prefix}gear.loads' doesn't exist (1146). Run: strata migrate`));
  });

  it('says where no warehouse answers and who was refused', async () => {
    const at = (url: string) => StrataProcess.run(['loads'], { ...settings, STRATA_MYSQL_URL: url });
    expect(await at('mysql://nobody:secret@127.0.0.1:1')).toEqual(
      failed('the warehouse at 127.0.0.1:1: no connection (ECONNREFUSED). Check that the server in STRATA_MYSQL_URL runs'),
    );
    const wrong = new URL(warehouse.url);
    wrong.password = 'not-this-one';
    const refused = await at(wrong.href);
    expect(refused.stderr).toMatch(/^strata: Access denied for user .* \(1045\)\. Check user and password in STRATA_MYSQL_URL/);
    expect(refused.stderr).not.toContain('not-this-one');
  });

  it('refuses a feed that no pipeline has, and a limit of nothing', async () => {
    const unknown = { code: 2, stderr: 'strata: there is no feed nope. The feeds are: users, games, payments\n' };
    expect(await strata('loads', '--feed', 'nope')).toMatchObject(unknown);
    expect(await strata('quarantine', 'list', '--feed', 'nope')).toMatchObject(unknown);
    expect((await strata('quarantine', 'list', '--pipeline', 'nope')).stderr).toBe(
      'strata: there is no pipeline nope among: eastrock. To add it, name all of them in STRATA_PIPELINES\n',
    );
    for (const limit of ['0', '-1', '1.5', '1000000000000000'])
      expect(await strata('loads', '--limit', limit)).toMatchObject({
        code: 2,
        stderr: `strata: "${limit}" is not a whole number from 1 to 999,999,999,999,999\n`,
      });
    expect(await strata('quarantine', 'list', '--load', '-1')).toMatchObject({
      code: 2,
      stderr: 'strata: "-1" is not a whole number from 0 to 999,999,999,999,999\n',
    });
  });

  it('tells a pipeline that is no command from a word that it does not know', async () => {
    expect(await strata('eastrock', '--help')).toMatchObject({
      code: 2,
      stderr:
        'strata: eastrock is a pipeline without areas, so it has no commands of its own. To load its files, run: strata run eastrock\n',
    });
    expect(await strata('trips', 'weekly', '--help')).toMatchObject({
      code: 2,
      stderr:
        'strata: there is no command trips, and there is no pipeline trips among: eastrock. To add it, name all of them in STRATA_PIPELINES\n',
    });
    expect((await strata('stauts')).stderr).toContain("unknown command 'stauts'\n(Did you mean status?)");
  });

  it('says so in JSON too where that is asked for', async () => {
    const [missing, wrong, usage] = await Promise.all([
      strata('loads', '--json'),
      strata('run', 'nope', '--json'),
      strata('run', '--json'),
    ]);
    expect(JSON.parse(missing.stdout)).toEqual({
      ok: false,
      error: { type: 'misconfigured', message: missing.stderr.replace(/^strata: /, '').trim() },
    });
    expect(JSON.parse(wrong.stdout)).toMatchObject({
      ok: false,
      error: { type: 'usage', message: 'there is no pipeline nope among: eastrock. To add it, name all of them in STRATA_PIPELINES' },
    });
    expect(JSON.parse(usage.stdout)).toEqual({ ok: false, error: { type: 'usage', message: "missing required argument 'pipeline'" } });
    expect([missing.code, wrong.code, usage.code]).toEqual([1, 2, 2]);
  });
});
