import type { Area } from '../../engine/areas/area.js';
import { AreaRequestError } from '../../engine/areas/area-request-error.js';
import { parseAreaRequest, parseDays, type AreaRequest } from '../../engine/areas/area-request.js';
import { parseBox } from '../../engine/areas/box.js';
import type { DensityRequest } from '../../status/areas/area-density.js';

export type Queries = Readonly<Record<string, readonly string[]>>;

const flags: Readonly<Record<string, boolean>> = { '': true, '1': true, true: true, '0': false, false: false };

/** The question of `GET /api/<pipeline>/<area>`. Throws AreaRequestError. */
export function areaQuery(area: Area, queries: Queries): AreaRequest {
  const text = textsOf(queries, ['box', area.of, 'by', 'from', 'to', 'wrap']);
  const wrap = flags[text('wrap') ?? 'false'];
  if (wrap === undefined) throw new AreaRequestError('wrap is 1 or 0');
  return parseAreaRequest(area, { box: text('box'), of: text(area.of), by: text('by'), from: text('from'), to: text('to'), wrap });
}

/** The question of `GET /api/<pipeline>/<area>/density`: without a box it is about everywhere. Throws AreaRequestError. */
export function densityQuery(area: Area, queries: Queries): DensityRequest {
  const text = textsOf(queries, ['box', area.of, 'from', 'to']);
  const of = text(area.of);
  return {
    box: parseBox(text('box') ?? '-180,-90,180,90'),
    ...(of !== undefined && { of }),
    ...parseDays({ from: text('from'), to: text('to') }),
  };
}

/** The query of a request that has none. Throws AreaRequestError. */
export function noQuery(queries: Queries): void {
  textsOf(queries, []);
}

/** What was asked, each name once; the token may stand beside it. */
function textsOf(queries: Queries, known: readonly string[]): (name: string) => string | undefined {
  for (const [name, values] of Object.entries(queries)) {
    if (!known.includes(name) && name !== 'token')
      throw new AreaRequestError(`there is no ${JSON.stringify(name.slice(0, 40))} to ask for. There are: ${known.join(', ') || 'none'}`);
    if (values.length > 1) throw new AreaRequestError(`${name} stands ${values.length} times: name it once`);
  }
  return (name) => queries[name]?.[0];
}
