import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openWarehouse } from '../../../src/connectors/mysql/warehouse.js';
import { forgetfulWarehouse } from '../../support/servers/own-warehouse.js';
import { smallPipeline } from '../../support/small-pipeline.js';
import { StrataProcess, type Ran, type Settings } from '../../support/strata-process.js';

interface Lost {
  readonly object: string;
  readonly feed: string;
  readonly outcome: string;
  readonly inSource?: true;
}

const rows = 5;

/** `users-<number>.csv` for each number, each row in one of them alone. */
function deliver(source: string, from: number, to: number): void {
  for (let number = from; number <= to; number += 1) {
    const lines = Array.from({ length: rows }, (_, row) => `${number * rows + row},C${number}\n`);
    writeFileSync(join(source, `users-${number}.csv`), `UserID,Country\n${lines.join('')}`);
  }
}

function filesIn(source: string): string[] {
  return readdirSync(source).filter((name) => name.endsWith('.csv'));
}

describe('a warehouse whose server forgot its last commits', () => {
  const pipeline = smallPipeline();
  const { name } = pipeline;
  const source = join(pipeline.folder, 'source');
  let server: Awaited<ReturnType<typeof forgetfulWarehouse>>;
  let settings: Settings;
  let worker: StrataProcess;
  let direct: ReturnType<typeof openWarehouse>;
  const strata = (...args: string[]): Promise<Ran> => StrataProcess.run(args, settings);

  beforeAll(async () => {
    mkdirSync(source);
    // What is committed stays in memory until a clean stop; without the setting below files would stay for an hour on such a server.
    server = await forgetfulWarehouse();
    settings = {
      ...pipeline.settings,
      STRATA_MYSQL_URL: server.url,
      SMALL_SOURCE_URL: pathToFileURL(source).href,
      STRATA_RELEASE_UNDURABLE: '1',
    };
    direct = openWarehouse({ url: server.url, prefix: settings.STRATA_SCHEMA_PREFIX ?? '' });
    expect(await strata('migrate')).toMatchObject({ code: 0 });
    worker = await StrataProcess.startWorker(settings);
  });
  afterAll(async () => {
    await worker.stop();
    await direct.close();
    await server.close();
    pipeline.drop();
  });

  /** A run whose server is killed once `files` are left in the source; nobody claims from then on. */
  const interruptedRun = async (files: number): Promise<Ran> => {
    const run = StrataProcess.start(['run', name], settings);
    while (run.isRunning && filesIn(source).length > files) await sleep(10);
    await server.crash();
    return run.ended();
  };
  const lost = async (): Promise<Lost[]> => JSON.parse((await strata('source', 'lost', name, '--json')).stdout) as Lost[];
  const loaded = async (): Promise<string[]> =>
    (await direct.query<{ country: string }>('select distinct country from bulk.users')).map(
      ({ country }) => `users-${country.slice(1)}.csv`,
    );
  const numbered = (from: number, to: number): string[] => Array.from({ length: to - from + 1 }, (_, index) => `users-${from + index}.csv`);
  /** A file may be told that the crash left in the source: nobody knew whether it went. */
  const sorted = (names: readonly string[]): string[] => [...new Set(names)].sort();

  it('stops pickups with the right words, tells which files are lost, and goes on with other load ids', async () => {
    deliver(source, 1, 3);
    expect(await strata('run', name)).toMatchObject({ code: 0 });
    await server.restart();

    deliver(source, 101, 160);
    const interrupted = await interruptedRun(30);
    expect(interrupted).toMatchObject({ code: 1 });
    expect(interrupted.stdout + interrupted.stderr).toContain('the warehouse went back to an earlier state');

    const waiting = filesIn(source);
    const refused = await strata('run', name);
    expect(refused).toMatchObject({ code: 1 });
    expect(refused.stdout + refused.stderr).toMatch(
      /went back to an earlier state: loads 4 to 63 are unknown to it.*Nothing was claimed.*strata source lost .*strata source adopt/s,
    );
    expect(filesIn(source)).toEqual(waiting);
    expect(await direct.query('select max(load_id) as last from gear.loads')).toEqual([{ last: 3 }]);
    expect(await strata('source', 'show', name)).toMatchObject({ code: 1 });

    // Each file is in the warehouse, in the source, or told.
    const told = await lost();
    expect(sorted([...told.map(({ object }) => object), ...waiting])).toEqual(sorted(numbered(101, 160)));
    expect(told[0]).toMatchObject({ feed: 'users', outcome: 'staged' });
    expect((await strata('source', 'lost', name)).stdout).toContain(`${told[0]?.object}  staged`);

    expect(await strata('source', 'adopt', name)).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('the next load has the id 64 or a higher one'),
    });
    expect(await strata('run', name)).toMatchObject({ code: 0 });
    const [{ first } = { first: 0 }] = await direct.query<{ first: number }>(
      'select min(load_id) as first from gear.loads where load_id > 3',
    );
    expect(Number(first)).toBeGreaterThan(63);
    expect(sorted(await loaded())).toEqual(sorted([...numbered(1, 3), ...waiting]));
    expect(await lost()).toEqual(told);
  });

  it('tells the files of a worker that died together with the server', async () => {
    await server.restart();
    deliver(source, 201, 260);
    const run = StrataProcess.start(['run', name], settings);
    while (run.isRunning && filesIn(source).length > 30) await sleep(10);
    await worker.kill();
    await server.crash();
    const waiting = filesIn(source);
    worker = await StrataProcess.startWorker(settings);
    expect(await run.ended()).toMatchObject({ code: 1 });
    expect(filesIn(source)).toEqual(waiting);
    const all = await lost();
    const told = all.filter(({ object }) => object.startsWith('users-2'));
    expect(told.some(({ outcome }) => outcome === 'unknown')).toBe(true);
    const present = told.filter(({ inSource }) => inSource).map(({ object }) => object);
    expect(waiting).toEqual(expect.arrayContaining(present));
    expect(sorted(told.filter(({ inSource }) => !inSource).map(({ object }) => object))).toEqual(
      sorted(numbered(201, 260).filter((file) => !waiting.includes(file))),
    );
    expect((await strata('source', 'lost', name)).stdout).toContain('unknown: the worker died before it could report');
    const shown = JSON.parse((await strata('source', 'show', name, '--json')).stdout) as { owner: { batches: object }; problem: string };
    expect(Object.keys(shown.owner.batches)).toEqual([`${name}/users`]);
    expect(shown.problem).toContain('went back to an earlier state');
  });
});

