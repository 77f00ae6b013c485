import { mkdir, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { FolderChain } from '../support/folder-chain.js';
import { warehouses } from '../support/servers/servers.js';
import { actualBulk, countedLoads, expectedBulk } from './delivered-rows.js';

/** How often a row's date was garbled: each replay mends one; those of 3 stay in quarantine. */
const garbled = fc.constantFrom(0, 0, 0, 1, 1, 2, 3);
const row = fc.record({
  cells: fc.tuple(
    fc.integer({ min: 1, max: 4 }).map(String),
    fc.constantFrom('1', '2'),
    fc.constantFrom('Poker', 'Slots', 'Dice'),
    fc.constant('1/1/2024'),
    fc.constantFrom('0', '7', '9'),
  ),
  garbled,
});
const file = fc.record({
  key: fc.constantFrom('games.csv', 'games_a.csv'),
  modified: fc.integer({ min: 1_700_000_000, max: 1_700_000_002 }),
  rows: fc.array(row, { minLength: 1, maxLength: 8 }),
});
const files = fc.array(file, { minLength: 1, maxLength: 4 });
/** Whether what is staged is processed after each delivery, and in which order quarantines are replayed. */
const work = fc.record({ process: fc.infiniteStream(fc.boolean()), order: fc.infiniteStream(fc.nat()) });
const runs = Number(process.env.PROPERTY_RUNS ?? 6);

const header = 'GameID,UserID,GameType,PlayDate,Duration';

describe.each(warehouses)('rows that were mended in quarantine, on $name', ({ url }) => {
  let folder: string;
  let chain: FolderChain;
  beforeAll(async () => {
    chain = await FolderChain.open(url, { chunkBytes: 64, rangeBytes: 200 });
    folder = chain.folder;
  });
  afterAll(() => chain.close());

  /** Puts the quarantine of a load, as `strata quarantine export` writes it, with one mistake less in each row, where it is replayed from. */
  const replay = async (loadId: number, ofReplay: boolean): Promise<void> => {
    const rejects = await chain.warehouse.query<{ row_offset: number; raw: Buffer }>(
      'select row_offset, raw from gear.quarantine where load_id = ? order by row_offset',
      [loadId],
    );
    const mended = rejects.map(
      ({ row_offset: offset, raw }) => `${ofReplay ? '' : `${loadId}@${offset},`}${raw.toString().replace('x', '')}\n`,
    );
    const place = join(folder, await chain.quarantineFolder(loadId));
    await mkdir(place, { recursive: true });
    await writeFile(join(place, 'games.csv'), `strata_row,${header}\n${mended.join('')}`);
    expect(await chain.backfill('games', `file://${place}`)).toMatchObject([{ outcome: 'staged' }]);
  };

  it('leave what they would have left, had their files been right at once', async () => {
    const property = fc.asyncProperty(files, work, async (delivered, { process, order }) => {
      await chain.reset();
      await rm(join(folder, 'quarantine'), { recursive: true, force: true });
      const processSome = async () => {
        if (process.next().value) await chain.process('games');
      };
      for (const { key, modified, rows } of delivered) {
        const path = join(folder, key);
        const lines = rows.map(({ cells: [game, user, type, date, duration], garbled: times }) =>
          [game, user, type, 'x'.repeat(times) + date, duration].join(','),
        );
        await writeFile(path, `${header}\n${lines.join('\n')}\n`);
        await utimes(path, modified, modified);
        await chain.pickup('games');
        await processSome();
      }
      for (const round of [1, 2]) {
        const open = await chain.warehouse.query<{ load_id: number }>(
          `select load_id from gear.loads where rows_quarantined > 0 and (kind = 'backfill') = ?`,
          [round === 2],
        );
        while (open.length > 0) {
          const [{ load_id: loadId }] = open.splice(order.next().value! % open.length, 1) as [{ load_id: number }];
          await replay(loadId, round === 2);
          await processSome();
        }
      }
      while ((await chain.process('games')).more);
      const right = delivered.map((each) => ({
        ...each,
        feed: 'games' as const,
        rows: each.rows.filter(({ garbled: times }) => times < 3).map(({ cells }) => cells),
      }));
      expect(await actualBulk(chain.warehouse)).toEqual(expectedBulk(right));
      expect(await countedLoads(chain.warehouse)).toMatchObject({ wrong: 0 });
    });
    await fc.assert(property, { numRuns: runs });
  }, 1_200_000);
});
