import { copyFile, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeRows } from '../csv-file.js';
import { between, pick, random, type Random } from '../random.js';

/** The first rows of a real file. */
const sample = fileURLToPath(new URL('trips.csv', import.meta.url));
export const tripsHeader = 'region,origin_coord,destination_coord,datetime,datasource';

export interface City {
  readonly region: string;
  readonly west: number;
  readonly south: number;
  /** Degrees. */
  readonly width: number;
  readonly height: number;
}

/** The boxes that the sample's trips lie in. */
export const cities: readonly [City, ...City[]] = [
  { region: 'Prague', west: 14.3, south: 49.97, width: 0.4, height: 0.15 },
  { region: 'Turin', west: 7.51, south: 44.98, width: 0.25, height: 0.16 },
  { region: 'Hamburg', west: 9.8, south: 53.45, width: 0.45, height: 0.2 },
];
const datasources = ['funny_car', 'baba_car', 'cheap_mobile', 'bad_diesel_vehicles', 'pt_search_app'] as const;
const beginOf2018 = Date.UTC(2018, 0, 1);
const seconds = 365 * 86_400;

/** Rows that break the contract, each in its own way. */
const badRows: readonly string[] = [
  ',POINT (14.4 50.1),POINT (14.5 50.0),2018-05-28 09:03:40,funny_car',
  'Prague,POINT EMPTY,POINT (14.5 50.0),2018-05-28 09:03:40,funny_car',
  'Turin,POINT (7.6 45.1),POINT (7.7 45.0),2018-02-30 09:03:40,baba_car',
  'Hamburg,POINT (9.9 53.5),POINT (10.0 53.6),2018-05-28 09:03:40,',
];

/** Trips all over three cities and a year, in no order, as the sample's are; the same ones for the same seed. */
export function* tripRows(rows: number, seed: number): Generator<string> {
  const next = random(seed);
  for (let row = 0; row < rows; row++) {
    const city = cities[between(next, 0, cities.length - 1)]!;
    const time = new Date(beginOf2018 + between(next, 0, seconds - 1) * 1_000).toISOString();
    const at = `${time.slice(0, 10)} ${time.slice(11, 19)}`;
    yield `${city.region},${place(next, city)},${place(next, city)},${at},${pick(next, datasources)}`;
  }
}

/** Trips of which a few break the contract. */
function* withBadRows(rows: number, seed: number): Generator<string> {
  yield* tripRows(rows, seed);
  yield* badRows;
}

export interface TripFiles {
  readonly rows: number;
  readonly seed?: number;
}

/** Writes the sample and a file of that many good trips; returns their names. */
export async function writeTripFiles(folder: string, { rows, seed = 1 }: TripFiles): Promise<readonly string[]> {
  await mkdir(folder, { recursive: true });
  await copyFile(sample, path.join(folder, 'trips.csv'));
  const generated = `trips_${rows}.csv`;
  await writeRows(path.join(folder, generated), tripsHeader, withBadRows(rows, seed));
  return ['trips.csv', generated];
}

/** With as many decimals as files have. */
function place(next: Random, { west, south, width, height }: City): string {
  return `POINT (${west + next() * width} ${south + next() * height})`;
}
