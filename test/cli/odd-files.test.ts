import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, open, readdir, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openWarehouse } from '../../src/connectors/mysql/warehouse.js';
import type { Warehouse } from '../../src/engine/warehouse.js';
import { freshPrefix, temporal, warehouse } from '../support/servers/servers.js';
import { StrataProcess } from '../support/strata-process.js';

const prefix = freshPrefix();
const name = `odd_${prefix.slice(1, 7)}`;
const header = 'UserID,Country\n';

describe('a folder with odd files', () => {
  let lab: string;
  let source: string;
  let env: Record<string, string>;
  let connected: Warehouse;
  let worker: StrataProcess;
  beforeAll(async () => {
    lab = await mkdtemp(join(tmpdir(), 'strata-odd-'));
    source = join(lab, 'source');
    await mkdir(source);
    await mkdir(join(lab, 'sql'));
    const column = (column: string, heading: string, type: object, reason: string) => ({ name: column, header: heading, type, reason });
    const columns = [
      column('user_id', 'UserID', { kind: 'integer', min: '1', max: '4294967295' }, 'bad_key'),
      column('country', 'Country', { kind: 'text', maxLength: 20, empty: 'Unknown' }, 'too_long'),
    ];
    const definition = {
      name,
      sourceSetting: 'ODD_SOURCE_URL',
      schedules: { pickup: '*/3 * * * *', process: '*/10 * * * *', aggregate: '*/10 * * * *' },
      feeds: [
        {
          name: 'users',
          match: '^users.*\\.csv$',
          reasons: ['bad_key', 'too_long'],
          columns,
        },
      ],
      entities: [{ name: 'users', key: ['user_id'], values: ['country'], from: [{ feed: 'users' }] }],
      surrogates: [],
      vault: { hubs: [{ name: 'user', key: 'user_id', from: [{ entity: 'users', column: 'user_id' }] }], links: [], satellites: [] },
      sqlFolder: 'sql',
    };
    await writeFile(join(lab, 'pipeline.json'), JSON.stringify(definition));
    env = {
      STRATA_MYSQL_URL: warehouse.url,
      STRATA_SCHEMA_PREFIX: prefix,
      STRATA_TASK_QUEUE: name,
      STRATA_PIPELINES: join(lab, 'pipeline.json'),
      STRATA_FOLDER_QUIET_SECONDS: '1',
      STRATA_FOLDER_UNFINISHED_SECONDS: '20',
      TEMPORAL_ADDRESS: temporal.address,
      ODD_SOURCE_URL: pathToFileURL(source).href,
    };
    expect(await StrataProcess.run(['migrate'], env)).toMatchObject({ code: 0 });
    connected = openWarehouse({ url: warehouse.url, prefix, connections: 2 });
    worker = await StrataProcess.startWorker(env);
  });
  afterAll(async () => {
    await worker.stop();
    await connected.close();
    // Not by Node, which can't spell all names.
    await promisify(execFile)('rm', ['-r', lab]);
  });

  const users = async () => {
    const rows = await connected.query<{ user_id: number; country: string }>('select user_id, country from bulk.users order by user_id');
    return rows.map(({ user_id: id, country }) => [Number(id), country]);
  };
  const run = () => StrataProcess.run(['run', name], env);

  it('loads none of a file whose writer stalls in a line, and all of it once it is complete', async () => {
    const writer = await open(join(source, 'users_slow.csv'), 'a');
    await writer.write(`${header}1,Peru\n2,Latv`);
    const early = run();
    await sleep(8_000);
    await writer.write('ia\n3,Estonia\n4,Peru\n');
    await writer.close();
    expect(await early).toMatchObject({ code: 0 });
    expect(await run()).toMatchObject({ code: 0 });
    expect(await users()).toEqual([
      [1, 'Peru'],
      [2, 'Latvia'],
      [3, 'Estonia'],
      [4, 'Peru'],
    ]);
  });

  it('loads a file whose last line has no end within one run', async () => {
    await writeFile(join(source, 'users_unended.csv'), `${header}5,Peru`);
    expect(await run()).toMatchObject({ code: 0 });
    expect(await users()).toContainEqual([5, 'Peru']);
    expect(await readdir(source)).not.toContain('users_unended.csv');
  });

  it('names what it leaves alone, and loads what lies beside it', async () => {
    await promisify(execFile)('sh', ['-c', `printf '${header.trim()}\\n6,Peru\\n' > "${source}/$(printf 'users-K\\366ln.csv')"`]);
    await promisify(execFile)('mkfifo', [join(source, 'users_fifo.csv')]);
    await symlink('../sql', join(source, '.strata-evil'));
    await writeFile(join(source, 'users_good.csv'), `${header}7,Peru\n`);
    const ran = await run();
    expect(ran.code).toBe(0);
    expect(ran.stdout).toMatch(/\nFiles left alone:\n(?: {2}users.* was left alone: it.*\n){2}/);
    expect(ran.stdout).toContain('  users_fifo.csv was left alone: it is not a regular file: remove it\n');
    expect(ran.stdout).toMatch(/\/run is done, BUT 2 files were left alone: they are listed above\n$/);
    expect(await StrataProcess.run(['run', name, '--fail-on', 'left-alone'], env)).toMatchObject({ code: 1 });
    expect(await users()).toContainEqual([7, 'Peru']);
    const { stdout } = await StrataProcess.run(['status', name], env);
    expect(stdout).toContain(
      String.raw`users-K\xf6ln.csv: its name is not UTF-8, so no pickup takes it: rename it, in bash: mv -n -- $'users-K\xf6ln.csv' $'users-K_ln.csv'`,
    );
    expect(stdout).toContain('users_fifo.csv: it is not a regular file');
    expect(stdout).toContain('.strata-evil: ');
    const [{ source: seen }] = JSON.parse((await StrataProcess.run(['status', name, '--json'], env)).stdout) as [
      { source: { leftAlone: { files: number } } },
    ];
    expect(seen.leftAlone.files).toBe(3);
    expect(worker.output).toContain('its name is not UTF-8');
    const [, command = ''] = /in bash: (mv .*)$/m.exec(stdout) ?? [];
    await promisify(execFile)('bash', ['-c', command], { cwd: source });
    expect((await run()).code).toBe(0);
    expect(await users()).toContainEqual([6, 'Peru']);
  });

  it('lists the first files that no pickup takes, and all of them when asked', async () => {
    const names = Array.from({ length: 25 }, (_, index) => `notes-${index + 1}.txt`);
    for (const each of names) for (const key of [each, `.${each}`]) await writeFile(join(source, key), 'text\n');
    const links = Array.from({ length: 7 }, (_, index) => `users_link${index + 1}.csv`);
    for (const each of links) await symlink('elsewhere.csv', join(source, each));
    // The fifo of an earlier test is still there.
    expect((await run()).stdout).toMatch(/\/run is done, BUT 8 files were left alone: to see them, run: strata status --all\n$/);
    const status = async (...options: string[]) => (await StrataProcess.run(['status', name, ...options], env)).stdout;
    const few = await status();
    const hint = `To see all of them, run: strata status ${name} --all`;
    expect(few).toMatch(
      new RegExp(`^25 other files match no feed and are left alone: (notes-\\d+\\.txt, ){4}notes-\\d+\\.txt and 20 more\\. ${hint}$`, 'm'),
    );
    expect(few).toMatch(new RegExp(`^  and \\d+ more\\. ${hint}$`, 'm'));
    const all = await status('--all');
    for (const each of names) {
      expect(all).toContain(`\n  ${each}\n`);
      expect(all).toContain(`\n  .${each}: its name begins with a dot`);
    }
    for (const each of links) expect(all).toContain(`\n  ${each}: it is a symbolic link`);
    expect(all).not.toContain(' more');
    const [{ source: seen }] = JSON.parse(await status('--all', '--json')) as [{ source: { others: { keys: string[] } } }];
    expect(seen.others.keys.sort()).toEqual([...names].sort());
    for (const each of [...links, ...names, ...names.map((key) => `.${key}`)]) await rm(join(source, each));
  });

  it('waits in a backfill and in a run for files that may still be being written, beside others', async () => {
    const old = join(lab, 'old');
    const file = (id: number) => `${header}${id},Peru`;
    for (const [folder, first] of [
      [old, 20],
      [source, 23],
    ] as const) {
      await mkdir(folder, { recursive: true });
      await writeFile(join(folder, 'users_a.csv'), `${file(first)}\n`);
      await writeFile(join(folder, 'users_b.csv'), file(first + 1));
      await writeFile(join(folder, 'users_c.csv'), '');
    }
    await utimes(join(old, 'users_a.csv'), new Date('2099-01-01'), new Date('2099-01-01'));
    const [backfill, ran] = await Promise.all([
      StrataProcess.run(['backfill', name, 'users', '--from', pathToFileURL(old).href], env),
      StrataProcess.run(['run', name, '--json'], env),
    ]);
    expect(backfill.code).toBe(0);
    expect(backfill.stderr).toMatch(/users: waits until 2 files have not changed for 20 s/);
    expect(backfill.stdout).toMatch(/ is done, BUT 1 file was refused/);
    expect(backfill.stdout.replace(/\s+/g, ' ')).toContain(
      'Files with a time in the future: users_a.csv was claimed: its time, 2099-01-01T00:00:00.000000Z, is in the future',
    );
    // The fifo of an earlier test is still there.
    expect(JSON.parse(ran.stdout)).toMatchObject({
      pickups: { users: { found: 3, staged: 2, refused: 1, leftAlone: { files: 1, waiting: 0 } } },
    });
    expect(await users()).toEqual(expect.arrayContaining([20, 21, 23, 24].map((id) => [id, 'Peru'])));
  });

  it('shows what a backfill leaves alone', async () => {
    const archive = join(lab, 'archive');
    await mkdir(join(archive, '2026'), { recursive: true });
    await promisify(execFile)('mkfifo', [join(archive, '2026', 'users_pipe.csv')]);
    await writeFile(join(archive, '2026', 'users_old.csv'), `${header}9,Peru\n`);
    const backfill = ['backfill', name, 'users', '--from', pathToFileURL(archive).href];
    const people = await StrataProcess.run(backfill, env);
    expect(people.code).toBe(0);
    expect(people.stdout).toContain('  2026/users_pipe.csv was left alone: it is not a regular file: remove it\n');
    expect(people.stdout).toMatch(/ is done, BUT 1 file was left alone: it is listed above\n$/);
    const strict = await StrataProcess.run([...backfill, '--fail-on', 'left-alone', '--json'], env);
    expect(strict.code).toBe(1);
    expect(JSON.parse(strict.stdout)).toMatchObject({
      ok: false,
      pickups: { users: { leftAlone: { files: 1, first: [{ object: '2026/users_pipe.csv' }] } } },
      failures: ['1 file was left alone (--fail-on left-alone)'],
    });
  });

  it('moves a refused file through no link, says so, and loads the good one', async () => {
    await mkdir(join(lab, 'outside'));
    await rm(join(source, 'quarantine'), { recursive: true, force: true });
    await symlink('../outside', join(source, 'quarantine'));
    await writeFile(join(source, 'users_bad.csv'), 'Nonsense\nattacker\n');
    await writeFile(join(source, 'users_fine.csv'), `${header}8,Peru\n`);
    const ran = await run();
    expect(ran.code).toBe(1);
    expect(ran.stdout + ran.stderr).toContain('links are not followed');
    expect(await users()).toContainEqual([8, 'Peru']);
    expect(await readdir(join(lab, 'outside'))).toEqual([]);
    expect(await readdir(source)).toContain('users_bad.csv');
  });
});
