import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { areaAnswer } from '../../../src/engine/areas/area-answer.js';
import { parseAreaRequest } from '../../../src/engine/areas/area-request.js';
import { weekOfDate } from '../../../src/engine/areas/weeks.js';
import { trips } from '../../../src/pipelines/trips.js';
import { freshPrefix, temporal, warehouse } from '../../support/servers/servers.js';
import { StrataProcess } from '../../support/strata-process.js';
import { tripsOf, type FileTrip } from '../../support/trips/file-trips.js';

const sample = fileURLToPath(new URL('../../../tools/samples/trips/trips.csv', import.meta.url));
const project = mkdtempSync(join(tmpdir(), 'strata-weekly-'));
const source = join(project, 'source');
const prefix = freshPrefix();
/** That of `trips` may run beside, in the same Temporal. */
const name = `weekly_${prefix.slice(1, 7)}`;
const env = {
  STRATA_MYSQL_URL: warehouse.url,
  STRATA_SCHEMA_PREFIX: prefix,
  STRATA_TASK_QUEUE: name,
  STRATA_PIPELINES: join(project, 'pipeline.json'),
  STRATA_FOLDER_QUIET_SECONDS: '0',
  TEMPORAL_ADDRESS: temporal.address,
  TRIPS_SOURCE_URL: pathToFileURL(source).href,
};
const all = tripsOf(readFileSync(sample, 'utf8')).trips;
const box = { west: 14.36, south: 50, east: 14.47, north: 50.1 };
const corners = '14.36,50,14.47,50.1';

type Point = 'origin' | 'destination';
function isInside(trip: FileTrip, point: Point): boolean {
  const [lon, lat] = [Number(trip[`${point}_lon`]), Number(trip[`${point}_lat`])];
  return lon >= box.west && lon <= box.east && lat >= box.south && lat <= box.north;
}

/** The answer from a look at every row of the file. */
function expected(texts: Parameters<typeof parseAreaRequest>[1], counts: (trip: FileTrip) => boolean) {
  const weeks = new Map<number, number>();
  for (const { datetime } of all.filter(counts)) {
    const week = weekOfDate(datetime.slice(0, 10));
    weeks.set(week, (weeks.get(week) ?? 0) + 1);
  }
  return areaAnswer(parseAreaRequest(trips.areas![0]!, texts), weeks);
}

describe('strata trips weekly', () => {
  let worker: StrataProcess | undefined;
  const run = (...args: readonly string[]) => StrataProcess.run(args, env);
  const weekly = async (...args: readonly string[]): Promise<unknown> => {
    const { stdout, stderr } = await run(name, 'weekly', ...args, '--json');
    return stderr === '' ? JSON.parse(stdout) : stderr;
  };

  beforeAll(async () => {
    for (const folder of [source, join(project, 'sql')]) mkdirSync(folder);
    writeFileSync(join(project, 'pipeline.json'), JSON.stringify({ ...trips, name, sqlFolder: 'sql' }));
    copyFileSync(sample, join(source, 'trips.csv'));
    expect(await run('migrate')).toMatchObject({ code: 0, stderr: '' });
    worker = await StrataProcess.startWorker(env);
    const loaded = await run('run', name, '--json');
    expect(JSON.parse(loaded.stdout)).toMatchObject({ ok: true, feeds: { trips: { inserted: all.length } } });
  });
  afterAll(async () => {
    await worker?.stop();
    rmSync(project, { recursive: true });
  });

  it.each<[string, readonly Point[]]>([
    ['origin', ['origin']],
    ['destination', ['destination']],
    ['both', ['origin', 'destination']],
  ])('counts the trips of a file as a look at every row does, by %s', async (by, points) => {
    const answer = expected({ box: corners, by }, (trip) => points.every((point) => isInside(trip, point)));
    expect(answer.trips).toBeGreaterThan(0);
    expect(await weekly('--box', corners, '--by', by)).toEqual(answer);
  });

  it('counts a region on some days, without a box', async () => {
    const days = { from: '2018-05-03', to: '2018-05-22' };
    const isCounted = ({ region, datetime }: FileTrip) =>
      region === 'Prague' && datetime.slice(0, 10) >= days.from && datetime.slice(0, 10) <= days.to;
    const answer = expected({ of: 'Prague', ...days }, isCounted);
    expect(answer.trips).toBeGreaterThan(0);
    expect(await weekly('--region', 'Prague', '--from', days.from, '--to', days.to)).toEqual(answer);
  });

  it('says for people how many there are a week, and what is wrong with a box', async () => {
    const { trips: count, average } = expected({}, () => true);
    const { code, stdout } = await run(name, 'weekly');
    expect({ code, stdout }).toMatchObject({
      code: 0,
      stdout: expect.stringContaining(`${average} trips a week: ${count} trips`) as unknown,
    });
    expect(await run(name, 'weekly', '--box', '1,2,3')).toMatchObject({ code: 2, stdout: '' });
  });
});
