import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { refreshMart } from '../../../src/activities/marts/refresh-mart.js';
import type { CompiledPipeline } from '../../../src/engine/compiled-pipeline.js';
import { countTableName } from '../../../src/engine/names.js';
import { actualBus, compileEastrock, expectedBus, readTable } from '../../support/mart-warehouse.js';
import { Random } from '../../support/random.js';
import { freshPrefix, warehouses } from '../../support/servers/servers.js';
import { WarehouseChain } from '../../support/warehouse-chain.js';

const seed = Number(process.env['STRATA_TEST_SEED'] ?? Date.now() % 1_000_000);
/** From so many new rows on, ranges are looked for. */
const from = 30;
const date = (day: number) => new Date(Date.UTC(2024, 0, day)).toISOString().slice(0, 10).split('-').reverse().join('/');

/** Games, users and payments up to a day and beyond it: most are new, some change what is there, some are late, or of unknown users. */
function files(r: Random, known: { games: number; users: number; day: number }, next: { games: number; users: number; day: number }) {
  const day = () => (r.chance(90) ? known.day + r.below(next.day - known.day + 1) : r.below(known.day + 1)) + 1;
  const list = (header: string, count: number, row: (index: number) => string) =>
    `${header}\n${Array.from({ length: count }, (_, index) => row(index)).join('\n')}\n`;
  const user = () => r.below(next.users + 3) + 1;
  const playDay = new Map<number, number>();
  const gameDay = (id: number) => playDay.get(id) ?? playDay.set(id, day()).get(id);
  const game = (id: number) => `${id},${user()},${r.pick(['Slots', 'Poker'])},${date(gameDay(id)!)},${r.below(300)}`;
  const newGames = next.games - known.games;
  return {
    users: list('UserID,UserName,SignUpDate,Country', next.users - known.users + 2, (index) => {
      const id = index < 2 ? r.below(known.users + 1) + 1 : known.users + index - 1;
      return `${id},User ${r.below(3)},${date(day())},${r.pick(['ES', 'DE', 'IT'])}`;
    }),
    games: list('GameID,UserID,GameType,PlayDate,Duration', newGames + 12, (index) =>
      game(index < 12 ? r.below(known.games + 8) + 1 : known.games + index - 11),
    ),
    payments: list('TransactionID,UserID,Amount,TransactionDate,Type', newGames + 2, (index) => {
      const id = index < 2 ? r.below(known.games + 1) + 1 : known.games + index - 1;
      return `${id},${user()},${r.below(9_000) / 100},${date(day())},${r.pick(['Deposit', 'Withdrawal'])}`;
    }),
  };
}

describe.each(warehouses)('new days and ids on $name', ({ url }) => {
  let folder: string;
  let pipeline: CompiledPipeline;
  let chain: WarehouseChain;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'strata-appended-'));
    pipeline = await compileEastrock();
    chain = new WarehouseChain({ url, prefix: freshPrefix(), pipeline, sourceUrl: `file://${folder}` });
    await chain.migrate();
  });
  afterAll(async () => {
    await chain.close();
    await rm(folder, { recursive: true });
  });

  const refresh = async (options: { rebuild?: boolean }) => {
    const results = new Map<string, { mode: string; keys: number; rows: number }>();
    for (const mart of pipeline.martRefreshes)
      results.set(mart.target, await refreshMart(chain.warehouse, mart, { rebuildFrom: from, ...options }));
    return results;
  };
  const counts = () =>
    Promise.all(
      pipeline.catalog.marts.flatMap((mart) => mart.countBy.map((grouping) => readTable(chain.warehouse, countTableName(mart, grouping)))),
    );

  it(`are computed as ranges and what is there by its keys, and both equal a rebuild (STRATA_TEST_SEED=${seed})`, async () => {
    const r = new Random(seed);
    let known = { games: 0, users: 0, day: 0 };
    const looked = { keys: 0, rows: 0 };
    await refresh({});
    for (const step of [400, 90, 0, 90, 90]) {
      // A step without new days brings new ids of the last one.
      const next = {
        games: known.games + (step || 60),
        users: known.users + (step ? step / 10 : 2),
        day: known.day + Math.ceil(step / 20),
      };
      for (const [feed, content] of Object.entries(files(r, known, next))) {
        await writeFile(join(folder, `${feed}.csv`), content);
        await chain.pickup(feed);
        await chain.process(feed);
      }
      const results = await refresh({});
      const expected = await expectedBus(chain.warehouse);
      expect(await actualBus(chain.warehouse, Object.keys(expected))).toEqual(expected);
      if (known.games > 0) {
        expect(results.get('bus.total_games')).toMatchObject({ mode: 'incremental' });
        const { keys, rows } = results.get('bus.total_games')!;
        looked.keys += keys;
        looked.rows += rows;
      }
      known = next;
    }
    expect(looked.rows).toBeGreaterThan(2 * looked.keys);
    const [rows, counted] = [await actualBus(chain.warehouse, ['total_games', 'daily_users', 'daily_games']), await counts()];
    await refresh({ rebuild: true });
    expect(await actualBus(chain.warehouse, ['total_games', 'daily_users', 'daily_games'])).toEqual(rows);
    expect(await counts()).toEqual(counted);
  });

  it('can be told by days and numbers that the table has an index of', () => {
    const columns = new Map(pipeline.martRefreshes.map(({ target, appended }) => [target, appended?.columns]));
    // Both read a helper mart whose rows lie by day: a range of users or games of it would be a look at all of them.
    expect(columns.get('bus.daily_users')).toEqual(['date']);
    expect(columns.get('bus.daily_games')).toEqual(['date']);
    expect(columns.get('bus.daily_countries')).toEqual(['date']);
    expect(columns.get('bus.total_games')).toEqual(['game_id']);
    expect(columns.get('bus.total_payments')).toBeUndefined();
  });
});
