// node tools/generate.mjs FOLDER [--rows N] [--seed N]: sample files of the eastrock pipeline, the same ones for the same seed.
import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import { fileURLToPath } from 'node:url';

export const countries = ['USA', 'UK', 'DE', 'FR', 'IT', 'ES', 'CA'];
export const gameTypes = ['Slots', 'Poker', 'Roulette', 'Blackjack'];

/** A small seeded generator (mulberry32); gives numbers in [0, 1). */
export function random(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Rows that the contract refuses, as real files have them: they go to the quarantine, the others go on. */
const dirty = {
  users: ['x17,UserX,20/10/2023,ES', '18,User18,31/11/2023,IT', '19,User19,20/10/2023'],
  games: ['7,3,Slots,18/10/2023,n/a', ',5,Poker,19/10/2023,60', '9,6,Roulette,2023-10-19,60', '10,7,Say "Blackjack",19/10/2023,60'],
  payments: ['3,8,"12,50",17/10/2023,Deposit', '4,9,25.00,17/10/2023,Refund', '5,,25.00,17/10/2023,Deposit'],
};

/** The three files as header and rows; `rows` is about the sum of their rows, in the proportions of the real ones. */
export function sampleFiles({ rows, seed = 1 }) {
  const users = Math.max(1, Math.round(rows / 6));
  const games = Math.max(1, Math.round(rows / 2));
  const payments = Math.max(1, Math.round(rows / 3));
  const between = (next, low, high) => low + Math.floor(next() * (high - low + 1));
  const pick = (next, list) => list[between(next, 0, list.length - 1)];
  const date = (next) => {
    const day = new Date(Date.UTC(2023, 8, 13) + between(next, 0, 58) * 86_400_000);
    const text = String(day.getUTCDate());
    return `${next() < 0.5 ? text.padStart(2, '0') : text}/${String(day.getUTCMonth() + 1).padStart(2, '0')}/${day.getUTCFullYear()}`;
  };
  // One user in a hundred has no row of their own yet: their games and payments count for the country 'Unknown'.
  const user = (next) => between(next, 1, Math.ceil(users * 1.01));
  const amount = (next) => String(between(next, 1_000, 50_000) / 100);
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
function* seeded(count, seed, dirtyRows, row) {
  const next = random(seed * 7919);
  const every = Math.ceil((count + 1) / (dirtyRows.length + 1));
  for (let id = 1; id <= count; id++) {
    if (id % every === 0 && id / every <= dirtyRows.length) yield dirtyRows[id / every - 1];
    yield row(next, id);
  }
}

/** Lines of a file in blocks of about 256 kB, the header first. */
export function* blocks(header, rows) {
  let block = `${header}\n`;
  for (const row of rows) {
    block += `${row}\n`;
    if (block.length > 262_144) {
      yield block;
      block = '';
    }
  }
  yield block;
}

/** Writes a file; holds one block of rows in memory. */
export function writeRows(file, header, rows) {
  return pipeline(Readable.from(blocks(header, rows)), createWriteStream(file));
}

/** Writes the files into a folder; returns their paths. */
export async function writeSampleFiles(folder, options) {
  await mkdir(folder, { recursive: true });
  const written = [];
  for (const { name, header, rows } of sampleFiles(options)) {
    const file = path.join(folder, name);
    await writeRows(file, header, rows);
    written.push(file);
  }
  return written;
}

const usage = `usage: node tools/generate.mjs FOLDER [--rows N] [--seed N]

Writes users.csv, games.csv and payments.csv with N rows in all (default 6000), some of which break the contract, into the folder: the
same ones for the same seed.

Example: node tools/generate.mjs ./samples --rows 100000 --seed 7`;

function readArguments() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: { rows: { type: 'string', default: '6000' }, seed: { type: 'string', default: '1' }, help: { type: 'boolean', short: 'h' } },
    });
    return { folders: positionals, rows: Number(values.rows), seed: Number(values.seed), help: values.help };
  } catch {
    return undefined;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const read = readArguments();
  const isRight = read?.folders.length === 1 && Number.isSafeInteger(read.rows) && read.rows > 0 && Number.isSafeInteger(read.seed);
  if (read?.help) console.log(usage);
  else if (isRight) for (const file of await writeSampleFiles(read.folders[0], read)) console.log(file);
  else {
    console.error(usage);
    process.exitCode = 2;
  }
}
