import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Finding } from '../../src/cli/doctor/finding.js';
import { freshPrefix, temporal, warehouse } from '../support/servers/servers.js';
import { StrataProcess, type Settings } from '../support/strata-process.js';
import { until } from '../support/until.js';

const source = mkdtempSync(join(tmpdir(), 'strata-cli-'));
const archive = mkdtempSync(join(tmpdir(), 'strata-cli-archive-'));
const prefix = freshPrefix();
/** A name of its own: workflow ids and schedules of a namespace are shared by all tests. */
const name = `cli_${prefix.slice(1, 7)}`;
const env = {
  STRATA_MYSQL_URL: warehouse.url,
  STRATA_SCHEMA_PREFIX: prefix,
  STRATA_TASK_QUEUE: name,
  STRATA_PIPELINES: join(archive, 'pipeline.json'),
  TEMPORAL_ADDRESS: temporal.address,
  CLI_SOURCE_URL: pathToFileURL(source).href,
};
const definition = {
  name,
  sourceSetting: 'CLI_SOURCE_URL',
  // Their time does not come while this runs: a pickup of theirs would land the files before the run that is looked at, and count them.
  schedules: { pickup: '0 0 1 1 *', process: '0 0 2 1 *', aggregate: '0 0 2 1 *' },
  feeds: [
    {
      name: 'users',
      match: '^users([-_].*)?\\.csv$',
      reasons: ['bad_key', 'too_long'],
      columns: [
        { name: 'user_id', header: 'UserID', type: { kind: 'integer', min: '1', max: '4294967295' }, reason: 'bad_key' },
        { name: 'country', header: 'Country', type: { kind: 'text', maxLength: 20, empty: 'Unknown' }, reason: 'too_long' },
      ],
    },
  ],
  entities: [{ name: 'users', key: ['user_id'], values: ['country'], from: [{ feed: 'users' }] }],
  surrogates: [],
  vault: { hubs: [{ name: 'user', key: 'user_id', from: [{ entity: 'users', column: 'user_id' }] }], links: [], satellites: [] },
  sqlFolder: 'sql',
};

/** Puts files and waits until a folder's store takes them for written. */
async function put(folder: string, files: Record<string, string>): Promise<void> {
  for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, file), text);
  await sleep(2_500);
}

