import { appendFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { whileGrowing } from '../../../src/connectors/parquet/while-growing.js';
import { watchWork, workWatch } from '../../../src/connectors/work-watch.js';
import { until } from '../../support/until.js';

let folder: string;
beforeAll(async () => (folder = await mkdtemp(join(tmpdir(), 'strata-growing-'))));
afterAll(() => rm(folder, { recursive: true }));

/** A limit of silence, in milliseconds. */
const limit = 1_000;

it('a process that writes shows life for as long as its files grow', async () => {
  await watchWork(limit, async () => {
    const watch = workWatch()!;
    let silences = 0;
    const begun = performance.now();
    const write = async () => {
      while (performance.now() - begun < 3 * limit) {
        await appendFile(join(folder, 'file'), 'row\n');
        await new Promise((resolve) => setTimeout(resolve, 20));
        if (watch.isSilent) silences += 1;
      }
    };
    await whileGrowing(folder, write, 20);
    expect(silences).toBe(0);
  });
});

it('one that writes nothing is silent', async () => {
  await watchWork(limit, async () => {
    const watch = workWatch()!;
    await whileGrowing(folder, () => until(() => Promise.resolve(watch.isSilent)), 20);
    expect(watch.isSilent).toBe(true);
  });
});