describe('a second warehouse on a source', () => {
  const [first, second] = [smallPipeline(), smallPipeline()];
  const source = join(first.folder, 'source');
  const settingsOf = ({ settings }: typeof first): Settings => ({ ...settings, SMALL_SOURCE_URL: pathToFileURL(source).href });
  const workers: StrataProcess[] = [];
  afterAll(async () => {
    await Promise.all(workers.map((worker) => worker.stop()));
    first.drop();
    second.drop();
  });

  it('claims nothing, and says whose the source is', async () => {
    mkdirSync(source);
    for (const each of [first, second]) {
      expect(await StrataProcess.run(['migrate'], settingsOf(each))).toMatchObject({ code: 0 });
      workers.push(await StrataProcess.startWorker(settingsOf(each)));
    }
    deliver(source, 1, 1);
    expect(await StrataProcess.run(['run', first.name], settingsOf(first))).toMatchObject({ code: 0 });
    deliver(source, 2, 3);
    const ran = await StrataProcess.run(['run', second.name], settingsOf(second));
    expect(ran).toMatchObject({ code: 1 });
    expect(ran.stdout + ran.stderr).toMatch(/belongs to another warehouse: .*nothing was claimed.*strata source adopt/s);
    expect(filesIn(source)).toEqual(['users-2.csv', 'users-3.csv']);
    const loads = await StrataProcess.run(['loads', '--json'], settingsOf(second));
    expect(JSON.parse(loads.stdout)).toEqual([]);
  });
});
