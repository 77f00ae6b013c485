import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { refreshMart } from '../../src/activities/marts/refresh-mart.js';
import type { CompiledPipeline } from '../../src/engine/compiled-pipeline.js';
import { createTestBucket, type TestBucket } from '../connectors/s3/test-bucket.js';
import { actualBus, compileEastrock, expectedBus } from '../support/mart-warehouse.js';
import { freshPrefix, warehouses } from '../support/servers/servers.js';
import { WarehouseChain } from '../support/warehouse-chain.js';

type Feed = 'users' | 'games' | 'payments';
type Rows = Record<Feed, string[]>;

const headers: Record<Feed, string> = {
  users: 'UserID,UserName,SignUpDate,Country',
  games: 'GameID,UserID,GameType,PlayDate,Duration',
  payments: 'TransactionID,UserID,Amount,TransactionDate,Type',
};
const orders: readonly (readonly Feed[])[] = [
  ['users', 'games', 'payments'],
  ['users', 'payments', 'games'],
  ['games', 'users', 'payments'],
  ['games', 'payments', 'users'],
  ['payments', 'users', 'games'],
  ['payments', 'games', 'users'],
];
/** What is refreshed after the first and the second of the three moves. */
const between = ['nothing', 'everything', 'only the marts that others read', 'only one mart in two'] as const;
const refreshes = between.flatMap((first) => between.map((second) => ({ first, second })));

/**
 * Each order has users, games and days of its own in one warehouse: the user moves ES -> DE, the payment day 1 -> day 2, the game Slots ->
 * Poker (by a play of another user), and the user's play from one duration to another. A second user does all of it there and back.
 */
class Moves {
  constructor(
    private readonly order: readonly Feed[],
    private readonly place: number,
  ) {}

  private get id() {
    return this.place * 10 + 1;
  }
  private get month() {
    return (this.place % 12) + 1;
  }

  before(): Rows {
    const { id, month } = this;
    return {
      users: [`${id},One,1/${month}/2023,ES`, `${id + 1},Two,2/${month}/2023,ES`],
      games: [
        `${id},${id},Slots,1/${month}/2024,5`,
        `${id},${id + 1},Slots,1/${month}/2024,6`,
        `${id + 1},${id + 1},Bingo,2/${month}/2024,7`,
      ],
      payments: [`${id},${id},10.00,1/${month}/2024,Deposit`, `${id + 1},${id + 1},20.00,1/${month}/2024,Withdrawal`],
    };
  }

  /** The rows of the order's n-th move. */
  at(step: number): Rows {
    const { id, month } = this;
    const rows: Rows = { users: [], games: [], payments: [] };
    const feed = this.order[step];
    if (feed === 'users')
      rows.users.push(`${id},One,3/${month}/2023,DE`, `${id + 1},Two,2/${month}/2023,DE`, `${id + 1},Two,2/${month}/2023,ES`);
    if (feed === 'games')
      rows.games.push(
        `${id},${id + 2},Poker,2/${month}/2024,1`,
        `${id},${id},Poker,1/${month}/2024,50`,
        `${id + 1},${id + 1},Slots,2/${month}/2024,7`,
      );
    if (feed === 'payments')
      rows.payments.push(
        `${id},${id},10.00,2/${month}/2024,Deposit`,
        `${id + 1},${id},20.00,2/${month}/2024,Deposit`,
        `${id + 1},${id + 1},20.00,1/${month}/2024,Withdrawal`,
      );
    return rows;
  }
}

describe.each(warehouses)('what moves in several feeds within one interval on $name', ({ url }) => {
  let bucket: TestBucket;
  let pipeline: CompiledPipeline;
  let chain: WarehouseChain;
  beforeAll(async () => {
    bucket = await createTestBucket();
    pipeline = await compileEastrock();
    const store = bucket.store();
    chain = new WarehouseChain({ url, prefix: freshPrefix(), pipeline, sourceUrl: store.url, openStore: () => store });
    await chain.migrate();
    await chain.refresh();
  });
  afterAll(async () => {
    await chain.close();
    await bucket.drop();
  });

  const deliver = async (parts: readonly Rows[]) => {
    for (const feed of ['users', 'games', 'payments'] as const) {
      const rows = parts.flatMap((part) => part[feed]);
      if (rows.length === 0) continue;
      await bucket.put(`${feed}.csv`, `${headers[feed]}\n${rows.join('\n')}\n`);
      await chain.pickup(feed);
      await chain.process(feed);
    }
  };
  const refresh = async (what: (typeof between)[number]) => {
    const marts = pipeline.martRefreshes.filter(
      ({ target }, index) =>
        what === 'everything' ||
        (what === 'only one mart in two' && index % 2 === 0) ||
        (what === 'only the marts that others read' &&
          pipeline.martRefreshes.some(({ after }) => after.some((other) => other.target === target))),
    );
    for (const mart of marts) await refreshMart(chain.warehouse, mart);
  };

  it.each(refreshes.map((masks, number) => ({ ...masks, number })))(
    'arrives in every mart in every order, with $first refreshed after the first move and $second after the second',
    async ({ first, second, number }) => {
      const moves = orders.map((order, index) => new Moves(order, number * orders.length + index));
      await deliver(moves.map((move) => move.before()));
      await chain.refresh();
      await deliver(moves.map((move) => move.at(0)));
      await refresh(first);
      await deliver(moves.map((move) => move.at(1)));
      await refresh(second);
      await deliver(moves.map((move) => move.at(2)));
      await chain.refresh();
      const expected = await expectedBus(chain.warehouse);
      expect(await actualBus(chain.warehouse, Object.keys(expected))).toEqual(expected);
    },
  );

  it('leaves what a rebuild leaves', async () => {
    const names = pipeline.catalog.marts
      .map(({ target }) => target)
      .filter((target) => target.startsWith('bus.') && target !== 'bus.calendar_dates');
    const bus = names.map((target) => target.slice('bus.'.length));
    const timeless = async () =>
      JSON.stringify(await actualBus(chain.warehouse, bus), (key, value: unknown) =>
        key === 'created_at' || key === 'updated_at' ? undefined : value,
      );
    const incremental = await timeless();
    await chain.refresh(true);
    expect(await timeless()).toBe(incremental);
  });
});
