import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openWarehouse } from '../../../src/connectors/mysql/warehouse.js';
import type { Warehouse } from '../../../src/engine/warehouse.js';
import { smallPipeline } from '../../support/small-pipeline.js';
import { StrataProcess } from '../../support/strata-process.js';

const pipeline = smallPipeline();
const env = {
  ...pipeline.settings,
  STRATA_PIPELINES: pipeline.variant((base) => ({
    ...base,
    feeds: base.feeds.map((feed) => ({ ...feed, delivery: { kind: 'snapshot', refuseAbove: 0.5 } })),
  })),
};
const replay = (...args: string[]) => StrataProcess.run(['quarantine', 'replay', ...args], env);

describe('strata quarantine replay of a refused snapshot', () => {
  let warehouse: Warehouse;
  beforeAll(async () => {
    expect(await StrataProcess.run(['migrate'], env)).toMatchObject({ code: 0, stderr: '' });
    warehouse = openWarehouse({ url: pipeline.settings.STRATA_MYSQL_URL!, prefix: pipeline.settings.STRATA_SCHEMA_PREFIX! });
    for (const [loadId, state] of [
      [1, 'refused'],
      [2, 'processed'],
    ] as const)
      await warehouse.execute(
        `insert into gear.loads (load_id, pipeline, feed, kind, store_url, object_key, etag, size_bytes, last_modified, identity, delivery_order, state, rows_staged, claimed_at)
         values (?, ?, 'users', 'pickup', 's3://shop/', 'users.csv', 'e', 1, '2026-03-01', unhex(sha2(?, 256)), ?, ?, 1, '2026-03-01')`,
        [loadId, pipeline.name, String(loadId), String(loadId), state],
      );
    await warehouse.execute(
      `insert into gear.quarantine (load_id, pipeline, feed, object_key, line_number, row_offset, row_bytes, reasons, raw, quarantined_at)
       values (1, ?, 'users', 'users.csv', 1, 0, 1, 'too_many_deletions', '', '2026-03-01')`,
      [pipeline.name],
    );
  });
  afterAll(async () => {
    await warehouse.close();
    pipeline.drop();
  });

  it('is not what a trial of such a file says to do, for nothing of a trial stays', async () => {
    await warehouse.execute(`update gear.loads set delivery_order = '' where load_id = 2`);
    await warehouse.execute(
      `insert into bulk.users (user_id, country, load_id, row_offset, created_at, updated_at)
       values (1, 'ES', 2, 0, '2026-03-01', '2026-03-01'), (2, 'FR', 2, 9, '2026-03-01', '2026-03-01'), (3, 'IT', 2, 18, '2026-03-01', '2026-03-01')`,
    );
    const folder = mkdtempSync(join(tmpdir(), 'strata-tried-'));
    writeFileSync(join(folder, 'users.csv'), 'UserID,Country\n1,ES\n');
    const { stdout } = await StrataProcess.run(['run', pipeline.name, '--dry-run', join(folder, 'users.csv')], env);
    rmSync(folder, { recursive: true });
    expect(stdout.replace(/\s+/g, ' ').trim()).toBe(
      'users.csv would be refused by the feed users: it lacks 2 of the 3 keys of bulk.users, and refuseAbove allows 50 % of them. Nothing was changed',
    );
    expect(await warehouse.query('select count(*) as n from bulk.users')).toEqual([{ n: 3 }]);
    await warehouse.execute(`update gear.loads set delivery_order = '2' where load_id = 2`);
  });

  it('says how to accept it, accepts it, and refuses it once a later one was processed', async () => {
    const asked = await replay('1');
    expect(asked.code).toBe(2);
    expect(asked.stderr).toContain(
      'load 1 was refused because it would delete too many keys. If its file is right, add --accept-deletions',
    );
    expect((await replay('2', '--accept-deletions')).stderr).toContain('load 2 was not refused because of deleted keys');
    await warehouse.execute(`insert into gear.snapshots (pipeline, entity, feed, load_id) values (?, 'users', 'users', 2)`, [
      pipeline.name,
    ]);
    for (const args of [['1'], ['1', '--accept-deletions']])
      expect(await replay(...args)).toMatchObject({
        code: 2,
        stderr: expect.stringContaining('a later snapshot was processed since') as unknown,
      });
    expect(await warehouse.query('select state from gear.loads where load_id = 1')).toEqual([{ state: 'refused' }]);
    await warehouse.execute('delete from gear.snapshots');
    // Again, as by somebody who did not hear that it is done.
    for (const state of ['staged', 'staged', 'processed']) {
      await warehouse.execute(`update gear.loads set state = 'processed' where load_id = 1 and ?`, [state === 'processed']);
      const accepted = await replay('1', '--accept-deletions', '--json');
      expect(JSON.parse(accepted.stdout)).toEqual({ loadId: 1, state });
    }
    expect((await replay('1', '--accept-deletions')).stdout).toContain('load 1 was accepted before, and is processed');
  });
});
