import { Random } from '../../support/random.js';

export const feeds = ['users', 'games', 'payments'] as const;
export type Feed = (typeof feeds)[number];

const headers: Record<Feed, string> = {
  users: 'UserID,UserName,SignUpDate,Country',
  games: 'GameID,UserID,GameType,PlayDate,Duration',
  payments: 'TransactionID,UserID,Amount,TransactionDate,Type',
};

/**
 * One file a feed, the same for the same number: new, changed, repeated and bad rows over few users, games and dates, so that drops
 * meet. Each file is several chunks of 1,000 bytes.
 */
export function drop(number: number): Record<Feed, string> {
  const r = new Random(number + 1);
  const date = () => `${r.below(9) + 1}/${r.below(2) + 1}/2024`;
  const bad = (row: string) => (r.chance(4) ? row.replace(/\d+\/\d+\/2024/, '31/2/2024') : row);
  const rows: Record<Feed, () => string> = {
    users: () => `${r.below(60) + 1},User ${r.below(3)},${date()},${r.pick(['ES', 'DE', 'IT', '', 'Côte d’Ivoire'])}`,
    games: () => `${r.below(12) + 1},${r.below(70) + 1},${r.pick(['Slots', 'Poker', 'Bingo', ''])},${date()},${r.below(400)}`,
    payments: () =>
      `${r.below(150) + 1},${r.below(70) + 1},${r.below(90_000) / 100},${date()},${r.pick(['Deposit', 'Withdrawal', 'Correction'])}`,
  };
  const file = (feed: Feed) => `${headers[feed]}\n${Array.from({ length: 130 }, () => bad(rows[feed]())).join('\n')}\n`;
  return { users: file('users'), games: file('games'), payments: file('payments') };
}
