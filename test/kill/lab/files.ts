import type { Lab } from './lab.js';

/** A file of `rows` plays with the game ids from `first` on, about 20 bytes a row, each of one minute. */
export function gamesFile(first: number, rows: number, type = 'Slots'): string {
  const lines = Array.from({ length: rows }, (_, index) => `${first + index},${(index % 5) + 1},${type},1/1/2024,1`);
  return `GameID,UserID,GameType,PlayDate,Duration\n${lines.join('\n')}\n`;
}

export function usersFile(country: string, users: readonly number[]): string {
  return `UserID,UserName,SignUpDate,Country\n${users.map((id) => `${id},User ${id},1/1/2024,${country}`).join('\n')}\n`;
}

export function paymentsFile(first: number, rows: number): string {
  const lines = Array.from({ length: rows }, (_, index) => `${first + index},${(index % 5) + 1},1.00,1/1/2024,Deposit`);
  return `TransactionID,UserID,Amount,TransactionDate,Type\n${lines.join('\n')}\n`;
}

/** First and last key and number of the rows that bulk and bus hold; a row twice or missing shows in one of them. */
export async function gamesHeld({ warehouse }: Pick<Lab, 'warehouse'>) {
  const [row] = await warehouse.query<{ first: number; last: number; held: number; minutes: string }>(
    `select min(game_id) as first, max(game_id) as last, count(*) as held,
       (select cast(coalesce(sum(duration), 0) as char) from bus.total_game_types) as minutes
     from bulk.games`,
  );
  return row;
}

export async function paymentsHeld({ warehouse }: Pick<Lab, 'warehouse'>) {
  const [row] = await warehouse.query<{ first: string; last: string; held: number; transactions: string }>(
    `select cast(min(transaction_id) as char) as first, cast(max(transaction_id) as char) as last, count(*) as held,
       (select cast(coalesce(sum(transactions), 0) as char) from bus.total_payments) as transactions
     from bulk.payments`,
  );
  return row;
}

export async function countriesHeld({ warehouse }: Pick<Lab, 'warehouse'>): Promise<Record<string, number>> {
  const rows = await warehouse.query<{ country: string; users: number }>(
    'select country, count(*) as users from bulk.users group by country order by country',
  );
  return Object.fromEntries(rows.map(({ country, users }) => [country, users]));
}

/** The loads in the order of their claims. */
export function loadsOf({ warehouse }: Pick<Lab, 'warehouse'>, feed: string) {
  return warehouse.query<{ state: string; source_state: string; rows_staged: number }>(
    'select state, source_state, rows_staged from gear.loads where feed = ? order by load_id',
    [feed],
  );
}
