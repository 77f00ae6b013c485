import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import { writeB2bFiles } from '../../../tools/samples/b2b/files.js';
import { warehouse } from '../../support/servers/servers.js';
import { B2bLab } from './lab.js';

/** Dozens of runs, on a machine that may be busy, and workers that are missed only when their time is over. */
jest.setTimeout(1_800_000);

const dates = ['2020-06-22', '2020-06-23', '2020-06-24'];
const all = ['--from', dates[0]!, '--to', dates[2]!];
const samples = mkdtempSync(join(tmpdir(), 'strata-b2b-'));
afterAll(() => rmSync(samples, { recursive: true }));

/** When files were last changed, in seconds: what comes late or again is newer. */
const times = { first: 1_600_000_000, late: 1_600_000_060, fixed: 1_600_000_120 };

interface History {
  /** Of the runs. */
  readonly order: readonly string[];
  /** All runs at once. */
  readonly sideBySide: boolean;
  /** A file that comes when its date was run already, and one that comes again with other rows. */
  readonly late: string;
  readonly fixed: string;
  /** Milliseconds from one end of a worker to the next. */
  readonly kills: readonly number[];
}

const files = fc
  .tuple(fc.constantFrom(...dates), fc.constantFrom('companycsv.csv', 'weblogs.log'))
  .map(([date, name]) => `data/raw/${date}/${name}`);
const histories: fc.Arbitrary<History> = fc.record({
  order: fc.shuffledSubarray(['init', ...dates], { minLength: 4 }),
  sideBySide: fc.boolean(),
  late: files,
  fixed: files,
  kills: fc.array(fc.integer({ min: 0, max: 6_000 }), { minLength: 1, maxLength: 2 }),
});

const scope = (part: string) => (part === 'init' ? ['--init'] : ['--date', part]);
const textOf = (key: string) => readFileSync(join(samples, key), 'latin1');
/** Without its last rows, and with the first one twice: of orders no row goes, of visits all of the former ones do. */
const otherRows = (text: string) => {
  const lines = text.trimEnd().split('\n');
  return Buffer.from(`${[lines[0], ...lines.slice(0, -3)].join('\n')}\n`, 'latin1');
};

it('gives the same bytes for each date whatever the order of runs, with late and fixed files, repeats, and workers that are killed', async () => {
  await writeB2bFiles(samples, { rows: 60, days: 3 });
  for (const key of readdirSync(samples, { recursive: true, encoding: 'utf8' }))
    if (statSync(join(samples, key)).isFile()) utimesSync(join(samples, key), times.first, times.first);
  await fc.assert(
    fc.asyncProperty(histories, async (history) => {
      const { late, fixed } = history;
      utimesSync(join(samples, late), times.late, times.late);
      const labs = [await B2bLab.open(warehouse.url), await B2bLab.open(warehouse.url)] as const;
      try {
        const [straight, disturbed] = labs;
        await inOrder(straight, fixed);
        await asItComes(disturbed, history);
        expect(disturbed.digests()).toEqual(straight.digests());
        for (const date of dates) expect(await disturbed.written(date)).toEqual(disturbed.expected(date));
      } finally {
        for (const lab of labs) await lab.close();
        utimesSync(join(samples, late), times.first, times.first);
      }
    }),
    { numRuns: 2 },
  );
});

/** Day by day, each with all of its files. */
async function inOrder(lab: B2bLab, fixed: string): Promise<void> {
  lab.take(samples, () => true);
  await lab.startWorker();
  for (const part of ['init', ...dates]) {
    await lab.succeed('run', 'b2b', ...scope(part));
    if (!fixed.includes(part)) continue;
    lab.replace(join(lab.folder, fixed), otherRows(textOf(fixed)), new Date(times.fixed * 1_000));
    await lab.succeed('run', 'b2b', ...scope(part));
  }
}

async function asItComes(lab: B2bLab, { order, sideBySide, late, fixed, kills }: History): Promise<void> {
  lab.take(samples, (key) => key !== late);
  await lab.startWorker();
  const run = async (options: readonly string[]) => void (await lab.succeed('run', 'b2b', ...options));
  const disturb = async () => {
    for (const pause of kills) {
      await sleep(pause);
      await lab.replaceWorker();
    }
  };
  const runs = async () => {
    if (sideBySide) await Promise.all(order.map((part) => run(scope(part))));
    else for (const part of order) await run(scope(part));
  };
  await Promise.all([runs(), disturb()]);
  lab.take(samples, (key) => key === late);
  // The version before counts as delivered.
  if (fixed === late) await run(all);
  lab.replace(join(lab.folder, fixed), otherRows(textOf(fixed)), new Date(times.fixed * 1_000));
  await Promise.all([run(all), run(scope(order[0]!)), disturb()]);
}
