import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Client } from 'pg';
import { checkDatabase } from '../../../src/cli/doctor/extracts/check-database.js';
import type { Project } from '../../../src/config/load-project.js';
import { openSnapshot } from '../../../src/connectors/postgres/snapshot.js';
import { failureTypes } from '../../../src/contracts/failures.js';
import type { Warehouse } from '../../../src/engine/warehouse.js';
import type { Postgres } from '../../../tools/servers/postgres.js';
import { ExtractLab, gearWarehouse } from '../../support/pipelines/extract-lab.js';
import { connectPostgres, ownPostgres } from '../../support/servers/own-postgres.js';
import { ownStandby, type Standby } from '../../support/servers/own-standby.js';
import { warehouse as server } from '../../support/servers/servers.js';
import { until } from '../../support/until.js';

/*
 * A standby that lets no query hold up what it has to take in. VACUUM on its primary removes versions of rows that a snapshot of the standby
 * still sees, so the standby ends the session of the snapshot.
 */
let primary: Postgres;
let warehouse: Warehouse;
let lab: ExtractLab;
let replica: Standby;
let standby: Client;
let source: { readonly url: string; readonly setting: string; readonly schema: string };
beforeAll(async () => {
  primary = await ownPostgres(['autovacuum=off']);
  warehouse = await gearWarehouse(server.url);
  lab = await ExtractLab.open(
    primary,
    warehouse,
    ['item', 'price'].map((name) => ({ name, key: ['id'], mark: 'last_updated' })),
  );
  for (const name of ['item', 'price'])
    await lab.client.query(`create table ${name} (id int primary key, note text, last_updated timestamp);
      insert into ${name} select n, 'first', '2026-01-01' from generate_series(1, 20) n`);
  replica = await ownStandby(primary, ['max_standby_streaming_delay=0', 'hot_standby_feedback=off']);
  source = { url: replica.urlOf(lab.url), setting: 'SHOP_DATABASE_URL', schema: 'public' };
  standby = await connectPostgres(source.url);
}, 120_000);
afterAll(async () => {
  await standby?.end();
  await lab?.close();
  await warehouse?.close();
});

const sessions = async (state: string) =>
  Number(
    (
      await standby.query<{ n: string }>(
        "select count(*) as n from pg_stat_activity where application_name = 'strata extract' and state like $1",
        [state],
      )
    ).rows[0]!.n,
  );

/** Of all sessions of extracts: the standby takes in what VACUUM wrote only without them. */
async function conflict(): Promise<void> {
  await lab.client.query("update price set note = note || '.' where id = 1");
  await lab.client.query('vacuum price');
  await until(async () => (await sessions('%')) === 0);
}

test('a conflict with recovery costs an attempt, never a row, and says what it was', async () => {
  await withConflicts().finally(() => replica.stop());
}, 240_000);

async function withConflicts(): Promise<void> {
  await replica.follow();

  const snapshot = await openSnapshot(source, new AbortController().signal);
  const reading = (async () => {
    for await (const piece of snapshot.copy('select pg_sleep(100) from public.item limit 1', 'item')) void piece;
  })();
  const said = { type: 'contention', message: expect.stringMatching(/conflicts with the recovery of a standby\..* \(40001\)$/) };
  const cancelled = expect(reading).rejects.toMatchObject(said);
  await until(async () => (await sessions('active')) === 1);
  await conflict();
  await cancelled;
  await snapshot.close();
  expect(failureTypes.contention.retryable).toBe(true);

  // Between two tables nothing is asked of the standby: the next question hears of it.
  const attempt = lab.extract({}, { source, step: (name) => (name === 'before item 0' ? conflict() : Promise.resolve()) });
  await expect(attempt).rejects.toMatchObject(said);
  expect(await lab.manifests()).toEqual([]);

  await replica.follow();
  const replayed = async () =>
    (
      await standby.query<{ at: string }>(
        `select to_char(pg_last_xact_replay_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at`,
      )
    ).rows[0]!.at;
  const before = await replayed();
  const again = await lab.extract({}, { source });
  expect(again).toMatchObject({ run: 1, tables: [{ rows: 20 }, { rows: 20 }] });
  // What the standby shows is as old as what it has taken in, whatever its clock says.
  expect([before <= again.snapshotAt, again.snapshotAt <= (await replayed())]).toEqual([true, true]);
  for (const name of ['item', 'price']) expect(await lab.latest(name)).toEqual(await lab.source(name));

  const project = { settings: { environment: { SHOP_DATABASE_URL: source.url } } } as unknown as Project;
  const found = [];
  for await (const finding of checkDatabase(project, 'shop', lab.definition)) found.push(finding);
  expect(found[0]).toMatchObject({
    state: 'warning',
    message: expect.stringContaining('has to take in at once. The run is then tried again'),
  });
  expect(found[0]!.message).toContain('set hot_standby_feedback = on, or a longer max_standby_streaming_delay');
}