describe('the commands', () => {
  let worker: StrataProcess | undefined;
  beforeAll(() => {
    writeFileSync(join(archive, 'pipeline.json'), JSON.stringify(definition));
    mkdirSync(join(archive, 'sql'));
  });
  afterAll(async () => {
    await StrataProcess.run(['schedules', 'remove', name], env);
    await worker?.stop();
    rmSync(source, { recursive: true });
    rmSync(archive, { recursive: true });
  });

  it('show help with examples, and exit with 2 when they are called wrongly', async () => {
    const [help, wrong, missing] = await Promise.all([
      StrataProcess.run(['quarantine', 'list', '--help'], env),
      StrataProcess.run(['rum'], env),
      StrataProcess.run(['run'], env),
    ]);
    expect(help.code).toBe(0);
    expect(help.stdout).toContain('$ strata quarantine list --load 12');
    expect(wrong.code).toBe(2);
    expect(missing.code).toBe(2);
    expect(missing.stderr).toContain("missing required argument 'pipeline'");
    const dry = await StrataProcess.run(['backfill', name, 'users', '--from', 'file:///', '--dry-run', '--json'], env);
    expect(dry).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--dry-run is not supported here. To see which files wait') as unknown,
    });
    expect(JSON.parse(dry.stdout)).toMatchObject({
      error: { type: 'usage', message: expect.stringContaining(`what a run would load, run: strata run ${name} --dry-run`) as unknown },
    });
  });

  it('refuse to start a worker before migrate, and name the command', async () => {
    const ran = await StrataProcess.run(['worker'], env);
    expect(ran.code).toBe(1);
    expect(ran.stderr).toContain('Run: strata migrate');
  });

  it('migrate once, then say that everything is current', async () => {
    const first = await StrataProcess.run(['migrate'], env);
    expect(first).toMatchObject({ code: 0, stderr: '' });
    expect(first.stdout).toContain('bulk.users created');
    expect(JSON.parse((await StrataProcess.run(['migrate', '--json'], env)).stdout)).toEqual({ changes: [], searchAttributes: [] });
  });

  it('say that a pipeline reads no database, and name no command that can do nothing for it', async () => {
    const refused = { code: 2, stderr: `strata: ${name} has no extract: it reads no database and asks no server\n` };
    for (const args of [
      ['catalogue', name],
      ['catalogue', name, '--json'],
      ['lake', 'runs', name],
      ['extract', name],
    ])
      expect(await StrataProcess.run(args, env)).toMatchObject(refused);
  });

  it('refuse to start a worker whose metrics find their port taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const taken = `127.0.0.1:${(other.address() as AddressInfo).port}`;
    const { code, stderr } = await StrataProcess.run(['worker'], { ...env, STRATA_METRICS_ADDRESS: taken });
    other.close();
    expect(code).toBe(1);
    expect(stderr).toContain(`strata: no metrics can be served at ${taken}, the address in STRATA_METRICS_ADDRESS: `);
  });

  it('apply schedules idempotently, and keep a pause with its note', async () => {
    const ids = [`${name}/users/pickup`, `${name}/process`, `${name}/aggregate`];
    const applied = async () =>
      JSON.parse((await StrataProcess.run(['schedules', 'apply', '--json'], env)).stdout) as { id: string; cron: string; change: string }[];
    expect(await applied()).toEqual(ids.map((id) => ({ id, cron: id.endsWith('pickup') ? '0 0 1 1 *' : '0 0 2 1 *', change: 'created' })));
    // Temporal lists what was done a moment later.
    const listed = async () => JSON.parse((await StrataProcess.run(['schedules', 'list', '--json'], env)).stdout) as { paused: boolean }[];
    await until(async () => (await listed()).length === 3);
    expect((await StrataProcess.run(['schedules', 'pause', name, '--note', 'source moves'], env)).code).toBe(0);
    expect((await applied()).map(({ change }) => change)).toEqual(['unchanged', 'unchanged', 'unchanged']);
    await until(async () => (await listed()).every(({ paused }) => paused));
    const schedules = await listed();
    expect(schedules).toHaveLength(3);
    for (const schedule of schedules) expect(schedule).toMatchObject({ paused: true, note: 'source moves' });
    const nothing = await StrataProcess.run(['schedules', 'pause', `${name}/nothing`], env);
    expect(nothing).toMatchObject({ code: 1, stderr: `strata: there is no schedule ${name}/nothing. Run: strata schedules list\n` });
  });

  it('end the watching, and not the run, on Ctrl-C, also while no worker answers', async () => {
    const run = StrataProcess.start(['run', name], env);
    await run.says('no worker serves the task queue');
    const stopped = Date.now();
    const { code, stderr } = await run.stop('SIGINT');
    expect(code).toBe(130);
    expect(Date.now() - stopped).toBeLessThan(8_000);
    expect(stderr).toContain(`${name}/run goes on without a watcher. To watch it again: strata run ${name}`);
    const connection = await Connection.connect({ address: temporal.address });
    await new Client({ connection }).workflow.getHandle(`${name}/run`).terminate();
    await connection.close();
  });

  it('run a pipeline to its end: plain lines for people, JSON for scripts, quarantine and status afterwards', async () => {
    worker = await StrataProcess.startWorker(env);
    await put(source, { 'users.csv': 'UserID,Country\n1,ES\n2,PT\nx,FR\n', 'readme.txt': 'not a delivery' });
    const run = await StrataProcess.run(['run', name], env);
    expect(run.stderr).not.toContain('\x1b');
    expect(run.stderr).not.toContain('Warning');
    expect(run.stdout).toContain(`${name}/run is done`);
    expect(run.stdout.trimEnd().split('\n').at(-1)).toBe(
      `${name}/run is done, BUT 1 row of these files went to quarantine: to see them, run: strata quarantine list`,
    );
    expect(run.code).toBe(0);

    await put(source, { 'users-2.csv': 'UserID,Country\n2,DE\n3,\n' });
    const report = JSON.parse((await StrataProcess.run(['run', name, '--json'], env)).stdout) as Record<string, object>;
    expect(report).toMatchObject({
      ok: true,
      failures: [],
      pickups: { users: { staged: 1, rows: 2 } },
      feeds: { users: { inserted: 1, updated: 1 } },
    });

    const listed = JSON.parse((await StrataProcess.run(['quarantine', 'list', '--json'], env)).stdout) as {
      quarantineId: number;
      loadId: number;
      folder: string;
    }[];
    expect(listed).toMatchObject([
      { lineNumber: 4, reasons: ['bad_key'], objectKey: 'users.csv', rules: [{ column: 'UserID', place: 1, reason: 'bad_key' }] },
    ]);
    expect(JSON.stringify(listed)).not.toContain('x,FR');
    const rule = 'UserID (column 1) must be a whole number from 1 to 4294967295, in digits alone [bad_key]';
    expect((await StrataProcess.run(['quarantine', 'list', name], env)).stdout).toContain(`: ${rule}\n`);
    expect((await StrataProcess.run(['quarantine', 'show', String(listed[0]?.quarantineId)], env)).stdout).toContain(
      `- ${rule}: found "x"\n`,
    );
    expect((await StrataProcess.run(['quarantine', 'show', String(listed[0]?.quarantineId)], env)).stdout).toContain('x,FR');
    const exported = await StrataProcess.run(['quarantine', 'export', String(listed[0]?.loadId)], env);
    expect(exported).toMatchObject({ code: 0, stdout: `strata_row,UserID,Country\n${listed[0]?.loadId}@25,x,FR\n` });
    expect(exported.stderr).toContain(`rows of load ${listed[0]?.loadId} written: 1`);
    const early = await StrataProcess.run(['quarantine', 'replay', String(listed[0]?.loadId)], env);
    expect(early).toMatchObject({ code: 2, stdout: '' });
    expect(early.stderr.replace(/\s+/g, ' ')).toMatch(
      new RegExp(
        `there is no file of users in file:.*/quarantine/(${listed[0]?.loadId}-\\w+/)\\. Put the corrected file into quarantine/\\1 of`,
      ),
    );
    const loads = JSON.parse((await StrataProcess.run(['loads', '--json'], env)).stdout) as object[];
    expect(loads).toMatchObject([
      { state: 'processed', sourceState: 'deleted' },
      { state: 'processed', sourceState: 'deleted' },
    ]);
    expect(JSON.parse((await StrataProcess.run(['loads', '--object', 'users-2', '--json'], env)).stdout)).toMatchObject([
      { objectKey: 'users-2.csv', claimedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) as unknown },
    ]);
    expect(JSON.parse((await StrataProcess.run(['loads', '--object', 'users_c', '--json'], env)).stdout)).toEqual([]);
    expect(JSON.parse((await StrataProcess.run(['loads', '1', '--json'], env)).stdout)).toMatchObject({
      loadId: 1,
      columns: ['user_id', 'country'],
      problem: null,
      enrichments: [],
    });
    expect((await StrataProcess.run(['loads', '1'], env)).stdout).toMatch(
      /^load: 1 \(pickup\)\nfeed: .*\/users\n(.*\n)+columns: user_id, country\n/,
    );
    expect(await StrataProcess.run(['loads', '99'], env)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('there is no load 99'),
    });
    const [status] = JSON.parse((await StrataProcess.run(['status', '--json'], env)).stdout) as Record<string, object>[];
    expect(status).toMatchObject({
      source: { feeds: { users: { files: 0 } }, others: { files: 1, keys: ['readme.txt'] } },
      lags: [{ behind: 0 }, { behind: 0 }, { behind: 0 }, { behind: 0 }],
      worker: true,
    });
    expect((await StrataProcess.run(['status'], env)).stdout).toContain('readme.txt');

    // The mended row and one before it in its file: each keeps its place.
    const place = join(source, listed[0]!.folder);
    mkdirSync(place, { recursive: true });
    await put(place, { 'users-mended.csv': `${exported.stdout.replace('x,FR', '4,FR')}${listed[0]?.loadId}@0,1,PT\n` });
    const replayed = JSON.parse(
      (await StrataProcess.run(['backfill', name, 'users', '--from', pathToFileURL(place).href, '--json'], env)).stdout,
    ) as object;
    expect(replayed).toMatchObject({
      ok: true,
      pickups: { users: { staged: 1, rows: 2 } },
      feeds: { users: { inserted: 1, outdated: 1 } },
    });
  });

  it('backfill from a folder without touching it, and do nothing twice', async () => {
    await put(archive, { 'users-old.csv': 'UserID,Country\n9,FR\n' });
    const backfill = async () =>
      JSON.parse(
        (await StrataProcess.run(['backfill', name, 'users', '--from', pathToFileURL(archive).href, '--json'], env)).stdout,
      ) as Record<string, object>;
    expect(await backfill()).toMatchObject({
      ok: true,
      pickups: { users: { claimed: 1, staged: 1, rows: 1 } },
      feeds: { users: { inserted: 1 } },
    });
    expect(await backfill()).toMatchObject({ ok: true, pickups: { users: { claimed: 0, staged: 0 } } });
    expect(existsSync(join(archive, 'users-old.csv'))).toBe(true);
  });

  it('say why a file was refused, and try it again with each backfill', async () => {
    const refused = join(archive, 'refused');
    mkdirSync(refused);
    await put(refused, { 'users-bad.csv': 'UserID,Town\n9,Paris\n' });
    for (let backfill = 1; backfill <= 2; backfill += 1) {
      const { stdout } = await StrataProcess.run(['backfill', name, 'users', '--from', pathToFileURL(refused).href, '--json'], env);
      expect(JSON.parse(stdout)).toMatchObject({ ok: true, pickups: { users: { claimed: 1, refused: 1 } } });
    }
    const none = await StrataProcess.run(['run', name], env);
    expect(none.stdout).toContain('no file there matches a feed. To see the files of the source that match no feed, run: strata status');
    const empty = pathToFileURL(join(archive, 'empty'));
    mkdirSync(empty);
    const nothing = await StrataProcess.run(['backfill', name, 'users', '--from', empty.href], env);
    expect(nothing.stdout.replace(/\s+/g, ' ')).toContain(`no file at ${empty.href}/ is one of the feed users`);
    expect(nothing.stdout).not.toContain('strata status');
    const from = ['backfill', name, 'users', '--from', pathToFileURL(refused).href];
    const people = await StrataProcess.run([...from, '--fail-on', 'quarantined'], env);
    expect(people.code).toBe(0);
    expect(people.stdout).toMatch(
      /\nRefused files:\n  users-bad\.csv \(load \d+\): column 2 of the header is not one of the feed's; the header lacks Country/,
    );
    expect(people.stdout).toMatch(/is done, BUT 1 file was refused: to see them, run: strata loads --state refused\n$/);
    expect(people.stdout).not.toContain('Town');
    const strict = await StrataProcess.run([...from, '--fail-on', 'quarantined,refused', '--json'], env);
    expect(strict.code).toBe(1);
    expect(JSON.parse(strict.stdout)).toMatchObject({ ok: false, failures: ['1 file was refused (--fail-on refused)'] });
    expect(await StrataProcess.run([...from, '--fail-on', 'all'], env)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('"all" is not one of refused, quarantined, replaced, gone, left-alone') as unknown,
    });
    const listed = JSON.parse((await StrataProcess.run(['quarantine', 'list', '--json'], env)).stdout) as {
      quarantineId: number;
      loadId: number;
      folder: string;
    }[];
    const shown = (await StrataProcess.run(['quarantine', 'show', String(listed[0]?.quarantineId)], env)).stdout;
    expect(shown).toContain(
      "reasons: bad_header (column 2 of the header is not one of the feed's; the header lacks Country. Expected: UserID, Country",
    );
    expect(shown).toContain('found: "UserID", "Town"');
    expect(shown).toContain('UserID,Town');
    const exported = await StrataProcess.run(['quarantine', 'export', String(listed[0]?.loadId)], env);
    expect(exported).toMatchObject({ code: 2, stdout: '' });
    expect(exported.stderr).toContain(`has no rows to export. A refused file is in ${listed[0]?.folder} of its source`);
  });

  it('tell by doctor which schedules no definition asks for any more, those of a pipeline that is gone too', async () => {
    const schedules = async (settings: Settings) => {
      const { findings } = JSON.parse((await StrataProcess.run(['doctor', '--json'], settings)).stdout) as { findings: Finding[] };
      return findings.find(({ check }) => check === 'schedules');
    };
    const shorter = join(archive, 'shorter.json');
    const [users] = definition.feeds;
    const [entity] = definition.entities;
    const renamed = { feeds: [{ ...users, name: 'members' }], entities: [{ ...entity, from: [{ feed: 'members' }] }] };
    writeFileSync(shorter, JSON.stringify({ ...definition, ...renamed }));
    const remove = (id: string) => `${id} belongs to no definition. Run: strata schedules remove ${id}`;
    expect((await schedules({ ...env, STRATA_PIPELINES: shorter }))?.message.split('\n')).toContain(remove(`${name}/users/pickup`));
    const without = await schedules({ ...env, STRATA_PIPELINES: 'eastrock' });
    expect(without).toMatchObject({ state: 'warning' });
    for (const id of ['aggregate', 'process', 'users/pickup']) expect(without?.message.split('\n')).toContain(remove(`${name}/${id}`));
    // Other task queues have workers with other definitions.
    expect((await schedules({ ...env, STRATA_PIPELINES: 'eastrock', STRATA_TASK_QUEUE: `${name}_2` }))?.message).not.toContain(name);
    expect((await schedules(env))?.message).not.toContain('belongs to no definition');
  });

  it('tell by doctor that no check failed, and what mends what is not well', async () => {
    const well = JSON.parse((await StrataProcess.run(['doctor', '--json'], env)).stdout) as { ok: boolean };
    expect(well).toMatchObject({ ok: true });
    // The schedules are paused.
    expect((await StrataProcess.run(['doctor'], env)).stdout).toMatch(/\nno check failed, \d notes?\n$/);
    const wrongPassword = await StrataProcess.run(['doctor'], {
      ...env,
      STRATA_MYSQL_URL: warehouse.url.replace(/\/\/[^@]*@/, '//nobody:wrong@'),
    });
    expect(wrongPassword.code).toBe(1);
    expect(wrongPassword.stdout).toMatch(/FAIL {2}warehouse: .*STRATA_MYSQL_URL/);
    const noFolder = await StrataProcess.run(['doctor'], { ...env, CLI_SOURCE_URL: 'file:///nowhere/at/all' });
    expect(noFolder.stdout).toMatch(new RegExp(`FAIL {2}source of ${name}`));
    const misspelled = await StrataProcess.run(['doctor'], {
      ...env,
      STRATA_MYSQL_CONECTIONS: '5',
      STRATA_BENCH_MYSQL_URL: 'mysql://there',
    });
    expect(misspelled.stdout).toContain('there is no setting STRATA_MYSQL_CONECTIONS');
    expect(misspelled.stdout).not.toContain('STRATA_BENCH_MYSQL_URL');
    const noTemporal = await StrataProcess.run(['doctor'], { ...env, TEMPORAL_ADDRESS: '127.0.0.1:1' });
    expect(noTemporal.stdout).toContain('Set TEMPORAL_ADDRESS');
    expect(noTemporal.stdout).toContain('ok    warehouse');
  });

  it('end a worker on SIGTERM by itself, and doctor is not green without one from then on', async () => {
    expect(await worker?.stop()).toMatchObject({ code: 0 });
    const { code, stdout } = await StrataProcess.run(['doctor'], env);
    expect(code).toBe(1);
    expect(stdout).toContain(`FAIL  worker: no worker serves the task queue ${name}. To start work, run: strata worker\n`);
  });
});
