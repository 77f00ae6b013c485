import { stat } from 'node:fs/promises';
import { blocks, writeRows } from '../../samples/csv-file.js';
import { countries, gameTypes } from '../../samples/eastrock-files.js';
import { between, pick, random } from '../../samples/random.js';

/** Whole numbers from one to another, both included: ids of games. */
export interface Span {
  readonly first: number;
  readonly last: number;
}

export interface GamesOptions {
  readonly first?: number;
  readonly count: number;
  /** How many users there are. */
  readonly users: number;
  readonly version?: number;
}

export interface UsersOptions {
  readonly first?: number;
  readonly count: number;
  /** They signed up in the days of these games. */
  readonly played: Span;
}

/** A file of rows on disk. */
export interface DataFile {
  readonly path: string;
  readonly rows: number;
  readonly bytes: number;
}

export const gamesHeader = 'GameID,UserID,GameType,PlayDate,Duration';
export const usersHeader = 'UserID,UserName,SignUpDate,Country';
export const paymentsHeader = 'TransactionID,UserID,Amount,TransactionDate,Type';

/** Games of a day: a million of them are 59 days, as long as the real files; larger histories are longer, not denser. */
const gamesOfDay = 17_000;
const firstDay = Date.UTC(2020, 0, 1);
const day = 86_400_000;

/** The day, YYYY-MM-DD, of the games of that place among the days, from 0. */
export const dayOfGames = (place: number): string => new Date(firstDay + place * day).toISOString().slice(0, 10);

/** Days on which so many games lie. */
export const daysOf = (games: number): number => Math.ceil(games / gamesOfDay);

/** Users that a number of games goes with, in the proportion of the real files. */
export const usersFor = (games: number): number => Math.max(1, Math.ceil(games / 3));

/** Numbers of users of whom no file knows lie above. */
const strangers = 2_000_000_000;

function date(time: number): string {
  const [year, month, dayOfMonth] = new Date(time).toISOString().slice(0, 10).split('-');
  return `${dayOfMonth}/${month}/${year}`;
}
const dates = new Map<number, string>();
function dateOfGame(id: number): string {
  const number = Math.floor((id - 1) / gamesOfDay);
  const known = dates.get(number) ?? date(firstDay + number * day);
  dates.set(number, known);
  return known;
}

/** A game's row hangs on its id alone (and `version`), so that it can be delivered again, with another duration or the same one. */
function gameRow(id: number, users: number, version = 0): string {
  const next = random(id);
  // One user in a hundred has no row of their own, and never gets one.
  const drawn = between(next, 1, Math.ceil(users * 1.01));
  const user = drawn > users ? strangers + drawn : drawn;
  const type = pick(next, gameTypes);
  return `${id},${user},${type},${dateOfGame(id)},${between(next, 1, 360) + version}`;
}

/** Rows of the games first, first + 1, ...; `users` is the number of users that there are. */
export function* games({ first = 1, count, users, version = 0 }: GamesOptions): Generator<string> {
  for (let id = first; id < first + count; id++) yield gameRow(id, users, version);
}

/** `count` different games of first..last, with durations of their own version. */
export function* changedGames({ first, last, count, users, version }: Span & Required<Omit<GamesOptions, 'first'>>): Generator<string> {
  const next = random(version * 7919 + first);
  const chosen = new Set<number>();
  while (chosen.size < Math.min(count, last - first + 1)) chosen.add(between(next, first, last));
  for (const id of chosen) yield gameRow(id, users, version);
}

/** `count` plays of new games, `first`, first + 1, ..., on days of the games 1..last: they come late. */
export function* lateGames({ first, last, count, users }: Span & Pick<GamesOptions, 'count' | 'users'>): Generator<string> {
  const next = random(first);
  for (let id = first; id < first + count; id++) {
    const [number, user, type, , duration] = gameRow(id, users).split(',');
    yield [number, user, type, dateOfGame(between(next, 1, last)), duration].join(',');
  }
}

interface MovedUsers {
  readonly count: number;
  /** How many there are. */
  readonly users: number;
  readonly played: Span;
  readonly round: number;
}

/** `count` of the users that `users` gives, who move to another country; each round's move is another one. */
export function* movedUsers({ count, users: known, played, round }: MovedUsers): Generator<string> {
  const stride = Math.max(1, Math.floor(known / count));
  const step = 1 + (Math.floor(round / stride) % (countries.length - 1));
  let left = count;
  for (let id = 1 + (round % stride); id <= known && left > 0; id += stride, left--) {
    const { name, signUp, country } = userOf(id, played);
    const at = countries.findIndex((each) => each === country);
    yield userRow(id, { name, signUp, country: countries[(at + step) % countries.length] ?? country });
  }
}

interface User {
  readonly name: string;
  readonly signUp: string;
  readonly country: string;
}

function userOf(id: number, played: Span): User {
  const next = random(id + 1_000_003);
  return { name: `User${id}`, signUp: dateOfGame(between(next, played.first, played.last)), country: pick(next, countries) };
}

const userRow = (id: number, { name, signUp, country }: User) => `${id},${name},${signUp},${country}`;

/** Users first, first + 1, ...; they signed up in the days of the games `played`. */
export function* users({ first = 1, count, played }: UsersOptions): Generator<string> {
  for (let id = first; id < first + count; id++) yield userRow(id, userOf(id, played));
}

/** The games of the newest three days of so many: what is played today is what changes. */
export const newestGames = (count: number): Span => ({ first: Math.max(1, count - 3 * gamesOfDay + 1), last: count });

/** The text of a small file. */
export const fileText = (header: string, rows: Iterable<string>): string => [...blocks(header, rows)].join('');

export async function writeGames(path: string, options: GamesOptions): Promise<DataFile> {
  await writeRows(path, gamesHeader, games(options));
  return { path, rows: options.count, bytes: (await stat(path)).size };
}

export async function writeUsers(path: string, options: UsersOptions): Promise<DataFile> {
  await writeRows(path, usersHeader, users(options));
  return { path, rows: options.count, bytes: (await stat(path)).size };
}
