import { utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { FolderChain } from '../support/folder-chain.js';
import { warehouses } from '../support/servers/servers.js';

/** Files of plays whose keys are apart, or shared by some of them; delivered in this order. */
const game = fc.integer({ min: 1, max: 40 });
const row = fc.tuple(game, fc.integer({ min: 1, max: 3 }), fc.constantFrom('Poker', 'Slots'), fc.constantFrom('0', '7'));
const file = fc.record({ modified: fc.integer({ min: 1_700_000_000, max: 1_700_000_020 }), rows: fc.array(row, { maxLength: 6 }) });
const runs = Number(process.env.PROPERTY_RUNS ?? 6);

/** What must not show how many loads a batch took; times are told by the load whose they are. */
const compared = {
  changes:
    'select load_id, game_id, user_id, play_date, change_kind, old_game_type, new_game_type, old_duration, new_duration from gear.changes_games',
  catalog: 'select load_id, game_id, change_kind, old_game_type, new_game_type from gear.changes_game_catalog',
  counts: 'select load_id, entity, inserted, updated, unchanged, superseded, outdated from gear.load_counts',
  bulk: `select b.game_id, b.user_id, b.play_date, b.game_type, b.duration, b.load_id, b.row_offset, c.load_id as created_by, u.load_id as updated_by
         from bulk.games b
         left join gear.loads c on c.feed = 'games' and c.load_datetime = b.created_at
         left join gear.loads u on u.feed = 'games' and u.load_datetime = b.updated_at`,
  vault: `select hex(s.play_hk) as play, l.load_id, hex(s.hashdiff) as hashdiff from vault.sat_play s
          join gear.loads l on l.feed = 'games' and l.load_datetime = s.load_datetime`,
} as const;

/** Files whose games begin above those of the file before, or now and then below. */
const growing = fc.array(fc.record({ step: fc.constantFrom(-3, 0, 1, 5), rows: fc.array(row, { minLength: 1, maxLength: 8 }) }), {
  minLength: 2,
  maxLength: 8,
});

describe.each(warehouses)('many small loads on $name', ({ url }) => {
  let folder: string;
  let chain: FolderChain;
  beforeAll(async () => {
    chain = await FolderChain.open(url);
    folder = chain.folder;
  });
  afterAll(() => chain.close());

  const outcome = async (
    files: readonly { readonly modified: number; readonly rows: readonly (readonly (string | number)[])[] }[],
    oneByOne: boolean,
    appendFrom?: number,
  ) => {
    await chain.reset();
    for (const [index, { modified, rows }] of files.entries()) {
      const path = join(folder, `games_${index}.csv`);
      const lines = rows.map(([id, user, type, duration]) => `${id},${user},${type},1/1/2024,${duration}\n`);
      await writeFile(path, `GameID,UserID,GameType,PlayDate,Duration\n${lines.join('')}`);
      await utimes(path, modified, modified);
      await chain.pickup('games');
    }
    if (oneByOne) await asEachAlone(files.length);
    else
      expect(await chain.process('games', { ...(appendFrom === undefined ? {} : { appendFrom }) })).toMatchObject({
        batch: 1,
        loads: files.length,
        more: false,
      });
    await chain.loadVault();
    const found: Record<string, string[]> = {};
    for (const [name, sql] of Object.entries(compared))
      found[name] = (await chain.warehouse.query(sql)).map((line) => JSON.stringify(line)).sort();
    return found;
  };

  /** In delivery order, each in a batch of its own: the others are out of sight meanwhile. */
  const asEachAlone = async (loads: number) => {
    await chain.warehouse.execute(`update gear.loads set state = 'claimed'`);
    for (let load = 0; load < loads; load += 1) {
      await chain.warehouse.execute(
        `update gear.loads set state = 'staged' where state = 'claimed' order by delivery_order, load_id limit 1`,
      );
      expect(await chain.process('games')).toMatchObject({ batch: load + 1, loads: 1 });
    }
  };

  it('in one batch leave what each of them alone leaves', async () => {
    const property = fc.asyncProperty(fc.array(file, { minLength: 2, maxLength: 10 }), async (files) => {
      const together = await outcome(files, false);
      expect(together).toEqual(await outcome(files, true));
    });
    await fc.assert(property, { numRuns: runs });
  }, 1_200_000);

  it('appended without a work table leave what merging each of them leaves', async () => {
    const property = fc.asyncProperty(growing, async (files) => {
      let highest = 0;
      const shifted = files.map(({ step, rows }, index) => {
        const above = Math.max(0, highest + step);
        highest = Math.max(highest, ...rows.map(([id]) => above + id));
        return { modified: 1_700_000_000 + index, rows: rows.map(([id, ...rest]) => [above + id, ...rest] as const) };
      });
      expect(await outcome(shifted, false, 1)).toEqual(await outcome(shifted, true));
    });
    await fc.assert(property, { numRuns: runs });
  }, 1_200_000);

  it('are appended as long as their keys lie above bulk, and merged from the first other one on', async () => {
    const appended: string[] = [];
    const scope = {
      report: ({ message }: { message?: string | undefined }) => void (message?.includes('appending') && appended.push(message)),
    };
    await chain.reset();
    const rows = (first: number) => [1, 2, 2].map((id) => [first + id, 1, 'Poker', first] as const);
    for (const [index, first] of [0, 10, 20, 21, 30].entries()) {
      const path = join(folder, `games_${index}.csv`);
      await writeFile(
        path,
        `GameID,UserID,GameType,PlayDate,Duration\n${rows(first)
          .map(([id, user, type, minutes]) => `${id},${user},${type},1/1/2024,${minutes}\n`)
          .join('')}`,
      );
      await utimes(path, 1_700_000_000 + index, 1_700_000_000 + index);
      await chain.pickup('games');
    }
    const processed = await chain.process('games', { appendFrom: 3, scope });
    expect(processed).toMatchObject({ batch: 1, loads: 5, inserted: 9, updated: 1, unchanged: 0, superseded: 5, outdated: 0 });
    expect(appended).toHaveLength(2 * 3);
  });
});
