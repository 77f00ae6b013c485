import { parse } from 'csv-parse/sync';
import { referencePoint } from './reference-point.js';

export const tripsHeader = 'region,origin_coord,destination_coord,datetime,datasource\n';

/** A trip as bus.trips shows it. */
export interface FileTrip {
  readonly region: string;
  readonly datasource: string;
  readonly origin_lon: string;
  readonly origin_lat: string;
  readonly destination_lon: string;
  readonly destination_lat: string;
  readonly datetime: string;
}

/** The good trips of a file, by another parser than the engine's, sorted; and how many rows were bad. */
export function tripsOf(csv: string): { readonly trips: readonly FileTrip[]; readonly bad: number } {
  const rows: Record<string, string>[] = parse(csv, { columns: true, bom: true, relax_column_count: true, trim: true });
  const trimmed = rows.map((row) =>
    Object.fromEntries(Object.entries(row).map(([name, value]) => [name, value.replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, '')])),
  );
  const trips = trimmed.flatMap((row) => tripOf(row) ?? []);
  return { trips: sortedTrips(trips), bad: rows.length - trips.length };
}

export function sortedTrips<Row extends object>(trips: readonly Row[]): Row[] {
  const key = (trip: Row) => JSON.stringify(trip, Object.keys(trip).sort());
  return [...trips].sort((a, b) => (key(a) < key(b) ? -1 : 1));
}

function tripOf({ region = '', origin_coord = '', destination_coord = '', datetime = '', datasource = '' }: Record<string, string>) {
  const origin = referencePoint(origin_coord);
  const destination = referencePoint(destination_coord);
  const time = datetime.replace('T', ' ');
  const exists = /^[1-9]\d{3}-\d\d-\d\d \d\d:\d\d:\d\d$/.test(time) && !Number.isNaN(Date.parse(`${time.replace(' ', 'T')}Z`));
  const isReal = exists && new Date(`${time.replace(' ', 'T')}Z`).toISOString().startsWith(time.slice(0, 10));
  const fits = [region, datasource].every((name) => name !== '' && [...name].length <= 100);
  if (!origin || !destination || !isReal || !fits) return undefined;
  return {
    region,
    datasource,
    origin_lon: degrees(origin.longitude),
    origin_lat: degrees(origin.latitude),
    destination_lon: degrees(destination.longitude),
    destination_lat: degrees(destination.latitude),
    datetime: time,
  };
}

/** Of units of 1e-7. */
function degrees(units: number): string {
  const digits = String(Math.abs(units)).padStart(8, '0');
  return `${units < 0 ? '-' : ''}${digits.slice(0, -7)}.${digits.slice(-7)}`;
}
