import { Hono, type Context } from 'hono';
import type { Logger } from 'pino';
import type { Area } from '../../engine/areas/area.js';
import type { AreaAnswer } from '../../engine/areas/area-answer.js';
import { AreaRequestError } from '../../engine/areas/area-request-error.js';
import type { AreaRequest } from '../../engine/areas/area-request.js';
import { StrataError } from '../../engine/strata-error.js';
import type { AreaDensity, DensityRequest } from '../../status/areas/area-density.js';
import type { AreaDescription } from '../../status/areas/describe-area.js';
import { askedFromElsewhere, presentsToken } from '../events/senders.js';
import { areaQuery, densityQuery, noQuery, type Queries } from './area-queries.js';

export interface AreasAppDeps {
  /** Undefined: everybody on this machine may ask, web pages of others apart. */
  readonly token: string | undefined;
  readonly areas: readonly Area[];
  readonly answer: (area: Area, request: AreaRequest) => Promise<AreaAnswer>;
  readonly density: (area: Area, request: DensityRequest) => Promise<AreaDensity>;
  readonly describe: (area: Area) => Promise<AreaDescription>;
  readonly logger: Logger;
}

type Answering = (area: Area, queries: Queries) => Promise<object>;

const noToken = 'the token is missing or wrong: send STRATA_EVENTS_TOKEN as a bearer token or as ?token=';

/**
 * Questions about areas, answered with JSON: `GET /api/<pipeline>/<area>` how many rows lie in a box, week by week, `/density` below it
 * where they lie, and `/about` what can be asked. A question that can't be answered gets 400 and `error`.
 */
export function createAreasApp({ token, areas, answer, density, describe, logger }: AreasAppDeps): Hono {
  const app = new Hono();
  const get = (path: string, answering: Answering) =>
    app.get(`/api/:pipeline/:area${path}`, async (context: Context) => {
      const { req: request } = context;
      const elsewhere = token === undefined ? askedFromElsewhere(request) : undefined;
      if (elsewhere) return context.json({ error: elsewhere.text }, elsewhere.status);
      if (token !== undefined && !presentsToken(request, token)) return context.json({ error: noToken }, 401);
      const { pipeline, area: name } = request.param();
      const area = areas.find((each) => each.pipeline === pipeline && each.name === name);
      if (!area) return context.json({ error: `there is no area ${name} of ${pipeline}. There are: ${areaPaths(areas)}` }, 404);
      try {
        return context.json(await answering(area, request.queries()));
      } catch (error) {
        if (error instanceof AreaRequestError) return context.json({ error: error.message }, 400);
        logger.error({ error, area: `${pipeline}/${name}` }, 'a question about an area was not answered');
        const isAway = error instanceof StrataError && (error.type === 'unavailable' || error.type === 'contention');
        if (isAway) return context.json({ error: 'the warehouse does not answer. Ask again' }, 503);
        return context.json({ error: 'an unexpected error: see the log of strata serve' }, 500);
      }
    });
  get('', async (area, queries) => answer(area, areaQuery(area, queries)));
  get('/density', async (area, queries) => density(area, densityQuery(area, queries)));
  get('/about', async (area, queries) => {
    noQuery(queries);
    return describe(area);
  });
  return app;
}

function areaPaths(areas: readonly Area[]): string {
  return areas.map(({ pipeline, name }) => `/api/${pipeline}/${name}`).join(', ') || 'none';
}
