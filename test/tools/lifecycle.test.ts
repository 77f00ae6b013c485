import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { memoryFolder } from '../../tools/run/memory-folder.js';

const fixture = path.join('test', 'tools', 'run-fixture.ts');
/** Arguments by which Node runs TypeScript, in one process. */
const node = ['--import', 'tsx'];
let cache: string;

beforeAll(async () => {
  cache = await mkdtemp(path.join(tmpdir(), 'strata-lifecycle-'));
});
afterAll(() => rm(cache, { recursive: true, force: true }));

interface Started {
  readonly script: ChildProcess;
  /** Pid of its child, which is the leader of a process group. */
  readonly child: number;
  readonly folder: string;
  readonly ended: Promise<number | null>;
}

async function start(mode: 'end' | 'fail' | 'stay', place: 'disk' | 'memory' = 'disk'): Promise<Started> {
  const home: NodeJS.ProcessEnv = { ...process.env, XDG_CACHE_HOME: cache, HOME: cache };
  // Under npm a script also ends when npm does, which is no part of these tests.
  delete home.npm_lifecycle_event;
  const args = [...node, fixture, mode, place];
  return started(spawn(process.execPath, args, { env: home, stdio: ['ignore', 'pipe', 'ignore'], detached: true }));
}

/** The fixture as npm runs it, with a shell between. */
async function startUnderNpm(): Promise<Started> {
  const npm = path.join(cache, 'npm');
  await writeFile(npm, `sh -c '"$0" "$@" stay; exit $?' ${process.execPath} ${node.join(' ')} ${fixture}\nexit $?\n`);
  const env = { ...process.env, XDG_CACHE_HOME: cache, HOME: cache, npm_lifecycle_event: 'demo' };
  return started(spawn('/bin/sh', [npm], { env, stdio: ['ignore', 'pipe', 'ignore'], detached: true }));
}

async function started(script: ChildProcess): Promise<Started> {
  const ended = new Promise<number | null>((resolve) => script.once('exit', resolve));
  for await (const line of createInterface({ input: script.stdout! })) {
    return { script, ended, ...(JSON.parse(line) as { child: number; folder: string }) };
  }
  throw new Error('the fixture said nothing');
}

/** True while any process of the group runs. */
function groupRuns(leader: number): boolean {
  try {
    process.kill(-leader, 0);
    return true;
  } catch {
    return false;
  }
}

/** Ended grandchildren stay in the process table for a moment, until init takes note of them. */
async function until(condition: () => boolean): Promise<boolean> {
  for (let waited = 0; waited < 200; waited++) {
    if (condition()) return true;
    await sleep(100);
  }
  return condition();
}

/** The guard is the one process beside the run's own whose command line ends with the folder. */
function guardOf(folder: string): number {
  const line = execFileSync('ps', ['-eww', '-o', 'pid=,args='], { encoding: 'utf8' })
    .split('\n')
    .find((text) => text.includes('guard.sh') && text.endsWith(folder));
  return Number(line?.trim().split(/\s+/)[0]);
}

describe('a run of the scripts', () => {
  it.each([
    ['end', 0],
    ['fail', 1],
  ] as const)('leaves no process and no folder after its %s', async (mode, code) => {
    const { ended, child, folder } = await start(mode);
    expect(await ended).toBe(code);
    expect(await until(() => !groupRuns(child))).toBe(true);
    expect(existsSync(folder)).toBe(false);
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('leaves no process and no folder after %s', async (signal, code) => {
    const { script, ended, child, folder } = await start('stay');
    script.kill(signal);
    script.kill(signal);
    expect(await ended).toBe(code);
    expect(await until(() => !groupRuns(child))).toBe(true);
    expect(existsSync(folder)).toBe(false);
  });

  it.each(['disk', 'memory'] as const)('leaves no process and no folder when its script is killed with SIGKILL (%s)', async (place) => {
    const room = await memoryFolder();
    const { script, ended, child, folder } = await start('stay', place);
    expect(folder.startsWith(place === 'memory' && room?.hasRoom ? room.path : cache)).toBe(true);
    script.kill('SIGKILL');
    await ended;
    expect(await until(() => !groupRuns(child) && !existsSync(folder))).toBe(true);
  });

  it('ends at its start what a former run left in memory, also when it is on the disk itself', async () => {
    const former = await start('stay', 'memory');
    process.kill(guardOf(former.folder), 'SIGKILL');
    former.script.kill('SIGKILL');
    await former.ended;
    await (
      await start('end')
    ).ended;
    expect(await until(() => !groupRuns(former.child))).toBe(true);
    expect(existsSync(former.folder)).toBe(false);
  });

  it('leaves no process and no folder when npm, which started it through a shell, is killed with SIGKILL', async () => {
    const { script, ended, child, folder } = await startUnderNpm();
    script.kill('SIGKILL');
    await ended;
    expect(await until(() => !groupRuns(child) && !existsSync(folder))).toBe(true);
  });

  it('says which folder it can not use, and what to set', async () => {
    const file = path.join(cache, 'a-file');
    await writeFile(file, '');
    const env = { ...process.env, XDG_CACHE_HOME: file, HOME: file };
    const script = spawnSync(process.execPath, [...node, fixture, 'end'], { env, encoding: 'utf8' });
    expect(script).toMatchObject({ status: 1, stdout: '' });
    expect(script.stderr).toMatch(/^\nThe cache folder \S*a-file\S* can't be used \(ENOTDIR\); make it writable.*\.\n$/);
  });

  it('ends at its start what a former run left whose guard was killed too', async () => {
    const former = await start('stay');
    process.kill(guardOf(former.folder), 'SIGKILL');
    former.script.kill('SIGKILL');
    await former.ended;
    expect(groupRuns(former.child)).toBe(true);

    const next = await start('end');
    await next.ended;
    expect(await until(() => !groupRuns(former.child))).toBe(true);
    expect(existsSync(former.folder)).toBe(false);
  });

  it('leaves another run alone, and a process that has got the number of one of its own', async () => {
    const other = await start('stay');
    const stranger = spawn('sleep', ['600'], { detached: true, stdio: 'ignore' });
    const former = await start('stay');
    process.kill(guardOf(former.folder), 'SIGKILL');
    former.script.kill('SIGKILL');
    await former.ended;
    process.kill(-former.child, 'SIGKILL');
    const file = path.join(former.folder, 'run.json');
    const state = JSON.parse(await readFile(file, 'utf8')) as { processes: { pid: number }[] };
    await writeFile(file, JSON.stringify({ ...state, processes: [{ pid: stranger.pid, name: 'child' }] }));

    await (
      await start('end')
    ).ended;
    expect(existsSync(former.folder)).toBe(false);
    expect(stranger.exitCode === null && stranger.signalCode === null).toBe(true);
    expect([groupRuns(other.child), existsSync(other.folder)]).toEqual([true, true]);
    stranger.kill('SIGKILL');
    other.script.kill('SIGTERM');
    await other.ended;
  });
});
