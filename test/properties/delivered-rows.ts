/** What bulk must hold after deliveries, computed without SQL: of each key the row with the highest position wins. */

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
    users: lines(latest(deliveries, 'users', ([id]) => id!).map(([id, name, date, country]) => [id!, name!.trim(), isoDate(date!), country!.trim() || 'Unknown'])),
    games: lines(
      latest(deliveries, 'games', ([game, user, , date]) => `${game}|${user}|${isoDate(date!)}`).map(([game, user, type, date, duration]) => [
        game!,
        user!,
        isoDate(date!),
        type!.trim() || 'Unknown',
        duration!,
      ]),
    ),
    game_catalog: lines(latest(deliveries, 'games', ([game]) => game!).map(([game, , type]) => [game!, type!.trim() || 'Unknown'])),
    payments: lines(
      latest(deliveries, 'payments', ([id]) => id!).map(([id, user, amount, date, type]) => [id!, user!, amount!, isoDate(date!), type!]),
    ),
  };
}
