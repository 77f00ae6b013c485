import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Moment, ProxiedStatement } from '../support/proxies/mysql-proxy.js';
import { warehouse, warehouses } from '../support/servers/servers.js';
import { ExportLab, keysOf, linesOf, type Version } from './lab/export-lab.js';

/** When a worker dies: at a statement of the work, the n-th that matches. */
interface Death {
  readonly name: string;
  readonly moment: Moment;
  readonly matches: (statement: ProxiedStatement) => boolean;
  readonly nth?: number;
  /** Of the version that it was writing. */
  readonly parts: number;
}

const starts = (pattern: RegExp) => (statement: ProxiedStatement) => pattern.test(statement.sql);
const announces = starts(/^insert into \S*export_parts/);
const notesPut = starts(/^update \S*export_parts\S* set byte_size/);
const notesFirst = starts(/^update \S*export_parts\S* set byte_size[^]* and part = 0$/);
const forgets = starts(/^delete from \S*export_parts/);

const deaths: readonly Death[] = [
  { name: 'when the parts are being uploaded', moment: 'after', matches: announces, nth: 2, parts: 2 },
  { name: 'when a first part is in place', moment: 'before', matches: notesPut, parts: 5 },
  { name: 'when part 0 is in place', moment: 'before', matches: notesFirst, parts: 6 },
  { name: 'when a part of the former version is gone', moment: 'before', matches: forgets, parts: 2 },
];
/** Milliseconds from the start of a run to a death, or from one death to the next. */
const anyPause = () => Math.floor(Math.random() * 6_000);
const pauses = [[anyPause()]];

const labs = [
  ...warehouses.map(({ name, url }) => ({ target: 'folder' as const, where: `a folder, by ${name}`, url })),
  { target: 'bucket' as const, where: 'a bucket', url: warehouse.url },
];

describe.each(labs)('a worker that is killed while it writes exports in parts to $where', ({ target, url }) => {
  let outcome: Promise<void> | undefined;
  // All of them begin at once: most of their time goes by with waiting until a heartbeat was missed for long enough.
  beforeAll(() => {
    outcome = survive(target, url);
    outcome.catch(() => undefined);
  });
  it('leaves to readers one whole version, whenever it dies, and nothing else in the end', () => outcome, 900_000);
});

async function survive(target: 'folder' | 'bucket', url: string): Promise<void> {
  const lab = await ExportLab.open(url, target);
  const versions: Version[] = [{ parts: 3, country: 'C00' }];
  const next = (parts: number): Version => {
    const version = { parts, country: `C${String(versions.length).padStart(2, '0')}` };
    versions.push(version);
    lab.deliver(version);
    return version;
  };
  const isWhole = async (death: string, version: Version) => {
    expect([death, await lab.written()]).toEqual([death, { keys: keysOf(version), lines: linesOf(version), users: linesOf(version) }]);
    expect([death, await lab.listed()]).toEqual([death, { parts: [version.parts, version.parts], warnings: '' }]);
    expect([death, lab.temporary]).toEqual([death, []]);
  };
  try {
    lab.deliver(versions[0]!);
    await lab.startWorker();
    expect(await lab.run()).toMatchObject({ code: 0 });
    await isWhole('none', versions[0]!);
    const stop = new AbortController();
    const reading = target === 'folder' ? readAll(lab.linesFolder, stop.signal) : Promise.resolve(new Set<string>());
    for (const death of deaths) {
      const version = next(death.parts);
      const died = dieAt(lab, death);
      const [run] = await Promise.all([lab.run(), died]);
      expect([death.name, run]).toMatchObject([death.name, { code: 0 }]);
      await isWhole(death.name, version);
    }
    for (const pause of pauses) {
      const version = next((versions.length % 5) + 1);
      const dying = async () => {
        for (const milliseconds of pause) {
          await sleep(milliseconds);
          await lab.worker?.kill();
          await lab.startWorker();
        }
      };
      const [run] = await Promise.all([lab.run(), dying()]);
      expect([pause, run]).toMatchObject([pause, { code: 0 }]);
      await isWhole(`after ${pause.join(' and ')} ms`, version);
    }
    stop.abort();
    const read = await reading;
    const known = new Set(versions.map(linesOf));
    expect([...read].filter((text) => !known.has(text)).map((text) => text.slice(0, 300))).toEqual([]);
    expect(read.size).toBe(target === 'folder' ? known.size : 0);
  } catch (error) {
    process.stderr.write(`the last worker wrote:\n${lab.worker?.output ?? ''}\n`);
    throw error;
  } finally {
    await lab.close();
  }
}

/** Resolves when the worker was killed there and another one has taken its place. */
function dieAt(lab: ExportLab, { moment, matches, nth = 1 }: Death): Promise<void> {
  let seen = 0;
  return new Promise((resolve, reject) =>
    lab.mysql.at(
      moment,
      (statement) => matches(statement) && (seen += 1) === nth,
      async () => {
        await lab.worker?.kill();
        lab.startWorker().then(resolve, reject);
        return 'cut';
      },
    ),
  );
}

/**
 * Reads the parts of CSV over and over, as the how-to guide says: a reader has read one version where two looks, before and after, are the
 * same, and no part is newer than part 0. Returns every text that it took for one version.
 */
async function readAll(folder: string, stop: AbortSignal): Promise<Set<string>> {
  const texts = new Set<string>();
  const look = () => {
    const names = readdirSync(folder)
      .filter((name) => !name.startsWith('.'))
      .sort();
    return names.map((name) => ({ name, ...timeAndSize(join(folder, name)) }));
  };
  while (!stop.aborted) {
    await sleep(20);
    try {
      const before = look();
      const text = before.map(({ name }) => readFileSync(join(folder, name), 'utf8').replace(/^.*\n/, '')).join('');
      const [first] = before;
      if (JSON.stringify(look()) !== JSON.stringify(before) || !first?.name.endsWith('-00000.csv')) continue;
      if (before.every(({ time }) => BigInt(time) <= BigInt(first.time))) texts.add(text);
    } catch (error) {
      // A part went between the look and the reading.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
  return texts;
}

function timeAndSize(path: string): { readonly time: string; readonly size: string } {
  const { mtimeNs, size } = statSync(path, { bigint: true });
  return { time: String(mtimeNs), size: String(size) };
}
