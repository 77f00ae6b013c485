import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Finding } from '../../../src/cli/doctor/finding.js';
import { openWarehouse } from '../../../src/connectors/mysql/warehouse.js';
import { warehouse as server } from '../../support/servers/servers.js';
import { smallPipeline } from '../../support/small-pipeline.js';
import { StrataProcess } from '../../support/strata-process.js';

describe('the rights that strata doctor looks at', () => {
  const pipeline = smallPipeline();
  const prefix = pipeline.settings['STRATA_SCHEMA_PREFIX'] ?? '';
  const user = `nodel${prefix}`;
  const settings = {
    ...pipeline.settings,
    STRATA_MYSQL_URL: Object.assign(new URL(server.url), { username: user, password: 'p' }).href,
    STRATA_MYSQL_ADMIN_URL: server.url,
    STRATA_PIPELINES: pipeline.variant((base) => ({
      ...base,
      feeds: base.feeds.map((feed) => ({ ...feed, delivery: { kind: 'snapshot', refuseAbove: 0.2 } })),
    })),
  };
  const root = openWarehouse({ url: server.url, prefix: '' });
  const grants = async (): Promise<Finding | undefined> => {
    const { stdout } = await StrataProcess.run(['doctor', '--json'], settings);
    return (JSON.parse(stdout) as { findings: Finding[] }).findings.find(({ check }) => check === 'grants');
  };
  const grant = (rights: string, schema: string) => root.execute(`grant ${rights} on \`${prefix}${schema}\`.* to '${user}'@'%'`);
  beforeAll(async () => {
    expect(await StrataProcess.run(['migrate', '--warehouse-only'], settings)).toMatchObject({ code: 0 });
    await root.execute(`create user '${user}'@'%' identified by 'p'`);
    await grant('select, insert, delete', 'staging');
    await grant('select, insert, update', 'bulk');
    await grant('select, insert', 'vault');
    await grant('select, insert, update, delete', 'bus');
    await grant('select, insert, update, delete', 'gear');
  });
  afterAll(async () => {
    await root.execute(`drop user '${user}'@'%'`);
    await root.close();
    pipeline.drop();
  });

  it('are those on single tables of which workers delete rows, with the statement that grants them', async () => {
    const refused = await grants();
    const statement = `grant delete on \`${prefix}bulk\`.\`users\` to '${user}'@'%'`;
    expect(refused).toEqual({
      check: 'grants',
      state: 'wrong',
      message: `workers delete rows of these tables, and this login may not. As an administrator of the warehouse run:\n${statement}`,
    });
    await root.execute(statement);
    expect(await grants()).toMatchObject({ state: 'warning', message: expect.stringContaining('create temporary tables on') as unknown });
    await grant('create temporary tables', 'gear');
    expect(await grants()).toMatchObject({ state: 'good', message: 'all that a worker needs on rows' });
  });
});
