import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import { FolderChain } from '../../support/folder-chain.js';
import { compileFile, sorted } from '../../support/mart-warehouse.js';
import { warehouses } from '../../support/servers/servers.js';
import { quarantineOf, starOf, type Star } from './expected/star.js';
import { LakeFolder } from './lake.js';
import { randomRun, tables } from './random-runs.js';

jest.setTimeout(900_000);

describe.each(warehouses)('the star schema of a lake on $name', ({ url }) => {
  let chain: FolderChain;
  beforeAll(async () => {
    chain = await FolderChain.open(url, { pipeline: await compileFile('totesys') });
  });
  afterAll(() => chain.close());

  const emptyFolder = () => {
    for (const name of readdirSync(chain.folder)) rmSync(join(chain.folder, name), { recursive: true });
  };
  let batches = 0;
  /** Every second batch is appended to bulk where its keys allow it. */
  const takeIn = async (feed: string) => {
    await chain.pickup(feed);
    while ((await chain.process(feed, batches++ % 2 === 0 ? { appendFrom: 0 } : {})).more);
  };
  const takeInAll = async () => {
    for (const feed of tables) await takeIn(feed);
    await chain.refresh();
  };
  const bus = async (expected: Star) => {
    const found: Record<string, unknown> = {};
    for (const name of Object.keys(expected)) {
      const rows = await chain.warehouse.query(`select * from bus.${name}`);
      found[name] = sorted(
        rows.map((row) =>
          Object.fromEntries(Object.entries(row).map(([column, value]) => [column, value === null ? null : String(value)])),
        ),
      );
    }
    return found;
  };
  const quarantine = async () =>
    (
      await chain.warehouse.query<{ feed: string; object_key: string; line_number: number; reasons: string }>(
        'select feed, object_key, line_number, reasons from gear.quarantine',
      )
    )
      .map(({ feed, object_key, line_number, reasons }) => ({
        table: feed,
        key: object_key,
        line: Number(line_number),
        reasons: reasons.split(',').sort().join(),
      }))
      .sort((a, b) => (a.key === b.key ? a.line - b.line : a.key < b.key ? -1 : 1));
  const sortedStar = () => Object.fromEntries(Object.entries(starOf(chain.folder)).map(([name, rows]) => [name, sorted(rows)]));

  it('equals an independent computation after any runs, however they are taken in, and again from the lake alone', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(randomRun, { minLength: 1, maxLength: 5 }), async (runs) => {
        emptyFolder();
        await chain.reset();
        const lake = new LakeFolder(chain.folder);
        for (const { objects, leftover, takeIn: taken, refresh } of runs) {
          if (leftover) lake.write(objects, { manifest: false });
          lake.write(leftover ? Object.fromEntries(Object.entries(objects).map(([name, parts]) => [name, parts.slice(0, 1)])) : objects);
          for (const feed of taken) await takeIn(feed);
          if (refresh) await chain.refresh();
        }
        await takeInAll();
        const expected = sortedStar();
        expect(await bus(expected)).toEqual(expected);
        expect(await quarantine()).toEqual(
          quarantineOf(chain.folder).sort((a, b) => (a.key === b.key ? a.line - b.line : a.key < b.key ? -1 : 1)),
        );
        await chain.refresh(true);
        expect(await bus(expected)).toEqual(expected);
        await chain.reset();
        await takeInAll();
        expect(await bus(expected)).toEqual(expected);
      }),
      { numRuns: 5, endOnFailure: true },
    );
  });
});
