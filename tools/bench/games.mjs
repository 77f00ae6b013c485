import { stat } from 'node:fs/promises';
import { blocks, countries, gameTypes, random, writeRows } from '../generate.mjs';

export const gamesHeader = 'GameID,UserID,GameType,PlayDate,Duration';
export const usersHeader = 'UserID,UserName,SignUpDate,Country';
export const paymentsHeader = 'TransactionID,UserID,Amount,TransactionDate,Type';

/** Games of a day: a million of them are 59 days, as long as the real files; larger histories are longer, not denser. */
const gamesOfDay = 17_000;
const firstDay = Date.UTC(2020, 0, 1);
const day = 86_400_000;

/** The day, YYYY-MM-DD, of the games of that place among the days, from 0. */
export const dayOfGames = (place) => new Date(firstDay + place * day).toISOString().slice(0, 10);

/** Days on which so many games lie. */
export const daysOf = (games) => Math.ceil(games / gamesOfDay);

/** Users that a number of games goes with, in the proportion of the real files. */
export const usersFor = (games) => Math.max(1, Math.ceil(games / 3));

/** Numbers of users of whom no file knows lie above. */
const strangers = 2_000_000_000;

const between = (next, low, high) => low + Math.floor(next() * (high - low + 1));
const pick = (next, list) => list[between(next, 0, list.length - 1)];

function date(time) {
  const [year, month, dayOfMonth] = new Date(time).toISOString().slice(0, 10).split('-');
  return `${dayOfMonth}/${month}/${year}`;
}
const dates = new Map();
function dateOfGame(id) {
  const number = Math.floor((id - 1) / gamesOfDay);
  if (!dates.has(number)) dates.set(number, date(firstDay + number * day));
  return dates.get(number);
}

/** A game's row hangs on its id alone (and `version`), so that it can be delivered again, with another duration or the same one. */
function gameRow(id, users, version = 0) {
  const next = random(id);
  // One user in a hundred has no row of their own, and never gets one.
  const drawn = between(next, 1, Math.ceil(users * 1.01));
  const user = drawn > users ? strangers + drawn : drawn;
  const type = pick(next, gameTypes);
  return `${id},${user},${type},${dateOfGame(id)},${between(next, 1, 360) + version}`;
}

/** Rows of the games first, first + 1, ...; `users` is the number of users that there are. */
export function* games({ first = 1, count, users, version = 0 }) {
  for (let id = first; id < first + count; id++) yield gameRow(id, users, version);
}

/** `count` different games of first..last, with durations of their own version. */
export function* changedGames({ first, last, count, users, version }) {
  const next = random(version * 7919 + first);
  const chosen = new Set();
  while (chosen.size < Math.min(count, last - first + 1)) chosen.add(between(next, first, last));
  for (const id of chosen) yield gameRow(id, users, version);
}

/** `count` plays of new games, `first`, first + 1, ..., on days of the games 1..last: they come late. */
export function* lateGames({ first, last, count, users }) {
  const next = random(first);
  for (let id = first; id < first + count; id++) {
    const [number, user, type, , duration] = gameRow(id, users).split(',');
    yield [number, user, type, dateOfGame(between(next, 1, last)), duration].join(',');
  }
}

/** `count` of the users that `users` gives, who move to another country; each round's move is another one. */
export function* movedUsers({ count, users: known, played, round }) {
  const stride = Math.max(1, Math.floor(known / count));
  const step = 1 + (Math.floor(round / stride) % (countries.length - 1));
  for (let id = 1 + (round % stride); id <= known && count > 0; id += stride, count--) {
    const [row] = users({ first: id, count: 1, played });
    const [number, name, signUp, country] = row.split(',');
    yield [number, name, signUp, countries[(countries.indexOf(country) + step) % countries.length]].join(',');
  }
}

/** Users first, first + 1, ...; they signed up in the days of the games `played`. */
export function* users({ first = 1, count, played }) {
  for (let id = first; id < first + count; id++) {
    const next = random(id + 1_000_003);
    yield `${id},User${id},${dateOfGame(between(next, played.first, played.last))},${pick(next, countries)}`;
  }
}

/** The games of the newest three days of so many: what is played today is what changes. */
export const newestGames = (count) => ({ first: Math.max(1, count - 3 * gamesOfDay + 1), last: count });

/** The text of a small file. */
export const fileText = (header, rows) => [...blocks(header, rows)].join('');

/**
 * Writes a file of games.
 * @returns {Promise<{ path: string, rows: number, bytes: number }>}
 */
export async function writeGames(path, options) {
  await writeRows(path, gamesHeader, games(options));
  return { path, rows: options.count, bytes: (await stat(path)).size };
}

/** @returns {Promise<{ path: string, rows: number, bytes: number }>} */
export async function writeUsers(path, options) {
  await writeRows(path, usersHeader, users(options));
  return { path, rows: options.count, bytes: (await stat(path)).size };
}
