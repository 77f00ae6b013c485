import { describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import { resolveArea } from '../../../src/engine/areas/area.js';
import type { AreaRequest } from '../../../src/engine/areas/area-request.js';
import { areaAnswer } from '../../../src/engine/areas/area-answer.js';
import { StrataError } from '../../../src/engine/strata-error.js';
import type { DensityRequest } from '../../../src/status/areas/area-density.js';
import { trips } from '../../../src/pipelines/trips.js';
import { createAreasApp } from '../../../src/serve/areas/areas-app.js';

const area = resolveArea(trips, trips.areas![0]!);

function server(token?: string, failure?: Error) {
  const asked: AreaRequest[] = [];
  const densities: DensityRequest[] = [];
  const app = createAreasApp({
    token,
    areas: [area],
    answer: async (_area, request) => {
      if (failure) throw failure;
      asked.push(request);
      return areaAnswer(request, new Map([[2_525, 4]]));
    },
    density: async (_area, request) => {
      densities.push(request);
      return { size: 1, west: 1_400, south: 5_000, squares: [[0, 0, 4]] };
    },
    describe: async ({ pipeline, name, entity, points, of }) => ({
      ...{ pipeline, area: name, description: '', entity, points, by: points, of },
      ...{ values: [], hasMoreValues: false, bounds: null, days: null },
    }),
    logger: pino({ enabled: false }),
  });
  return { asked, densities, get: async (path: string, headers: Record<string, string> = {}) => app.request(path, { headers }) };
}

describe('GET /api/<pipeline>/<area>', () => {
  it('answers with JSON, the box that was used among it', async () => {
    const { get, asked } = server();
    const response = await get('/api/trips/weekly?box=14.5,50.1,14,50&region=Prague&by=both&from=2018-05-01&to=2018-06-01&wrap=0');
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({
      box: [14, 50, 14.5, 50.1],
      trips: 4,
      weeks: 5,
      average: '0.800',
      first_week: '2018-W18',
    });
    expect(asked).toEqual([
      {
        box: { west: 140_000_000, south: 500_000_000, east: 145_000_000, north: 501_000_000 },
        of: 'Prague',
        by: ['origin', 'destination'],
        from: '2018-05-01',
        to: '2018-06-01',
      },
    ]);
  });

  it.each([
    ['box=1,2,3', /a box is lon1,lat1,lon2,lat2/],
    ['box=1,2,3,95', /"95" is no latitude/],
    ['by=start', /by must be one of origin, destination, both/],
    ['from=2018-13-01', /from must be a day/],
    ['box=1,2,3,4&wrap=perhaps', /wrap is 1 or 0/],
    ['bos=1,2,3,4', /there is no "bos" to ask for. There are: box, region, by, from, to, wrap/],
    ['by=origin&by=both', /by stands 2 times/],
  ])('answers 400 to ?%s, and says what to write', async (query, message) => {
    const response = await server().get(`/api/trips/weekly?${query}`);
    expect(response.status).toBe(400);
    expect(((await response.json()) as { error: string }).error).toMatch(message);
  });

  it('answers 404 where there is no such area, and names those that there are', async () => {
    const response = await server().get('/api/trips/daily');
    expect(response.status).toBe(404);
    expect(await response.json()).toEqual({ error: 'there is no area daily of trips. There are: /api/trips/weekly' });
  });

  it('needs the token where there is one', async () => {
    const { get } = server('a token of some length');
    expect((await get('/api/trips/weekly')).status).toBe(401);
    expect((await get('/api/trips/weekly', { authorization: 'Bearer a token of some length' })).status).toBe(200);
    expect((await get('/api/trips/weekly?token=a+token+of+some+length')).status).toBe(200);
  });

  it('refuses pages of other sites where there is none', async () => {
    expect((await server().get('/api/trips/weekly', { origin: 'https://elsewhere.example' })).status).toBe(403);
    expect((await server().get('/api/trips/weekly', { host: 'elsewhere.example' })).status).toBe(403);
  });

  it('says 503 while the warehouse is away', async () => {
    expect((await server(undefined, new StrataError('unavailable', 'lost')).get('/api/trips/weekly')).status).toBe(503);
  });

  it('says where rows lie, of everywhere or of a box', async () => {
    const { get, densities } = server();
    expect(await (await get('/api/trips/weekly/density?region=Prague&to=2018-06-01')).json()).toMatchObject({ squares: [[0, 0, 4]] });
    expect((await get('/api/trips/weekly/density?box=14,50,15,51')).status).toBe(200);
    expect(densities).toEqual([
      { box: { west: -1_800_000_000, south: -900_000_000, east: 1_800_000_000, north: 900_000_000 }, of: 'Prague', to: '2018-06-01' },
      { box: { west: 140_000_000, south: 500_000_000, east: 150_000_000, north: 510_000_000 } },
    ]);
  });

  it.each([
    ['density?by=destination', /there is no "by" to ask for. There are: box, region, from, to/],
    ['density?from=2018-06-02&to=2018-06-01', /from 2018-06-02 is after to 2018-06-01/],
    ['density?box=1,2,3', /a box is/],
    ['about?box=1,2,3,4', /there is no "box" to ask for. There are: none/],
  ])('answers 400 to /%s', async (path, message) => {
    const response = await server().get(`/api/trips/weekly/${path}`);
    expect(response.status).toBe(400);
    expect(((await response.json()) as { error: string }).error).toMatch(message);
  });

  it('needs the token for all of them', async () => {
    const { get } = server('a token of some length');
    for (const path of ['', '/density', '/about']) {
      expect((await get(`/api/trips/weekly${path}`)).status).toBe(401);
      expect((await get(`/api/trips/weekly${path}`, { authorization: 'Bearer a token of some length' })).status).toBe(200);
    }
  });
});
