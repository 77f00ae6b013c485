import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { objectStore, temporal, warehouse } from '../support/servers/servers.js';

/** A demo takes 15 s on an idle machine; this one may be busy, or have to fetch a database first. */
jest.setTimeout(600_000);

let home: string;
beforeAll(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'strata-demo-'));
});
afterAll(() => rm(home, { recursive: true, force: true }));

interface Demo {
  readonly script: ChildProcess;
  readonly ended: Promise<number | null>;
  readonly output: () => string;
  /** Resolves when the output has this text, or when the demo ended. */
  readonly says: (text: string) => Promise<void>;
}

/** A demo with a cache folder of its own; Temporal and VersityGW are on its PATH, as everything else is its own affair. */
function demo(args: readonly string[], settings: Record<string, string> = {}): Demo {
  const usual = Object.entries(process.env).filter(([name]) => !/^(STRATA|AWS|TEMPORAL|EASTROCK|B2B|npm)_/.test(name));
  const programs = [temporal.program, objectStore.program].map((file) => path.dirname(file));
  const env = {
    ...Object.fromEntries(usual),
    HOME: home,
    XDG_CACHE_HOME: path.join(home, '.cache'),
    PATH: [...programs, process.env.PATH].join(path.delimiter),
    ...settings,
  };
  const script = spawn(process.execPath, ['tools/start.mjs', 'demo', ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  for (const stream of [script.stdout, script.stderr]) stream.setEncoding('utf8').on('data', (part: string) => (text += part));
  let running = true;
  const ended = new Promise<number | null>((resolve) => {
    script.once('close', (code) => {
      running = false;
      resolve(code);
    });
  });
  return {
    script,
    ended,
    output: () => text,
    async says(wanted) {
      while (running && !text.includes(wanted)) await sleep(100);
    },
  };
}

/** Processes that have the demo's folder in their command line: its servers, its worker and its guard. */
const processesOfDemos = () =>
  execFileSync('ps', ['-eww', '-o', 'args='], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line.includes(path.join(home, '.cache')));

async function remains(): Promise<{ processes: string[]; folders: string[] }> {
  // What the guard ends may take a moment.
  for (let waited = 0; waited < 600 && processesOfDemos().length > 0; waited++) await sleep(100);
  return { processes: processesOfDemos(), folders: await readdir(path.join(home, '.cache', 'strata', 'demo')) };
}

describe('the demo', () => {
  it('goes from generated files to tables in bus, says what happened and ends with 0', async () => {
    const { ended, output } = demo(['--once', '--rows', '600']);
    expect([await ended, output()]).toEqual([0, expect.stringContaining('bus.total_users')]);
    expect(output()).toMatch(/^ +staging +600 +from 3 files, all processed$/m);
    expect(output()).toMatch(/^ +quarantine +10 .*bad_type 1/m);
    expect(output()).toMatch(/^ +bulk .*\bpayments 200, users 100$/m);
    expect(output()).toMatch(/^ +bus +\d/m);
    expect(output()).not.toMatch(/\x1b\[/);
    expect(await remains()).toEqual({ processes: [], folders: [] });
  });

  it('brings the changes of a PostgreSQL of its own through a lake to the facts of totesys', async () => {
    const { ended, output } = demo(['--once', '--pipeline', 'totesys', '--rows', '300']);
    expect([await ended, output()]).toEqual([0, expect.stringContaining('strata extract totesys: from the database to bus')]);
    expect(output()).toMatch(/^ {2}bus\.fact_sales_order$/m);
    expect(output()).toContain('an alert would be sent: 1 row of sales_order is in quarantine');
  });

  it('runs b2b from the initial load over three days to reports and snapshots', async () => {
    const { ended, output } = demo(['--once', '--pipeline', 'b2b', '--rows', '200']);
    expect([await ended, output()]).toEqual([0, expect.stringContaining('strata run b2b --date 2020-06-24')]);
    expect(output()).toMatch(/^ +27 snapshots and reports of 3 dates, \d+ kB$/m);
    expect(output()).toMatch(/^ +2020-06-24 +6 +2020 +\d+\.\d\d /m);
    expect(await remains()).toEqual({ processes: [], folders: [] });
  });

  it('takes the files of a folder and leaves them there', async () => {
    const folder = path.join(home, 'files');
    await mkdir(folder, { recursive: true });
    await writeFile(path.join(folder, 'users-1.csv'), 'UserID,UserName,SignUpDate,Country\n1,Ada,1/2/2023,UK\n2,Bob,1/2/2023,DE\n');
    await writeFile(path.join(folder, 'notes.txt'), 'not for the bucket');
    const { ended, output } = demo(['--once', '--input', folder]);
    expect([await ended, output()]).toEqual([0, expect.stringContaining('users 2')]);
    expect(await readdir(folder)).toEqual(['notes.txt', 'users-1.csv']);
  });

  it('stays until Ctrl-C, twice at the same time, and leaves no process and no folder', async () => {
    const demos = [demo(['--rows', '60']), demo(['--rows', '60'])];
    await Promise.all(demos.map(({ says }) => says('until Ctrl-C')));
    expect(demos.map(({ output }) => /Temporal Web +http:\/\/127\.0\.0\.1:\d+/.test(output()))).toEqual([true, true]);
    // The command for the database can be copied as one line.
    for (const { output } of demos) expect((/^ +Database +\S+ -h.* bus$/m.exec(output())?.[0] ?? '').length).toBeLessThan(100);
    for (const { output } of demos) expect(output()).toMatch(/^ +Database +\S+ -h127\.0\.0\.1 -P\d+ -ustrata -p\w+ bus$/m);
    expect(processesOfDemos().length).toBeGreaterThan(6);
    for (const { script } of demos) script.kill('SIGINT');
    expect(await Promise.all(demos.map(({ ended }) => ended))).toEqual([0, 0]);
    expect(await remains()).toEqual({ processes: [], folders: [] });
  });

  it('leaves no process and no folder when it is killed with SIGKILL', async () => {
    const { script, ended, says } = demo(['--rows', '60']);
    await says('strata schedules apply');
    script.kill('SIGKILL');
    await ended;
    expect(await remains()).toEqual({ processes: [], folders: [] });
  });

  it('says what is wrong, not how it is programmed, and ends with another code than 0', async () => {
    const wrong = new URL(warehouse.url);
    wrong.password = 'wrong';
    const { ended, output } = demo(['--once', '--rows', '60'], { STRATA_MYSQL_URL: wrong.href });
    expect(await ended).toBe(1);
    expect(output()).toMatch(/strata migrate failed/);
    expect(output()).not.toMatch(/^ +at .*\.[mt]?[jt]s:\d+/m);
    expect(output()).not.toContain('wrong@');

    const unknown = demo(['--once', '--input', path.join(home, 'nowhere')]);
    expect([await unknown.ended, unknown.output()]).toEqual([2, expect.stringMatching(/^--input: there is no folder /)]);
  });
});
