import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { writeRows } from './csv-file.js';
import { between, pick, type Random, random } from './random.js';

export const countries = ['USA', 'UK', 'DE', 'FR', 'IT', 'ES', 'CA'] as const;
export const gameTypes = ['Slots', 'Poker', 'Roulette', 'Blackjack'] as const;

/** Rows that the contract refuses, as real files have them: they go to the quarantine, the others go on. */
const dirty = {
  users: ['x17,UserX,20/10/2023,ES', '18,User18,31/11/2023,IT', '19,User19,20/10/2023'],
  games: ['7,3,Slots,18/10/2023,n/a', ',5,Poker,19/10/2023,60', '9,6,Roulette,2023-10-19,60', '10,7,Say "Blackjack",19/10/2023,60'],
  payments: ['3,8,"12,50",17/10/2023,Deposit', '4,9,25.00,17/10/2023,Refund', '5,,25.00,17/10/2023,Deposit'],
};

export interface SampleOptions {
  /** About the sum of the rows of all files. */
  readonly rows: number;
  readonly seed?: number;
}

interface SampleFile {
  readonly name: string;
  readonly header: string;
  readonly rows: Iterable<string>;
}

/** The three files, their rows in the proportions of the real ones. */
function sampleFiles({ rows, seed = 1 }: SampleOptions): SampleFile[] {
  const users = Math.max(1, Math.round(rows / 6));
  const games = Math.max(1, Math.round(rows / 2));
  const payments = Math.max(1, Math.round(rows / 3));
  const date = (next: Random) => {
    const day = new Date(Date.UTC(2023, 8, 13) + between(next, 0, 58) * 86_400_000);
    const text = String(day.getUTCDate());
    return `${next() < 0.5 ? text.padStart(2, '0') : text}/${String(day.getUTCMonth() + 1).padStart(2, '0')}/${day.getUTCFullYear()}`;
  };
  // One user in a hundred has no row of their own yet: their games and payments count for the country 'Unknown'.
  const user = (next: Random) => between(next, 1, Math.ceil(users * 1.01));
  const amount = (next: Random) => String(between(next, 1_000, 50_000) / 100);
  return [
    {
      name: 'users.csv',
      header: 'UserID,UserName,SignUpDate,Country',
      rows: seeded(users, seed, dirty.users, (next, id) => `${id},User${id},${date(next)},${pick(next, countries)}`),
    },
    {
      name: 'games.csv',
      header: 'GameID,UserID,GameType,PlayDate,Duration',
      rows: seeded(
        games,
        seed + 1,
        dirty.games,
        (next, id) => `${id},${user(next)},${pick(next, gameTypes)},${date(next)},${between(next, 1, 360)}`,
      ),
    },
    {
      name: 'payments.csv',
      header: 'TransactionID,UserID,Amount,TransactionDate,Type',
      rows: seeded(payments, seed + 2, dirty.payments, (next, id) => {
        const kind = next() < 0.02 ? 'Correction' : pick(next, ['Deposit', 'Withdrawal']);
        return `${id},${user(next)},${kind === 'Correction' ? '-' : ''}${amount(next)},${date(next)},${kind}`;
      }),
    },
  ];
}

/** `count` rows and, evenly among them, the dirty ones. */
function* seeded(count: number, seed: number, dirtyRows: readonly string[], row: (next: Random, id: number) => string): Generator<string> {
  const next = random(seed * 7919);
  const every = Math.ceil((count + 1) / (dirtyRows.length + 1));
  for (let id = 1; id <= count; id++) {
    const dirtyRow = id % every === 0 ? dirtyRows[id / every - 1] : undefined;
    if (dirtyRow !== undefined) yield dirtyRow;
    yield row(next, id);
  }
}

/** Writes the files into a folder; returns their paths. */
export async function writeSampleFiles(folder: string, options: SampleOptions): Promise<string[]> {
  await mkdir(folder, { recursive: true });
  const written: string[] = [];
  for (const { name, header, rows } of sampleFiles(options)) {
    const file = path.join(folder, name);
    await writeRows(file, header, rows);
    written.push(file);
  }
  return written;
}
