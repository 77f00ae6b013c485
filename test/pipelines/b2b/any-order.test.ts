import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import { writeB2bFiles } from '../../../tools/samples/b2b/files.js';
import { warehouse } from '../../support/servers/servers.js';
import { B2bLab } from './lab.js';

/** Fourteen runs, on a machine that may be busy. */
jest.setTimeout(900_000);

const dates = ['2020-06-22', '2020-06-23', '2020-06-24'];
const samples = mkdtempSync(join(tmpdir(), 'strata-b2b-'));
afterAll(() => rmSync(samples, { recursive: true }));

/** Runs in any order, some of them again, and files that come when their date was run already. */
const histories = fc.record({
  order: fc.shuffledSubarray(['init', ...dates], { minLength: 4 }),
  late: fc.constantFrom('companycsv.csv', 'leadcsv.csv', 'weblogs.log'),
  again: fc.constantFrom(...dates),
});

it('gives the outputs of each date whatever the order of the runs, with late files and repeats', async () => {
  await writeB2bFiles(samples, { rows: 60, days: 3 });
  await fc.assert(
    fc.asyncProperty(histories, async ({ order, late, again }) => {
      const lab = await B2bLab.open(warehouse.url);
      try {
        lab.take(samples, (key) => key !== `data/raw/${again}/${late}`);
        await lab.startWorker();
        for (const part of order) await lab.succeed('run', 'b2b', ...(part === 'init' ? ['--init'] : ['--date', part]));
        lab.take(samples, (key) => key === `data/raw/${again}/${late}`);
        await lab.succeed('run', 'b2b', '--date', again);
        for (const date of dates) expect(await lab.written(date)).toEqual(lab.expected(date));
      } finally {
        await lab.close();
      }
    }),
    { numRuns: 2 },
  );
});
