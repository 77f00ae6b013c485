import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import type { DataFile } from '../lab/games.js';

const columns = "{region: 'VARCHAR', origin_coord: 'VARCHAR', destination_coord: 'VARCHAR', datetime: 'TIMESTAMP', datasource: 'VARCHAR'}";
const lonOf = (point: string) => `cast(split_part(substr(${point}, 8), ' ', 1) as double)`;
const latOf = (point: string) => `cast(rtrim(split_part(substr(${point}, 8), ' ', 2), ')') as double)`;

/** The file as Parquet, sorted by the cell of the origin, and its groups; CPU seconds of this process. It checks no row, and adds to nothing. */
export async function duckdbTrips(file: DataFile, folder: string): Promise<number> {
  await mkdir(folder, { recursive: true });
  const target = path.join(folder, 'trips.parquet');
  const before = process.cpuUsage();
  const instance = await DuckDBInstance.create(':memory:', { memory_limit: '1GB', temp_directory: folder, threads: '2' });
  const connection = await instance.connect();
  try {
    await connection.run(`copy (
      select region, datasource, datetime, round(ox * 1e7)::int as ox, round(oy * 1e7)::int as oy, round(dx * 1e7)::int as dx, round(dy * 1e7)::int as dy,
        floor(ox * 100)::int as ocx, floor(oy * 100)::int as ocy
      from (select *, ${lonOf('origin_coord')} as ox, ${latOf('origin_coord')} as oy, ${lonOf('destination_coord')} as dx, ${latOf('destination_coord')} as dy
        from read_csv('${file.path}', header = true, auto_detect = false, columns = ${columns}))
      order by ocx, ocy
    ) to '${target}' (format parquet, compression zstd)`);
    await connection.run(`copy (
      select region, ocx, ocy, dx // 100000 as dcx, dy // 100000 as dcy, hour(datetime) as h, count(*), min(datetime), max(datetime)
      from '${target}' group by all order by ocx, ocy
    ) to '${path.join(folder, 'groups.parquet')}' (format parquet, compression zstd)`);
  } finally {
    connection.closeSync();
    instance.closeSync();
    await rm(folder, { recursive: true });
  }
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}
