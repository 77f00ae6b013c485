import { Hono } from 'hono';
import type { Logger } from 'pino';
import type { Area } from '../../engine/areas/area.js';
import type { AreaAnswer } from '../../engine/areas/area-answer.js';
import { AreaRequestError } from '../../engine/areas/area-request-error.js';
import { parseAreaRequest, type AreaRequest } from '../../engine/areas/area-request.js';
import { StrataError } from '../../engine/strata-error.js';
import { askedFromElsewhere, presentsToken } from '../events/senders.js';

export interface AreasAppDeps {
  /** Undefined: everybody on this machine may ask, web pages of others apart. */
  readonly token: string | undefined;
  readonly areas: readonly Area[];
  readonly answer: (area: Area, request: AreaRequest) => Promise<AreaAnswer>;
  readonly logger: Logger;
}

const noToken = 'the token is missing or wrong: send STRATA_EVENTS_TOKEN as a bearer token or as ?token=';
const flags: Readonly<Record<string, boolean>> = { '': true, '1': true, true: true, '0': false, false: false };

/** `GET /api/<pipeline>/<area>`: how many rows lie in a box, week by week, as JSON. A question that can't be answered gets 400 and `error`. */
export function createAreasApp({ token, areas, answer, logger }: AreasAppDeps): Hono {
  const app = new Hono();
  app.get('/api/:pipeline/:area', async (context) => {
    const { req: request } = context;
    const elsewhere = token === undefined ? askedFromElsewhere(request) : undefined;
    if (elsewhere) return context.json({ error: elsewhere.text }, elsewhere.status);
    if (token !== undefined && !presentsToken(request, token)) return context.json({ error: noToken }, 401);
    const { pipeline, area: name } = request.param();
    const area = areas.find((each) => each.pipeline === pipeline && each.name === name);
    if (!area) return context.json({ error: `there is no area ${name} of ${pipeline}. There are: ${areaPaths(areas)}` }, 404);
    try {
      return context.json(await answer(area, requestOf(area, request.queries())));
    } catch (error) {
      if (error instanceof AreaRequestError) return context.json({ error: error.message }, 400);
      logger.error({ error, area: `${pipeline}/${name}` }, 'a question about an area was not answered');
      const isAway = error instanceof StrataError && (error.type === 'unavailable' || error.type === 'contention');
      if (isAway) return context.json({ error: 'the warehouse does not answer. Ask again' }, 503);
      return context.json({ error: 'an unexpected error: see the log of strata serve' }, 500);
    }
  });
  return app;
}

function requestOf(area: Area, queries: Readonly<Record<string, readonly string[]>>): AreaRequest {
  const known = ['box', area.of, 'by', 'from', 'to', 'wrap', 'token'];
  for (const [name, values] of Object.entries(queries)) {
    if (!known.includes(name))
      throw new AreaRequestError(
        `there is no ${JSON.stringify(name.slice(0, 40))} to ask for. There are: ${known.slice(0, -1).join(', ')}`,
      );
    if (values.length > 1) throw new AreaRequestError(`${name} stands ${values.length} times: name it once`);
  }
  const text = (name: string) => queries[name]?.[0];
  const wrap = flags[text('wrap') ?? 'false'];
  if (wrap === undefined) throw new AreaRequestError('wrap is 1 or 0');
  return parseAreaRequest(area, { box: text('box'), of: text(area.of), by: text('by'), from: text('from'), to: text('to'), wrap });
}

function areaPaths(areas: readonly Area[]): string {
  return areas.map(({ pipeline, name }) => `/api/${pipeline}/${name}`).join(', ') || 'none';
}
