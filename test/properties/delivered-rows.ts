import type { Warehouse } from '../../src/engine/warehouse.js';

/** What bulk must hold after deliveries, computed without SQL: of each key the row with the highest position wins; and what it holds. */

export type Feed = 'users' | 'games' | 'payments';
export type Cells = readonly string[];

export interface Delivery {
  readonly feed: Feed;
  readonly key: string;
  /** Seconds; the object's last-modified time. */
  readonly modified: number;
  readonly rows: readonly Cells[];
}

interface Placed {
  readonly delivery: Delivery;
  /** Later deliveries of the same key and time have higher load ids. */
  readonly sequence: number;
  readonly row: number;
  readonly cells: Cells;
}

const isoDate = (text: string): string => {
  const [day, month, year] = text.trim().split('/');
  return `${year}-${month!.padStart(2, '0')}-${day!.padStart(2, '0')}`;
};

function later(a: Placed, b: Placed): boolean {
  if (a.delivery.modified !== b.delivery.modified) return a.delivery.modified > b.delivery.modified;
  const keys = Buffer.compare(Buffer.from(a.delivery.key), Buffer.from(b.delivery.key));
  if (keys !== 0) return keys > 0;
  return a.sequence !== b.sequence ? a.sequence > b.sequence : a.row > b.row;
}

function latest(deliveries: readonly Delivery[], feed: Feed, keyOf: (cells: Cells) => string): Cells[] {
  const winners = new Map<string, Placed>();
  for (const [sequence, delivery] of deliveries.entries()) {
    if (delivery.feed !== feed) continue;
    for (const [row, cells] of delivery.rows.entries()) {
      const placed = { delivery, sequence, row, cells };
      const held = winners.get(keyOf(cells));
      if (!held || later(placed, held)) winners.set(keyOf(cells), placed);
    }
  }
  return [...winners.values()].map(({ cells }) => cells);
}

/** Rows of bulk as text, by table. */
export function expectedBulk(deliveries: readonly Delivery[]): Record<string, string[]> {
  const lines = (rows: readonly (readonly string[])[]) => rows.map((row) => row.join('|')).sort();
  return {
    users: lines(
      latest(deliveries, 'users', ([id]) => id!).map(([id, name, date, country]) => [
        id!,
        name!.trim(),
        isoDate(date!),
        country!.trim() || 'Unknown',
      ]),
    ),
    games: lines(
      latest(deliveries, 'games', ([game, user, , date]) => `${game}|${user}|${isoDate(date!)}`).map(
        ([game, user, type, date, duration]) => [game!, user!, isoDate(date!), type!.trim() || 'Unknown', duration!],
      ),
    ),
    game_catalog: lines(latest(deliveries, 'games', ([game]) => game!).map(([game, , type]) => [game!, type!.trim() || 'Unknown'])),
    payments: lines(
      latest(deliveries, 'payments', ([id]) => id!).map(([id, user, amount, date, type]) => [id!, user!, amount!, isoDate(date!), type!]),
    ),
  };
}

/** Rows of bulk as `expectedBulk` gives them. */
export async function actualBulk(warehouse: Warehouse): Promise<Record<string, string[]>> {
  const lines = async (table: string, columns: string) =>
    (await warehouse.query<{ line: string }>(`select concat_ws('|', ${columns}) as line from bulk.${table}`))
      .map(({ line }) => line)
      .sort();
  return {
    users: await lines('users', 'user_id, user_name, signup_date, country'),
    games: await lines('games', 'game_id, user_id, play_date, game_type, duration'),
    game_catalog: await lines('game_catalog', 'game_id, game_type'),
    payments: await lines('payments', 'transaction_id, user_id, amount, transaction_date, type'),
  };
}

/** How many loads there are, and how many of their counts do not add up to the rows that were staged. */
export async function countedLoads(warehouse: Warehouse): Promise<{ loads: number; wrong: number }> {
  const [row] = await warehouse.query(
    `select count(distinct l.load_id) as loads, coalesce(sum(l.rows_staged <> c.inserted + c.updated + c.unchanged + c.superseded + c.outdated), 0) as wrong
     from gear.loads l left join gear.load_counts c on c.load_id = l.load_id`,
  );
  return { loads: Number(row!.loads), wrong: Number(row!.wrong) };
}
